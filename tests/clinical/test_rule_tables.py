"""The help's tables of rules: every row of the data stands there, with its source, its days and its standing."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from digmed_desktop.clinical import data_review, law, rule_tables
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.law_rule import Effect
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.records import guides
from digmed_desktop.paper.document import PaperDocument

Row = dict[str, Any]


def rows_of(text: str) -> list[list[str]]:
    """The rows of all tables of a text, without their heads, cell by cell."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def plain(text: str) -> str:
    return " ".join(text.split())


def holds(line: str, text: str) -> bool:
    """Whether a line has a text; a sentence begins with a capital letter."""
    return plain(text).casefold() in plain(line).casefold()


def data() -> Iterator[tuple[str, Row, str]]:
    """Each row of each file of rules: the topic on which it must stand, the row, and what is said of it."""
    for name in OWN.names("rules"):
        for row in OWN.raw(name).get("rule", []):
            yield (
                "screening" if row["topic"] in ("screening", "contradiction") else "consent",
                row,
                row["sentence"],
            )
    for name in OWN.names("applicability"):
        for row in OWN.raw(name)["rule"]:
            yield "consent", row, ""
    for row in OWN.raw("law/legal-bases.toml")["rule"]:
        yield "legal-bases", row, row.get("sentence", "")
    for row in OWN.raw("medicines/high-risk.toml")["medicine"]:
        yield "medicines", row, row["check"]
    yield from of_supplies()
    for name in OWN.names("programmes"):
        file = OWN.raw(name)
        for row in file.get("warning", []):
            yield "vaccines", row, row["sentence"]
        for row in (*file.get("earlier_doses", []), *file["product"]):
            yield "vaccines", row, ""
    for row in OWN.raw("law/emergency-supply.toml")["rule"]:
        yield "law", row, row["law"]


def of_supplies() -> Iterator[tuple[str, Row, str]]:
    """Each row of what an item of a supply is held against."""
    for row in OWN.raw("rules/stops.toml")["stop"]:
        yield "stops", row, row["sentence"]
    for row in OWN.raw("rules/practices.toml")["place"]:
        yield "practices-not-reached", row, row["sentence"]
    preparations = OWN.raw("medicines/preparations.toml")
    for row in preparations["kind"]:
        yield "preparations", {"source": preparations["forms_source"]}, row["label"]
    names = OWN.raw("medicines/controlled-drugs.toml")
    for row in names["names"]:
        yield "controlled-drugs", {**row, "source": names["sources"][row["source"]]}, row["name"]
    for row in OWN.raw("medicines/allergies.toml")["group"]:
        yield "allergies", {"source": "general professional knowledge"}, ", ".join(row["medicines"])
    incidents = OWN.raw("incidents/kinds.toml")
    for row in (*incidents["place"], *(step for kind in incidents["kind"] for step in kind["step"])):
        yield "incident-kinds", row, row.get("what", row.get("how"))
    for row in OWN.raw("medicines/amounts.toml")["amount"]:
        yield "allergies", row, ", ".join(row["units"])


ROWS = list(data())
TEXTS = {topic: rule_tables.text(topic) for topic in rule_tables.TABLES}


@pytest.mark.parametrize("topic", sorted(TEXTS.keys() - {"pgd-register", "data-files"}))
def test_every_row_of_the_data_stands_in_its_table_with_source_and_standing(topic: str) -> None:
    mine = [(row, said) for where, row, said in ROWS if where == topic]
    assert mine
    lines = [plain(" | ".join(row)) for row in rows_of(TEXTS[topic])]
    for row, said in mine:
        found = [line for line in lines if holds(line, said) and holds(line, row["source"])]
        assert found, (row.get("id"), said)
        if not row.get("confirmed"):
            assert any("onfirmed" in line for line in found), row["source"]
        for key in ("since", "until"):
            day = row.get(key)
            assert not isinstance(day, date) or any(shown(day) in line for line in found)


def test_general_knowledge_is_named_as_such_and_never_said_to_stop() -> None:
    seen = 0
    for topic, row, said in ROWS:
        if row.get("confidence") != "general" or topic in ("law", "controlled-drugs"):
            continue
        (line, *_) = [one for one in rows_of(TEXTS[topic]) if holds(" ".join(one), said or row["source"])]
        assert "professional knowledge" in line[-1].casefold()
        assert NOT_CONFIRMED in line[-1]
        assert not any("Stops" in cell for cell in line)
        seen += 1
    assert seen >= 10


@pytest.mark.parametrize("topic", sorted(TEXTS))
def test_no_cell_says_twice_that_nobody_read_a_source(topic: str) -> None:
    for row in rows_of(TEXTS[topic]):
        for cell in row:
            assert cell.casefold().count("professional knowledge") < 2, cell
            said = [one.strip(" .").casefold() for one in re.split(r"(?<=\.) ", cell) if len(one) > 12]
            assert len(said) == len(set(said)), cell


@pytest.mark.parametrize("topic", sorted(TEXTS.keys() - {"pgd-register", "data-files"}))
def test_every_table_says_when_its_data_was_checked_and_must_be_checked_again(topic: str) -> None:
    day = r"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}"
    said = re.findall(
        rf"^Data checked on ({day}); someone must check it again by ({day})\.$", TEXTS[topic], re.M
    )
    days = {(shown(one.checked_on), shown(one.look_again_by)) for one in data_review.reviews()}
    assert len(said) == 1
    assert said[0] in days


def test_the_list_leads_to_every_table() -> None:
    for topic in rule_tables.TABLES:
        assert f"(help:{topic})" in rule_tables.text("rules")


@pytest.mark.parametrize("topic", ["rules", *rule_tables.TABLES])
def test_each_table_is_made_into_paper(topic: str) -> None:
    made = guides.of_help(topic)
    assert isinstance(made, PaperDocument)
    assert made.title


def test_a_bar_in_a_sentence_breaks_no_table() -> None:
    widths = {topic: {len(row) for row in rows_of(text)} for topic, text in TEXTS.items()}
    assert {topic for topic, width in widths.items() if width != {3}} == set()


def test_the_law_says_of_each_rule_whether_it_stops_asks_or_is_shown() -> None:
    lines = rows_of(TEXTS["law"])
    for rule in law.rules():
        (said,) = [line for line in lines if plain(rule.law) in line[1]]
        wanted = "Asks for a reason" if rule.asks else "Stops an act still to be done"
        shown_only = rule.effect in (Effect.NO_LIMIT, Effect.NOTE, Effect.DUTY)
        assert rule.off or ("Shown only" if shown_only else wanted) in said[1]
        assert ("Read:" in said[2]) == (rule.read != "not read")


def test_the_table_of_the_pgd_register_is_said_by_the_register_itself() -> None:
    told = {row[0]: row for row in rows_of(TEXTS["pgd-register"])}
    for case, stops in (
        ("The register is off", "Stops nothing"),
        ("On, and no PGD for this vaccination", "stops nothing"),
        ("In force and signed", "Stops nothing"),
        ("In force, not signed", "Stops an act still to be done"),
        ("Signed the day after", "Stops an act still to be done"),
        ("Not yet in force", "Stops an act still to be done"),
        ("Lapsed the day before", "Stops an act still to be done"),
        ("Withdrawn on that day", "Stops an act still to be done"),
    ):
        assert stops in told[case][2], case
        assert NOT_CONFIRMED in told[case][2]


def test_season_eligibility_and_pregnancy_of_every_programme_stand_in_its_table() -> None:
    sections = TEXTS["vaccines"].split("\n## ")[1:]
    for name in OWN.names("programmes"):
        file = OWN.raw(name)
        (section,) = [one for one in sections if one.startswith(f"{file['name']}\n")]
        for key in ("season_start", "season_end", "age_by"):
            assert key not in file or shown(file[key]) in section, (name, key)
        if "pregnancy_weeks" in file:
            assert "week {} to week {}".format(*file["pregnancy_weeks"]) in section, name
        for row in file.get("eligibility", []):
            (line, *_) = [one for one in rows_of(section) if one[0] == plain(row["label"])]
            limits = [str(row["min_age"])] if "min_age" in row else []
            limits += [str(row["max_age"])] if "max_age" in row and "min_age" in row else []
            limits += [shown(row["adult_start"])] if "adult_start" in row else []
            assert all(one in line[1] for one in limits), (name, row["id"])
            assert NOT_CONFIRMED in line[2]
        for row in file["product"]:
            (line, *_) = [one for one in rows_of(section) if one[0].startswith(row["short_name"])]
            first, last = row.get("second_line", ("", ""))
            assert str(first) in line[1], (name, row["id"])
            assert str(last) in line[1], (name, row["id"])


def test_ages_and_names_read_as_people_say_them() -> None:
    whole = "\n".join(TEXTS[topic] for topic in ("screening", "consent", "legal-bases", "vaccines"))
    assert not re.findall(r"\b(?:0|1) years\b|\b(?:24|36|48|60|72|84|96|108|120|144|192|216) months\b", whole)
    for wrong in ("ATIV", "Read: not read", "from 0 y", "Service: private"):
        assert wrong not in whole, wrong
    for said in ("Under 1 year.", "Aged 1 to 12 years.", "Aged 16 or 17 years.", "From 18 years."):
        assert said in TEXTS["consent"], said


def test_an_eligibility_is_named_as_its_own_programme_names_it() -> None:
    labels = {
        OWN.raw(name).get("agreement", OWN.raw(name)["id"]): {
            row["id"]: row["label"] for row in OWN.raw(name).get("eligibility", [])
        }
        for name in OWN.names("programmes")
    }
    rows = [row for topic, row, _said in ROWS if topic == "consent" and row.get("programmes")]
    tried = 0
    for row in rows:
        for reason in row.get("when", {}).get("vaccine.eligibility", []):
            (line, *_) = [one for one in rows_of(TEXTS["consent"]) if holds(one[1], row["sentence"]) and
                       all(holds(one[0], labels[kind].get(reason, "")) for kind in row["programmes"])]  # fmt: skip
            tried += bool(line)
    assert tried >= 10
