"""Each false warning that a programme once gave is gone, and it is the data as it stands that keeps it away.

Every case puts the data, or the rule, back to what it was: the warning is there again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.clinical import product_warnings
from digmed_desktop.clinical.earlier_doses import Dose, NextDose, warnings
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.data_files.source import OWN
from digmed_desktop.reference.programmes import of_file
from tests.clinical.examples import FLU
from tests.clinical.test_programmes_as_they_stand import DAY, asked_in, week, years
from tests.data_files.changed import written

File = dict[str, Any]
Back = Callable[[File], None]
"""Puts a programme's file back to what it was."""


def of_product(product: str, **keys: Any) -> Back:
    """Other keys of a product; None takes one away."""

    def back(file: File) -> None:
        (row,) = [one for one in file["product"] if one["id"] == product]
        row.update(keys)
        for key in [key for key, value in keys.items() if value is None]:
            del row[key]

    return back


def of_file_itself(**keys: Any) -> Back:
    """Other keys of the whole programme; None takes one away."""

    def back(file: File) -> None:
        file.update(keys)
        for key in [key for key, value in keys.items() if value is None]:
            del file[key]

    return back


def earlier_rules(*rows: File) -> Back:
    """Other rules on earlier doses."""
    return of_file_itself(earlier_doses=list(rows))


@dataclass(frozen=True)
class FalseWarning:
    """Somebody who is eligible, and the data with which a warning was given."""

    programme: str
    product: str
    born: date
    words: str
    back: Back
    reason: str = ""
    reason_then: str = ""
    due: date | None = None
    changes: Mapping[str, str] = field(default_factory=dict)


CASES = {
    "aTIV at 49, who is 50 by the end of March": FalseWarning(
        FLU.id,
        "ativ",
        years(50, days=60),
        "the minimum age for this vaccine",
        of_product("ativ", age_in_season=None),
        "risk-group",
    ),
    "high dose at 59, who is 60 by the end of March": FalseWarning(
        FLU.id,
        "tiv-hd",
        years(60, days=60),
        "the minimum age for this vaccine",
        of_product("tiv-hd", age_in_season=None),
        "risk-group",
    ),
    "egg-grown vaccine at 70, privately": FalseWarning(
        FLU.id,
        "tive-vaxigrip",
        years(70),
        "the maximum age for this vaccine",
        of_product("tive-vaxigrip", max_age=64),
        "private",
        changes={"session.service": "private"},
    ),
    "RSV in week 37": FalseWarning(
        "rsv",
        "abrysvo",
        years(30),
        "until week 36",
        of_file_itself(pregnancy_weeks=[28, 36]),
        "pregnant",
        due=week(37),
    ),
    "RSV in a care home at 68": FalseWarning(
        "rsv",
        "abrysvo",
        years(68),
        "is for 75 and over",
        lambda file: file["eligibility"].remove(
            next(one for one in file["eligibility"] if one["id"] == "care-home")
        ),
        "care-home",
        reason_then="age",
    ),
    "whooping cough in week 33": FalseWarning(
        "pertussis-in-pregnancy",
        "adacel",
        years(30),
        "until week 32",
        of_file_itself(pregnancy_later=None),
        "pregnant",
        due=week(33),
    ),
    "half a millilitre of another mRNA vaccine against COVID-19": FalseWarning(
        "covid-19",
        "mrna",
        years(80),
        "The usual dose of this vaccine is 0.3 mL",
        of_product("mrna", dose="0.3"),
        "age",
        changes={"vaccine.dose_amount": "0.5"},
    ),
    "a drink of 150 mL against cholera": FalseWarning(
        "cholera",
        "words",
        years(30),
        "Check the decimal point",
        of_file_itself(usual_doses=["0.5"]),
        "travel",
        changes={"vaccine.dose_amount": "150"},
    ),
}


def programme_of(name: str, folder: Path, back: Back | None = None) -> Programme:
    """A programme as its file has it, or as it was."""
    path = f"programmes/{name}.toml"
    raw = written(folder, path, OWN.raw(path)).raw(path)
    if back:
        back(raw)
    return of_file(written(folder, path, raw), path)


@pytest.mark.parametrize("name", CASES)
def test_a_false_warning_comes_back_with_the_data_of_before(name: str, tmp_path: Path) -> None:
    case = CASES[name]

    def said(back: Back | None, reason: str) -> list[str]:
        programme = programme_of(case.programme, tmp_path, back)
        return asked_in(programme, case.product, case.born, reason, case.due, case.changes)

    assert any(case.words in one for one in said(case.back, case.reason_then or case.reason))
    assert said(None, case.reason) == []


def test_a_second_choice_of_the_nhs_is_no_rule_of_a_private_service(monkeypatch: pytest.MonkeyPatch) -> None:
    private = {"session.service": "private"}
    assert asked_in(FLU, "tivc", years(70), "private", changes=private) == []
    monkeypatch.setattr(product_warnings, "NHS", "private")
    assert any("second choice" in one for one in asked_in(FLU, "tivc", years(70), "private", changes=private))


# ---- what was given before


@dataclass(frozen=True)
class FalseLater:
    """A next dose that is due after earlier ones, so many days ago, and the rules with which a warning was given."""

    programme: str
    years: int
    before: tuple[int, ...]
    words: str
    back: Back
    answers: Mapping[str, str] = field(default_factory=dict)
    reason: str = "due"


WEAKENED = {"screening.immune": "yes"}
OF_ALL = [
    {key: value for key, value in row.items() if key != "unless"}
    for row in OWN.raw("programmes/hpv.toml")["earlier_doses"]
    if "when" not in row
]
"""The rules on HPV as they were for everybody."""
LATER = {
    "the second dose against HPV of a child with a weakened immune system": FalseLater(
        "hpv", 14, (60,), "One dose is usual", earlier_rules(*OF_ALL), WEAKENED
    ),
    "the third, by the risk group alone": FalseLater(
        "hpv",
        14,
        (200, 60),
        "One dose is usual",
        earlier_rules(*OF_ALL),
        {"eligibility.risk_group": "immune"},
        "risk",
    ),
    "the second of an adult, after two months": FalseLater(
        "hpv", 30, (60,), "At least 6 months", earlier_rules(*OF_ALL), WEAKENED
    ),
    "the third of an adult": FalseLater(
        "hpv", 30, (365, 200), "Two doses are usual", earlier_rules(*OF_ALL), WEAKENED
    ),
    "the second against shingles after eight weeks, severely weakened": FalseLater(
        "shingles",
        70,
        (60,),
        "At least 6 months",
        earlier_rules(
            {"since": date(2023, 9, 1), "least_days": 181, "least": "6 months", "source": "a test"}
        ),
        reason="risk",
    ),
}


@pytest.mark.parametrize("name", LATER)
def test_a_dose_that_is_due_is_called_too_many_or_too_soon_by_the_rules_of_before(
    name: str, tmp_path: Path
) -> None:
    case = LATER[name]
    now = NextDose(DAY, case.reason, case.years, None, lambda question: case.answers.get(question, ""))

    def said(back: Back | None) -> list[str]:
        rules = programme_of(case.programme, tmp_path, back).earlier
        given = [Dose(DAY - timedelta(days=ago), "A vaccine") for ago in case.before]
        return [
            one.sentence
            for one in warnings(rules, None, {rule: [] if rule.of else given for rule in rules}, now)
        ]

    assert any(one.startswith(case.words) for one in said(case.back))
    assert said(None) == []


def test_a_fourth_dose_against_hpv_and_a_dose_after_three_weeks_still_ask() -> None:
    rules = of_file(OWN, "programmes/hpv.toml").earlier
    now = NextDose(DAY, "risk", 30, None, WEAKENED.get)  # type: ignore[arg-type]
    for before, words in (((400, 300, 100), "Three doses are usual"), ((27,), "At least 4 weeks")):
        given = [Dose(DAY - timedelta(days=ago), "A vaccine") for ago in before]
        (one,) = warnings(rules, None, dict.fromkeys(rules, given), now)
        assert one.sentence.startswith(words)
