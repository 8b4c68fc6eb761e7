"""Who is eligible hears no warning that the programmes' sources do not give, and the other hears the one they give."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.vaccination import read
from digmed_desktop.reference.programmes import by_agreement
from tests.clinical.examples import FLU, NOW, answers_of, pharmacy, typed, vaccinator

DAY = NOW.astimezone(ENGLAND).date()
PROGRAMMES = {**by_agreement(), "influenza": FLU}
"""With the season of these days of birth, whatever seasons there are."""


def asked(
    kind: str,
    product: str,
    born: date,
    reason: str = "",
    due: date | None = None,
    *,
    service: str = "",
) -> list[str]:
    """What a programme says of product, reason for eligibility and pregnancy, for somebody born on a day."""
    return asked_in(PROGRAMMES[kind], product, born, reason, due, {"session.service": service})


ABOUT = frozenset({"vaccine.product", "vaccine.eligibility", "vaccine.dose_amount", "eligibility.due_date"})


def asked_in(
    programme: Programme,
    product: str,
    born: date,
    reason: str = "",
    due: date | None = None,
    changes: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """What these answers ask a reason for, with what is usual in the programme beside them."""
    answers = answers_of(programme, DAY, reason, due=typed(due) if due else "") | {
        "vaccine.product": product,
        "patient.date_of_birth": typed(born),
        "vaccine.route": programme.products[product].routes[0],
        "session.service": programme.lists["services"][0].id,
        "vaccine.dose_amount": str(next(iter(programme.usual_doses), programme.default_dose)),
    }
    if dose := programme.products[product].dose:
        answers["vaccine.dose_amount"] = str(dose.value)
    answers |= {question: answer for question, answer in changes.items() if answer}
    found = read(
        answers, programme=programme, pharmacy=pharmacy(), vaccinator=vaccinator(), now=NOW, agreed=()
    )
    return [one.sentence for one in found.notes if one.field in ABOUT and one.needs_reason]


def years(number: int, **more: int) -> date:
    """The day of birth of somebody who is so many years old today."""
    return DAY.replace(year=DAY.year - number) + timedelta(**more)


def week(number: int) -> date:
    """The due date of a pregnancy that is in this week."""
    return DAY + timedelta(days=7 * (40 - number))


NO_WARNING: dict[str, tuple[str, str, date, str, date | None]] = {
    "aTIV at 49, who will be 50 by the end of March": (
        "influenza",
        "ativ",
        years(50, days=60),
        "risk-group",
        None,
    ),
    "high dose at 59, who will be 60 by then": (
        "influenza",
        "tiv-hd",
        years(60, days=60),
        "risk-group",
        None,
    ),
    "cell-based vaccine for a baby of 6 months": (
        "influenza",
        "tivc",
        years(1, days=180),
        "child-at-risk",
        None,
    ),
    "a child of 3 by the cohort": ("influenza", "fluenz", date(2023, 5, 1), "preschool", None),
    "a school child": ("influenza", "fluenz", date(2015, 5, 1), "school", None),
    "RSV in a care home at 68": ("rsv", "abrysvo", years(68), "care-home", None),
    "RSV at 85": ("rsv", "abrysvo", years(85), "age", None),
    "MMR for an adult": ("mmr", "priorix", years(30), "due", None),
    "MMRV at 18 months": ("mmrv", "proquad", years(1, days=-180), "due", None),
    "Prevenar 20 at 70": ("pneumococcal", "prevenar-20", years(70), "due", None),
    "Adacel in pregnancy": ("pertussis-in-pregnancy", "adacel", years(30), "pregnant", week(24)),
}


def service_of(kind: str, born: date) -> str:
    """Children have the flu vaccine under another service than the pharmacies' own of the NHS."""
    return "local" if kind == "influenza" and born > years(18) else ""


def test_who_is_eligible_by_the_sources_hears_no_warning() -> None:
    for who, (kind, product, born, reason, due) in NO_WARNING.items():
        assert asked(kind, product, born, reason, due, service=service_of(kind, born)) == [], who


@pytest.mark.parametrize("number", [28, 36, 37, 38, 40, 41])
def test_rsv_is_given_from_week_28_until_the_birth_without_a_warning(number: int) -> None:
    assert asked("rsv", "abrysvo", years(30), "pregnant", week(number)) == []


def test_before_its_first_week_a_vaccine_for_pregnancy_asks_for_a_reason() -> None:
    assert asked("rsv", "abrysvo", years(30), "pregnant", week(27))
    assert asked("pertussis-in-pregnancy", "adacel", years(30), "pregnant", week(15))
    assert asked("pertussis-in-pregnancy", "adacel", years(30), "pregnant", week(33)) == [], "only said"


WARNING = {
    "aTIV at 48": ("influenza", "ativ", years(49, days=200), "risk-group", "50"),
    "cell-based vaccine at 3 months": ("influenza", "tivc", years(0, days=-92), "child-at-risk", "6 months"),
    "a child of 4 in the cohort of 2 and 3": ("influenza", "fluenz", date(2022, 8, 31), "preschool", "born"),
    "HPV at 5": ("hpv", "gardasil-9", years(5), "due", "9 years"),
    "MMR for a child of MMRV": ("mmr", "priorix", date(2020, 1, 1), "due", "MMRV"),
    "MMRV due for one born before it": ("mmrv", "proquad", date(2019, 12, 31), "due", "MMR"),
    "MMRV at 4 months": ("mmrv", "proquad", years(0, days=-122), "due", "12 months"),
    "Prevenar 13 for an adult": ("pneumococcal", "prevenar-13", years(70), "due", "Prevenar 20"),
    "pneumococcal by age at 50": ("pneumococcal", "prevenar-20", years(50), "due", "65"),
}


def test_who_is_not_hears_why() -> None:
    for who, (kind, product, born, reason, word) in WARNING.items():
        said = asked(kind, product, born, reason, service=service_of(kind, born))
        assert any(word in one for one in said), (who, said)


SHINGLES = {
    "at 64 by age": (years(64), "due", "1", "due from 65"),
    "at 65": (years(65), "due", "1", ""),
    "at 68, who turned 65 before September 2023": (date(1958, 8, 31), "due", "1", "due at 70"),
    "at 68, who turned 65 on its first day": (date(1958, 9, 1), "due", "1", ""),
    "at 70": (years(70), "due", "1", ""),
    "at 79": (years(80, days=1), "due", "1", ""),
    "a first dose at 80": (years(80), "due", "1", "80th birthday"),
    "a second dose at 80": (years(80), "due", "2", ""),
    "a second dose at 81": (years(81), "due", "2", "81st birthday"),
    "at 85, severely weakened": (years(85), "risk", "1", ""),
    "at 30, severely weakened": (years(30), "risk", "1", ""),
    "at 85, at the patient's own request": (years(85), "patient-request", "1", ""),
}


@pytest.mark.parametrize("who", SHINGLES)
def test_shingles_by_age_has_its_bounds_and_a_weakened_immune_system_has_none(who: str) -> None:
    born, reason, dose, word = SHINGLES[who]
    said = asked_in(PROGRAMMES["shingles"], "shingrix", born, reason, changes={"vaccine.dose_number": dose})
    assert [word in one for one in said] == ([True] if word else [])


def test_yellow_fever_says_each_time_that_it_is_given_at_a_designated_centre_alone() -> None:
    programme = PROGRAMMES["yellow-fever"]
    found = read(
        answers_of(programme, DAY, "travel", 40),
        programme=programme,
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=(),
    )
    (said,) = [one for one in found.notes if one.field == "session.service"]
    assert "designated centre" in said.sentence
    assert not said.needs_reason


def test_a_second_choice_is_said_on_the_nhs_alone() -> None:
    assert any(
        "Adacel" in one
        for one in asked("pertussis-in-pregnancy", "boostrix-ipv", years(30), "pregnant", week(24))
    )
    for service, said in (("nhs", True), ("private", False)):
        found = asked("influenza", "tive-vaxigrip", years(70), "age", service=service)
        assert bool(found) is said


def test_a_suspected_reaction_to_a_vaccine_with_a_black_triangle_is_always_reported() -> None:
    for one in FLU.products.values():
        answers = answers_of(FLU, DAY) | {
            "vaccine.product": one.id,
            "vaccine.route": one.routes[0],
            "after.adverse": "observed",
            "after.adverse_note": "Rash",
        }
        found = read(answers, programme=FLU, pharmacy=pharmacy(), vaccinator=vaccinator(), now=NOW, agreed=())
        assert any("▼" in note.sentence for note in found.notes) == one.more_watched
    assert any(one.more_watched for one in FLU.products.values())


def test_a_code_that_no_source_proves_current_travels_only_when_dmd_has_it_under_that_name() -> None:
    unproved = [(p, one) for p in PROGRAMMES.values() for one in p.products.values() if one.unconfirmed_code]
    assert unproved
    for programme, one in unproved:
        assert one.coded.code == "", "until then it goes as text"
        release = {one.unconfirmed_code: one.coded.display.upper()}
        assert (
            programme.with_confirmed(lambda code, names=release: names.get(code, ""))
            .products[one.id]
            .coded.code
        )
        for other in ({}, {one.unconfirmed_code: "Another vaccine"}):
            same = programme.with_confirmed(lambda code, names=other: names.get(code, ""))
            assert same.products[one.id].coded.code == ""
