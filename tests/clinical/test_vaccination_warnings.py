"""What asks a person to look and prevents nothing: each at its limit, below and above it."""

from dataclasses import replace

import pytest

from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.vaccination import Reading, read
from digmed_desktop.reference.programmes import programme
from tests.clinical.examples import AGREED, NOW, complete_answers, flu, pharmacy, reading, vaccinator


def looks(result: Reading, field: str) -> list[str]:
    assert result.sendable
    return [p.sentence for p in result.notes if p.field == field]


def in_programme(of: Programme, **changes: str) -> Reading:
    return read(
        complete_answers(session__programme=of.id, **changes),
        programme=of,
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=(of.agreement,),
    )


@pytest.mark.parametrize(
    ("product", "born", "doubted"),
    [
        ("ativ", "1/4/1977", True),  # 50 on the day after the last of March
        ("ativ", "31/3/1977", False),  # 49, and 50 on the last day of March
        ("tiv-hd", "1/4/1967", True),
        ("tiv-hd", "31/3/1967", False),  # 59, and 60 on the last day of March
        ("tivr", "15/10/2008", True),  # 17: its licence knows no season
        ("tivr", "14/10/2008", False),  # 18
        ("tivc", "15/4/2026", True),  # 5 months
        ("tivc", "14/4/2026", False),  # 6 months today
        ("fluenz", "15/10/2024", True),  # 23 months
        ("fluenz", "14/10/2024", False),  # 2 years today
    ],
)
def test_a_patient_younger_than_the_vaccine_s_least_age(product: str, born: str, doubted: bool) -> None:
    found = looks(reading(vaccine__product=product, patient__date_of_birth=born), "vaccine.product")
    assert any("younger" in one for one in found) is doubted


@pytest.mark.parametrize(("born", "doubted"), [("15/10/2008", False), ("14/10/2008", True)])  # 17, 18
def test_a_patient_older_than_the_vaccine_s_greatest_age(born: str, doubted: bool) -> None:
    found = looks(reading(vaccine__product="fluenz", patient__date_of_birth=born), "vaccine.product")
    assert any("older" in one for one in found) is doubted


@pytest.mark.parametrize(
    ("born", "service", "doubted"),
    [
        ("15/10/1961", "nhs", False),  # 64
        ("14/10/1961", "nhs", True),  # 65
        ("14/10/1961", "private", False),  # what the NHS pays for binds no private patient
    ],
)
def test_a_vaccine_that_the_nhs_does_not_pay_for_at_this_age(born: str, service: str, doubted: bool) -> None:
    result = reading(vaccine__product="tive-myl", patient__date_of_birth=born, session__service=service)
    assert any("older" in one for one in looks(result, "vaccine.product")) is doubted


@pytest.mark.parametrize(
    ("product", "born", "doubted"),
    [
        ("tivc", "15/10/1961", False),  # 64: first choice
        ("tivc", "14/10/1961", True),  # 65: second choice
        ("tive-vaxigrip", "14/10/2008", True),  # 18
        ("tive-vaxigrip", "15/10/2008", False),  # 17: the rule is for adults
        ("tive-vaxigrip", "15/10/1961", True),  # 64
    ],
)
def test_a_vaccine_of_second_choice_at_this_age(product: str, born: str, doubted: bool) -> None:
    found = looks(reading(vaccine__product=product, patient__date_of_birth=born), "vaccine.product")
    assert any("second choice" in one for one in found) is doubted


@pytest.mark.parametrize(
    ("born", "doubted"),
    [
        ("31/3/1962", False),
        ("1/4/1962", True),
        ("14/10/1950", False),
    ],  # 65 on the last day of March, a day later
)
def test_age_as_a_reason_counts_who_reaches_it_by_the_end_of_the_season(born: str, doubted: bool) -> None:
    found = looks(
        reading(vaccine__eligibility="age", vaccine__product="ativ", patient__date_of_birth=born),
        "vaccine.eligibility",
    )
    assert bool(found) is doubted


@pytest.mark.parametrize(
    ("day", "doubted"),
    [("31/8/2026", True), ("1/9/2026", False)],
)
def test_a_contact_before_the_season(day: str, doubted: bool) -> None:
    found = looks(reading(contact__date=day, vaccine__eligibility="pregnant"), "contact.date")
    assert any("before the season" in one for one in found) is doubted


@pytest.mark.parametrize(("day", "doubted"), [("30/3/2027", False), ("31/3/2027", False), ("1/4/2027", True)])
def test_a_contact_after_the_season(day: str, doubted: bool) -> None:
    result = read(
        complete_answers(contact__date=day),
        programme=flu(),
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW.replace(year=2027, month=5),
        agreed=AGREED,
    )
    assert any("over" in one for one in looks(result, "contact.date")) is doubted


@pytest.mark.parametrize(
    ("day", "born", "reason", "doubted"),
    [
        ("30/9/2026", "12/3/1971", "risk-group", True),
        ("1/10/2026", "12/3/1971", "risk-group", False),
        ("30/9/2026", "12/3/2016", "risk-group", False),  # a child
        ("30/9/2026", "30/9/2008", "risk-group", True),  # 18 that day
        ("30/9/2026", "1/10/2008", "risk-group", False),  # 17 that day
        ("30/9/2026", "12/3/1991", "pregnant", False),
        ("31/8/2026", "12/3/1971", "risk-group", False),  # before the season: said at the date
    ],
)
def test_adults_start_later_than_children_and_pregnant_women(
    day: str, born: str, reason: str, doubted: bool
) -> None:
    result = reading(contact__date=day, patient__date_of_birth=born, vaccine__eligibility=reason)
    assert any("Adults" in one for one in looks(result, "vaccine.eligibility")) is doubted


def test_a_second_dose_is_pointed_out() -> None:
    result = reading(vaccine__dose_number="2", previous__finding="dose-seen")
    assert looks(result, "vaccine.dose_number")
    assert not looks(result, "previous.finding")


def test_a_second_dose_without_a_first_is_pointed_out() -> None:
    assert looks(reading(vaccine__dose_number="2"), "previous.finding")


def test_a_first_dose_after_another_is_pointed_out() -> None:
    assert looks(reading(previous__finding="dose-seen"), "previous.finding")


def test_pregnancy_as_the_reason_needs_no_note() -> None:
    assert not looks(
        reading(screening__pregnant="yes", vaccine__eligibility="pregnant"), "screening.pregnant"
    )


def test_pregnancy_as_the_reason_contradicts_a_no() -> None:
    assert looks(reading(vaccine__eligibility="pregnant"), "screening.pregnant")


def test_a_pregnant_man_is_pointed_out() -> None:
    assert looks(reading(vaccine__eligibility="pregnant", patient__sex="male"), "vaccine.eligibility")


@pytest.mark.parametrize(
    ("due", "stopped"),
    [
        ("16/9/2026", False),  # 28 days over: 44 weeks
        ("15/9/2026", True),
        ("21/7/2027", False),  # 280 days ahead
        ("22/7/2027", True),
    ],
)
def test_a_due_date_of_no_possible_pregnancy_stops(due: str, stopped: bool) -> None:
    result = reading(vaccine__eligibility="pregnant", eligibility__due_date=due)
    assert any(p.field == "eligibility.due_date" for p in result.problems) is stopped
    assert (result.record.pregnancy_due is None) is stopped


RSV = {
    "session__service": "nhs",
    "vaccine__eligibility": "pregnant",
    "screening__pregnant": "yes",
    "vaccine__product": "abrysvo",
}


@pytest.mark.parametrize(
    ("due", "doubted"),
    [
        ("7/1/2027", True),  # 85 days: 27 completed weeks
        ("6/1/2027", False),  # 84 days: 28 completed weeks
        ("4/11/2026", False),  # 21 days: 37 completed weeks
        ("14/10/2026", False),  # 40 weeks
        ("16/9/2026", False),  # 44 weeks, the last that a form takes
    ],
)
def test_rsv_in_pregnancy_is_given_from_week_28_until_the_birth(due: str, doubted: bool) -> None:
    result = in_programme(programme("rsv"), **RSV, eligibility__due_date=due)
    assert bool(looks(result, "eligibility.due_date")) is doubted


@pytest.mark.parametrize(
    ("due", "said", "asks"),
    [
        ("1/4/2027", True, True),  # 15 completed weeks
        ("31/3/2027", False, False),  # 16
        ("3/12/2026", False, False),  # 32
        ("2/12/2026", True, False),  # 33: later than is best, and still given
    ],
)
def test_pertussis_in_pregnancy_is_best_in_weeks_16_to_32(due: str, said: bool, asks: bool) -> None:
    answers = {**RSV, "vaccine__product": "adacel"}
    result = in_programme(programme("pertussis-in-pregnancy"), **answers, eligibility__due_date=due)
    found = [p for p in result.notes if p.field == "eligibility.due_date"]
    assert bool(found) is said
    assert any(p.needs_reason for p in found) is asks


def test_where_weeks_matter_a_missing_due_date_is_asked_for() -> None:
    assert looks(in_programme(programme("rsv"), **RSV), "eligibility.due_date")
    assert not looks(reading(vaccine__eligibility="pregnant"), "eligibility.due_date")


@pytest.mark.parametrize(
    ("amount", "asks", "stops"),
    [
        ("0.04", True, True),
        ("0.05", True, True),  # a tenth
        ("0.051", True, False),
        ("0.49", True, False),
        ("0.5", False, False),
        ("0.50", False, False),
        ("0.51", True, False),
        ("4.99", True, False),
        ("5", True, True),  # tenfold
        ("50", True, True),
    ],
)
def test_another_dose_asks_for_a_reason_and_a_tenfold_one_stops(amount: str, asks: bool, stops: bool) -> None:
    found = [p for p in reading(vaccine__dose_amount=amount).notes if p.field == "vaccine.dose_amount"]
    assert any(p.needs_reason for p in found) is asks
    assert any(p.needs_adviser for p in found) is stops


def test_a_route_that_is_not_the_vaccine_s() -> None:
    assert looks(reading(vaccine__route="subcutaneous"), "vaccine.route")
    assert not looks(reading(vaccine__product="tive-myl", vaccine__route="subcutaneous"), "vaccine.route")


def test_an_adverse_reaction_asks_for_a_call() -> None:
    result = reading(after__adverse="observed", after__adverse_note="Fainted")
    assert "Telephone" in looks(result, "after.adverse_note")[0]
    assert result.record.immunizations[0].adverse_reaction == "Fainted"


def test_a_contact_before_birth_is_pointed_out() -> None:
    result = reading(patient__date_of_birth="14/10/2026", contact__date="13/10/2026")
    assert [p.field for p in result.problems] == ["patient.date_of_birth"]


def test_nothing_given_raises_no_warning_about_the_dose() -> None:
    result = reading(
        vaccine__outcome="not-given", vaccine__not_given_reason="declined", contact__date="1/8/2026"
    )
    assert result.notes == ()


def test_a_season_is_only_known_from_the_programme() -> None:
    endless = replace(flu(), season_start=None, season_end=None, cohorts={})
    assert in_programme(endless, contact__date="1/10/2026").notes == ()
