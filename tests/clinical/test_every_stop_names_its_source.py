"""Whatever refuses an act, or advises against it, names where that is written, and never a row of general knowledge."""

import ast
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import digmed_desktop
from digmed_desktop import resources
from digmed_desktop.clinical import controlled_drugs, law
from digmed_desktop.clinical.answers import AnswerSheet
from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.contradictions import TWO_ANSWERS
from digmed_desktop.clinical.form import FieldKind, load
from digmed_desktop.clinical.law_rule import Effect
from digmed_desktop.clinical.legal_basis import Verdict
from digmed_desktop.clinical.pgd import REGISTER
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.stops import OwnStop
from digmed_desktop.clinical.stops_file import NAME as STOPS
from digmed_desktop.clinical.stops_file import NEEDED, StopsFile
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.clinical.vaccination import read
from digmed_desktop.clinical.warning_rules import Weight
from digmed_desktop.data_files.source import OWN
from digmed_desktop.reference import roles
from digmed_desktop.reference.legal_basis_file import FILE as BASES
from digmed_desktop.reference.legal_basis_file import LegalBasesFile
from digmed_desktop.reference.programmes import programmes
from tests.clinical import examples, supply_examples

TRIED = 80  # forms of each kind
SAID = "Source: "


def data() -> Iterator[tuple[str, str, Confidence]]:
    """Each row of the data that can stop: what it is, its source, how it was read."""
    for rule in law.rules():
        if rule.effect not in (Effect.NO_LIMIT, Effect.DUTY, Effect.NOTE) and not (rule.asks or rule.off):
            yield rule.id, rule.source, rule.confidence
    for one in law.substances():
        if one.confidence.may_stop:
            yield one.name, one.source, one.confidence
    for row in controlled_drugs.all_names():
        if row.schedules and row.confidence.may_stop:
            yield row.name, row.source, row.confidence
    yield from of_vaccinations()


def of_vaccinations() -> Iterator[tuple[str, str, Confidence]]:
    """Each of those rows that is about a vaccination."""
    for basis in OWN.read(BASES, LegalBasesFile).rule:
        if basis.verdict is Verdict.STOPS:
            yield basis.id, basis.source, basis.confidence
    for stop in OWN.read(STOPS, StopsFile).stop:
        yield stop.id, stop.source, stop.confidence
    for programme in programmes():
        for warning in programme.warnings:
            if warning.weight is Weight.STOP:
                yield warning.sentence, warning.source, warning.confidence
        for product in programme.products.values():  # of the usual dose, ten times of which stops
            yield product.id, product.dose_source, Confidence.INFERRED


KNOWN = {source for _what, source, _how in data()} | {REGISTER, TWO_ANSWERS}


def test_every_row_that_can_stop_names_a_source_that_was_read() -> None:
    for what, source, how in data():
        assert source.strip(), what
        assert how.may_stop, what
        assert not source.casefold().startswith("general professional knowledge"), what


def test_the_file_of_stops_has_each_that_the_program_asks_for() -> None:
    assert set(NEEDED) == {one.value for one in OwnStop}


def assert_sourced(problem: Problem) -> None:
    assert SAID in problem.sentence, problem.field
    named = problem.sentence.partition(SAID)[2]
    assert any(named.startswith(source) for source in KNOWN | {"the imported release of dm+d"}), (
        problem.sentence
    )


def refusing(problems: tuple[Problem, ...]) -> list[Problem]:
    return [one for one in problems if one.refuses_act or one.needs_adviser]


def changed(
    dice: random.Random, form: str, answers: dict[str, str], lists: dict[str, list[str]]
) -> dict[str, str]:
    """Answers in which about a third of the questions with options have another answer."""
    out = dict(answers)
    for field in load(form).laid_out(answers).fields():
        options = lists.get(field.options_from) or [one.id for one in field.options]
        if field.kind is FieldKind.YES_NO:
            options = ["yes", "no"]
        if options and dice.random() < 0.35 and not field.id.startswith(("incident", "decision")):
            out[field.id] = dice.choice(options)
    return out


def test_every_stop_of_generated_supplies_names_its_source() -> None:
    dice, seen = random.Random(20261128), set()
    names = [one.name for one in controlled_drugs.all_names()] + [one.name for one in law.substances()]
    for _number in range(TRIED):
        start = supply_examples.tablets(
            dice.choice(["patient", "prescriber"]),
            product=f"39113611000001102\t{dice.choice(names)} 10mg tablets",
            days=dice.choice(["5", "6", "31"]),
        )
        start["patient.date_of_birth"] = dice.choice(["12/3/1971", "3/4/2015", "3/4/2009"])
        answers = changed(dice, "emergency-supply", start, {}) | {"item.count": "1"}
        result = supply_examples.reading(answers)
        for one in refusing((*result.problems, *result.notes)):
            assert_sourced(one)
            seen.add(one.field)
    assert len(seen) > 12


def test_every_stop_of_generated_vaccinations_names_its_source() -> None:
    dice, seen = random.Random(20261128), set()
    for _number in range(TRIED):
        programme = dice.choice(programmes())
        lists = {key: [one.id for one in options] for key, options in programme.lists.items()}
        start = examples.complete_answers() | {"session.programme": programme.id}
        start["vaccine.product"] = dice.choice([*programme.products])
        start["vaccine.dose_amount"] = dice.choice(["0.5", "5", "50", "0.01"])
        start["vaccine.expiry"] = dice.choice(["31/3/2027", "13/10/2026"])
        start["patient.date_of_birth"] = dice.choice(["12/3/1971", "3/4/2015", "3/4/2009"])
        answers = changed(dice, "vaccination", start, lists) | {"session.programme": programme.id}
        result = read(
            answers,
            programme=programme,
            pharmacy=examples.pharmacy(),
            vaccinator=examples.vaccinator(dice.choice([one.id for one in roles.roles()])),
            now=examples.NOW,
            agreed=examples.AGREED,
        )
        for one in refusing((*result.problems, *result.notes)):
            assert_sourced(one)
            seen.add(one.field)
    assert {"vaccine.dose_amount", "consent.to_treatment", "session.legal_basis", "vaccine.expiry"} <= seen


def test_nothing_in_the_program_refuses_without_a_source() -> None:
    root = Path(digmed_desktop.__file__).parent
    found = 0
    for file in root.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if not any(word in text for word in ("refus", "needs_adviser")):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            least = {"refusal": 3, "refuse": 3}.get(name)
            given = [*node.args, *(one for one in node.keywords if one.arg == "source")]
            starred = any(isinstance(one, ast.Starred) for one in node.args)
            if (
                least
                and isinstance(node.func, ast.Attribute | ast.Name)
                and file.parent.name in ("clinical", "questions")
            ):
                assert starred or len(given) >= least, (file.name, node.lineno)
                found += 1
            if any(one.arg in ("refuses_act", "needs_adviser") for one in node.keywords):
                assert file.name in ("problem.py", "warning_rules.py", "product_warnings.py"), (
                    file.name,
                    node.lineno,
                )
    assert found > 5
    assert AnswerSheet.refuse.__annotations__["source"] is str


def test_a_finding_that_forbids_cannot_be_made_without_a_source() -> None:
    try:
        Finding("days", "Too many.", forbids=True)
    except ValueError:
        return
    raise AssertionError("it was made")


def tables(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every table of a file, with the keys that lead to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from tables(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from tables(inner, path)


STOPPING = {"weight": "stop", "verdict": "stops"}
STAND_IN = {  # where a stop can come from, and what of the file it comes from
    "rules/stops.toml": ("stop",),
    "rules/vaccination.toml": ("rule",),
    "rules/both-forms.toml": ("rule",),
    "law/legal-bases.toml": ("rule",),
}
NO_STOP = {
    "medicines/high-risk.toml",
    "medicines/amounts.toml",
    "incidents/kinds.toml",
    "retention/periods.toml",
    "rules/practices.toml",
}
"""Files with a confidence of which nothing is ever a stop: they ask, or say."""
BY_THE_LAW = {"law/emergency-supply.toml", "medicines/controlled-drugs.toml"}
"""Files whose stops are those of ``data``."""


def test_no_file_has_a_stop_of_general_knowledge_and_none_is_left_out() -> None:
    root, seen, stops = resources.root(), set(), 0
    for file in sorted(root.rglob("*.toml")):
        name = file.relative_to(root).as_posix()
        for path, table in tables(tomllib.loads(file.read_text(encoding="utf-8"))):
            if "confidence" in table or "age_confidence" in table:
                seen.add(name)
            stopping = any(table.get(key) == word for key, word in STOPPING.items())
            if stopping or (name == "rules/stops.toml" and path == ("stop",)):
                stops += 1
                assert table["confidence"] in ("read", "secondary"), (name, table.get("id"))
                source = table["source"].casefold()
                assert not any(word in source for word in ("not read", "knowledge")), (name, table.get("id"))
                assert path in (STAND_IN.get(name), ("warning",)), (name, path)
    programmes_ = {f"programmes/{one.id}.toml" for one in programmes()}
    assert seen - programmes_ == {*STAND_IN, *NO_STOP, *BY_THE_LAW}
    assert stops > 25


def test_nothing_general_is_named_as_the_source_of_ten_times_a_dose() -> None:
    for programme in programmes():
        for product in programme.products.values():
            assert "knowledge" not in product.dose_source, product.id
