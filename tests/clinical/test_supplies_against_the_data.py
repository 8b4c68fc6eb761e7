"""Generated supplies get exactly the stops and questions that the files say, worked out once more from their raw text."""

import random
import tomllib
from typing import Any

from digmed_desktop import resources
from digmed_desktop.clinical.problem import Problem, Severity
from tests.clinical.supply_examples import complete_answers, reading, tablets

SUPPLIES = 150
Row = dict[str, Any]
Expected = set[tuple[str, str]]  # field of the item, and stop or ask


def raw(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.root() / name).read_text(encoding="utf-8"))


LAW = raw("law/emergency-supply.toml")
NAMES: list[Row] = [
    row for row in raw("medicines/controlled-drugs.toml")["names"] if row["kind"] != "not-controlled"
]
BY_FORM = [row for row in NAMES if row.get("lower_as")]
EIGHTEEN: list[Row] = LAW["substance"]
LIMITED = {"insulin": "pack", "asthma-aerosol": "pack", "ointment-cream": "pack", "oral-contraceptive": "cycle",
           "liquid-antibiotic": "course"}  # fmt: skip
TOO_MUCH = {"pack": "larger", "cycle": "more", "course": "more"}
OFFERED = {
    "pack": ("smallest", "larger", "made-up-here"),
    "cycle": ("one", "more"),
    "course": ("smallest", "more"),
}
NEVER = {"1", "2", "3"}


def supply(dice: random.Random) -> tuple[dict[str, str], Row | None, Row | None]:
    """One supply, often at a limit; and the names behind its product: of a controlled drug, of Schedule 18."""
    kind = dice.random()
    name = dice.choice(BY_FORM if kind < 0.1 else NAMES) if kind < 0.6 else None
    eighteen = dice.choice(EIGHTEEN) if kind > 0.9 else None
    product = (name or eighteen or {"name": "Zzyntholam"})["name"]
    route = dice.choice(["patient", "prescriber"])
    days = str(dice.choice([1, 4, 5, 6, 29, 30, 31, 60]))
    preparation = dice.choice(["other", "other", *LIMITED])
    item = {
        "product": f"39113611000001102\t{product} tablets",
        "kind": "appliance" if dice.random() < 0.1 else "medicine",
        "legal_class": dice.choice(["pom"] * 6 + ["p", "gsl"]),
        "schedule": dice.choice(["none", "none", "1", "2", "3", "4", "5"]),
        "preparation": preparation,
        "for_epilepsy": dice.choice(["yes", "no"]),
        "days": days,
        "quantity": days,
        "directions": "Take one tablet daily",
        "as_directed": dice.choice(["yes", "yes", "no"]),
    }
    if preparation in LIMITED:
        item[LIMITED[preparation]] = dice.choice(OFFERED[LIMITED[preparation]])
    answers = tablets(route, **item)
    answers["prescriber.profession"] = dice.choice(["doctor", "nurse", "eea-doctor", "eea-other"])
    for rule in LAW["rule"]:
        if rule["effect"] == "condition" and dice.random() < 0.1:
            answers[rule["field"]] = "no"
    return answers, name, eighteen


def fits(rule: Row, answers: dict[str, str], eighteen: Row | None) -> bool:
    """Whether a rule is about the item, as the head of its file explains the keys."""
    item = {key.removeprefix("item.1."): text for key, text in answers.items()}
    epilepsy = item["for_epilepsy"] == "yes" and item["schedule"] == "3"
    limited = LIMITED.get(item["preparation"], "")
    return all((
        not rule.get("off"),
        rule["route"] in ("both", route_of(answers)),
        not rule.get("prescribers") or answers["prescriber.profession"] in rule["prescribers"],
        not rule.get("schedules") or item["schedule"] in rule["schedules"],
        not rule.get("preparations") or item["preparation"] in rule["preparations"],
        not rule.get("packs") or (limited and item[limited] in rule["packs"]),
        rule.get("exception") != "phenobarbital" or epilepsy,
        rule.get("exception") != "not phenobarbital" or not epilepsy,
        not rule.get("substances") or (eighteen is not None and eighteen["confidence"] != "general"),
    ))  # fmt: skip


def route_of(answers: dict[str, str]) -> str:
    return "prescriber" if answers["request.asked_by"] == "prescriber" else "patient"


def by_law(answers: dict[str, str], eighteen: Row | None) -> set[tuple[str, str]]:
    """Which rules of law are broken: their ids, and stop or ask."""
    broken = set()
    pom = answers["item.1.kind"] == "medicine" and answers["item.1.legal_class"] == "pom"
    for rule in LAW["rule"]:
        if rule["effect"] == "condition":
            if rule["route"] == route_of(answers) and answers[rule["field"]] == "no":
                broken.add((rule["id"], "stop"))
            continue
        if not pom or not fits(rule, answers, eighteen):
            continue
        effect = rule["effect"]
        limited = LIMITED.get(answers["item.1.preparation"], "")
        over = (
            effect == "forbidden"
            or (effect == "days" and int(answers["item.1.days"]) > rule["days"])
            or (effect in TOO_MUCH and effect == limited and answers[f"item.1.{effect}"] == TOO_MUCH[effect])
            or (effect == "as-directed" and answers["item.1.as_directed"] == "no")
        )
        if over:
            broken.add((rule["id"], "ask" if rule.get("asks") else "stop"))
    return broken


def by_name(answers: dict[str, str], row: Row | None) -> Expected:
    """What a controlled drug's name says of kind, legal class, schedule and the exception for epilepsy."""
    item = {key.removeprefix("item.1."): text for key, text in answers.items()}
    pom = item["kind"] == "medicine" and item["legal_class"] == "pom"
    epilepsy = pom and item["schedule"] == "3" and item["for_epilepsy"] == "yes"
    if row is None and item["kind"] == "appliance":  # counted in tablets
        return {("kind", "ask")}
    if row is None:
        return {("for_epilepsy", "ask")} if epilepsy else set()
    schedules = set(row["schedules"])
    if row.get("lower_as"):  # tablets are none of these forms
        schedules &= NEVER
    may_stop, never = row["confidence"] != "general", schedules <= NEVER
    weight = "stop" if may_stop and never else "ask"
    said: Expected = set()
    if item["kind"] == "appliance":
        said.add(("kind", weight))
    elif not pom:
        said.add(("legal_class", weight))
    elif item["schedule"] in schedules:
        if len(schedules) > 1 and item["schedule"] not in NEVER:
            said.add(("schedule", "ask"))
    else:
        said.add(("schedule", "ask" if item["schedule"] in NEVER else weight))
    phenobarbital = row.get("of", row["name"]).startswith("Phenobarbital")
    if epilepsy and not phenobarbital:
        said.add(("for_epilepsy", "stop" if never and may_stop else "ask"))
    return said


def weight_of(problem: Problem) -> str:
    return "stop" if problem.severity is Severity.STOP else "ask"


def test_generated_supplies_hear_exactly_what_the_files_say() -> None:
    dice, seen = random.Random(20261128), set()
    over = {rule["id"]: rule.get("over", "") for rule in LAW["rule"]}
    for number in range(SUPPLIES):
        answers, name, eighteen = supply(dice)
        found = reading(answers)
        problems = [one for one in (*found.problems, *found.notes) if one.refuses_act or one.needs_reason]
        want = by_law(answers, eighteen)
        told = {
            (rule, weight_of(one))
            for one in problems
            for rule, sentence in over.items()
            if sentence and one.sentence.startswith(sentence)
        }
        assert told == want, (number, answers["item.1.product"])
        laws = tuple(sentence for sentence in over.values() if sentence)
        of_name = {
            (field, weight_of(one))
            for one in problems
            for field in ("kind", "legal_class", "schedule", "for_epilepsy")
            if one.field == f"item.1.{field}" and not one.sentence.startswith(laws)
        }
        if eighteen is None:
            assert of_name == by_name(answers, name), (number, answers["item.1.product"])
        seen |= {rule for rule, _weight in want}
    assert len(seen) > 12, "too few rules were broken"


def test_a_supply_that_breaks_nothing_is_told_nothing() -> None:
    found = reading(complete_answers())
    assert [one for one in (*found.problems, *found.notes) if one.refuses_act or one.needs_reason] == []
