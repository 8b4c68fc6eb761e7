"""Warnings about the next dose, rule by rule: each at its limit, with the reason that lets one go on, and its source."""

from datetime import date, timedelta
from typing import Any

import pytest

from digmed_desktop.clinical import form as form_module
from digmed_desktop.clinical.earlier_doses import Dose, EarlierRule, NextDose, warnings
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.vaccination import read
from digmed_desktop.desk.forms.counter import is_of
from digmed_desktop.reference import programmes
from tests.clinical.examples import FLU, NOW, complete_answers, pharmacy, vaccinator
from tests.desk.conftest import Counter

DAY = date(2026, 10, 14)
PRODUCTS = {
    FLU.id: "tivc",
    "covid-19": "mrna",
    "rsv": "abrysvo",
    "pertussis-in-pregnancy": "adacel",
    "mmr": "priorix",
    "chickenpox": "words",
    "hpv": "gardasil-9",
    "meningitis-b": "bexsero",
    "pneumococcal": "prevenar-20",
    "shingles": "shingrix",
    "cholera": "words",
    "yellow-fever": "words",
}
REASONS = {
    FLU.id: "risk-group",
    "covid-19": "care-home",
    "rsv": "age",
    "pertussis-in-pregnancy": "pregnant",
}


def shown(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def answers(of: str, on: date = DAY, **changes: str) -> dict[str, str]:
    """A complete vaccination of a programme, with what is usual in it."""
    programme = programmes.programme(of)
    lists = programme.lists
    product = PRODUCTS[of]
    route = (programme.products[product].routes or (lists["routes"][0].id,))[0]
    fitting = {
        "session__programme": of,
        "session__service": lists["services"][0].id,
        "session__legal_basis": lists["legal_bases"][0].id,
        "contact__date": shown(on),
        "vaccine__product": product,
        "vaccine__eligibility": REASONS.get(of, lists["eligibility"][0].id),
        "vaccine__route": route,
        "vaccine__site": programme.route_sites[route][0],
        "patient__date_of_birth": "12/3/1950",
    }
    return complete_answers(**{**fitting, **changes})


def read_alone(given: dict[str, str], field: str) -> list[Problem]:
    """What a programme's own rules ask a reason for, without any record of before."""
    programme = programmes.programme(given["session.programme"])
    result = read(
        given,
        programme=programme,
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=(programme.agreement,),
    )
    return [p for p in result.notes if p.needs_reason and p.field == field]


def after(of: str, doses: list[tuple[int, str]], *, reason: str = "", years: int = 76) -> list[str]:
    """What the rules of a programme say today after doses so many days ago, each of a programme."""
    programme = programmes.programme(of)
    given = {
        rule: [Dose(DAY - timedelta(days=ago), "X") for ago, which in doses if is_of(which, rule, programme)]
        for rule in programme.earlier
    }
    now = NextDose(DAY, reason, years)
    return [p.sentence for p in warnings(programme.earlier, programme.season_start, given, now)]


def found(counter: Counter, given: dict[str, str], field: str) -> list[Problem]:
    problems = counter.desk.preview("vaccination", FormState(given)).problems
    return [p for p in problems if p.needs_reason and p.field == field]


def give(counter: Counter, of: str, on: date = DAY, **changes: str) -> None:
    """Record an earlier dose."""
    given = answers(of, on, **changes)
    problems = counter.desk.preview("vaccination", FormState(given)).problems
    reasons = {p.reason_key: "It is the earlier dose of a test" for p in problems if p.needs_reason}
    state = FormState(given, reasons=reasons)
    sent = counter.desk.send("vaccination", f"{of} {on} {changes}", state, counter.ada)
    assert sent.notification is not None, sent.problems


def wait(counter: Counter, days: int) -> date:
    counter.clock.move(days=days)
    return DAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("of", "least", "words"),
    [
        ("covid-19", 91, "91 days"),
        ("mmr", 28, "4 weeks"),
        ("chickenpox", 28, "4 weeks"),
        ("meningitis-b", 28, "4 weeks"),
        ("hpv", 181, "6 months"),
        ("shingles", 181, "6 months"),
        ("cholera", 7, "1 week"),
    ],
)
def test_too_few_days_between_two_doses(of: str, least: int, words: str) -> None:
    (said,) = after(of, [(least - 1, of)])
    assert said.startswith(f"At least {words} are needed between the two: X was given on ")
    assert after(of, [(least, of)]) == []


@pytest.mark.parametrize(("first", "then"), [("mmr", "chickenpox"), ("chickenpox", "mmr")])
def test_two_live_vaccines_within_four_weeks(first: str, then: str) -> None:
    (said,) = after(then, [(27, first)])
    assert "At least 4 weeks" in said
    assert after(then, [(28, first)]) == []


def test_a_dose_against_another_disease_is_no_earlier_dose() -> None:
    """Travellers have several vaccines on one day, some against diseases of which no code is known."""
    for one in programmes.programmes():
        kind = one.target_disease
        others = [
            p for p in programmes.programmes() if p.target_disease != kind or (p is not one and not kind)
        ]
        for rule in one.earlier:
            if not rule.of:
                assert [p.id for p in others if is_of(p.id, rule, one)] == []
    assert after("hepatitis-a", [(0, "rabies"), (0, "typhoid")], reason="travel") == []
    assert after("yellow-fever", [(0, "cholera")], reason="travel") == []
    assert after("hepatitis-a", [(0, "hepatitis-a-and-b")], reason="travel") != []


def test_three_doses_against_hpv_with_a_weakened_immune_system(counter: Counter) -> None:
    young: dict[str, Any] = {"patient__date_of_birth": "12/3/2010", "vaccine__eligibility": "risk"}
    give(counter, "hpv", **young, screening__immune="yes")
    seen: dict[str, Any] = {"previous__finding": "dose-seen", "vaccine__dose_number": "2"}
    second = answers("hpv", wait(counter, 60), **young, **seen, screening__immune="yes")
    assert found(counter, second, "previous.finding") == []
    (warning,) = found(counter, {**second, "screening.immune": "no"}, "previous.finding")
    assert warning.sentence.startswith("One dose is usual, and ")
    unanswered = {**second, "screening.immune": "", "eligibility.risk_group": "immune"}
    assert found(counter, unanswered, "previous.finding") == []


@pytest.mark.parametrize("of", ["mmr", "chickenpox", "shingles"])
def test_a_third_dose_where_two_are_usual(of: str) -> None:
    assert after(of, [(400, of)]) == []
    (said,) = after(of, [(400, of), (200, of)])
    assert said.startswith("Two doses are usual, and ")


@pytest.mark.parametrize(
    ("of", "years", "reason", "doubted"),
    [
        ("rsv", 76, "age", True),
        ("rsv", 30, "pregnant", False),  # in another pregnancy
        ("pneumococcal", 76, "risk", True),
        ("pneumococcal", 14, "risk", False),  # a child has more than one
    ],
)
def test_a_second_dose_where_one_is_usual(of: str, years: int, reason: str, doubted: bool) -> None:
    said = after(of, [(400, of)], years=years, reason=reason)
    assert [one.startswith("One dose is usual, and ") for one in said] == [True] * doubted


def test_a_rule_is_held_to_the_doses_this_pharmacy_recorded(counter: Counter) -> None:
    give(counter, "mmr")
    (warning,) = found(counter, answers("chickenpox", wait(counter, 27)), "previous.finding")
    assert "At least 4 weeks are needed between the two: " in warning.sentence
    (warning,) = found(counter, answers("mmr", DAY + timedelta(days=27)), "previous.finding")
    assert warning.sentence.endswith("27 days before (as recorded by this pharmacy).")


PREGNANT: dict[str, Any] = {
    "patient__date_of_birth": "12/3/1996",
    "vaccine__eligibility": "pregnant",
    "screening__pregnant": "yes",
}
DUE = DAY + timedelta(days=70)  # in week 30


@pytest.mark.parametrize("of", ["pertussis-in-pregnancy", "rsv"])
def test_a_second_dose_of_the_same_pregnancy(counter: Counter, of: str) -> None:
    same: dict[str, Any] = {**PREGNANT, "eligibility__due_date": shown(DUE)}
    give(counter, of, **same)
    (warning,) = found(counter, answers(of, wait(counter, 14), **same), "previous.finding")
    assert warning.sentence.startswith("This would be a second dose in this pregnancy: ")
    unknown = {**PREGNANT, "eligibility__due_date": ""}
    (warning,) = found(counter, answers(of, DAY + timedelta(days=14), **unknown), "previous.finding")
    assert "may be a second dose in this pregnancy, and the due date is not known" in warning.sentence


@pytest.mark.parametrize(
    ("of", "later", "doubted"),
    [("pertussis-in-pregnancy", 280, True), ("pertussis-in-pregnancy", 281, False), ("rsv", 281, False)],
)
def test_a_dose_in_another_pregnancy_is_no_warning(
    counter: Counter, of: str, later: int, doubted: bool
) -> None:
    give(counter, of, **PREGNANT, eligibility__due_date=shown(DUE))
    day = wait(counter, 230)
    due = DAY + timedelta(days=later)  # this pregnancy began on the day of the dose, or the day after
    given = answers(of, day, **PREGNANT, eligibility__due_date=shown(due))
    assert bool(found(counter, given, "previous.finding")) is doubted
    problems = counter.desk.preview("vaccination", FormState(given)).problems
    contradicted = {p.field for p in problems if "this pharmacy recorded" in p.sentence}
    assert contradicted == (
        {"previous.finding", "screening.already", "vaccine.dose_number"} if doubted else set()
    )


@pytest.mark.parametrize(
    ("due_in", "doubted"),
    [(169, True), (168, False), (50, False), (49, False)],  # weeks 15, 16, 32 and 33
)
def test_whooping_cough_before_week_16_asks_and_after_week_32_it_is_still_given(
    due_in: int, doubted: bool
) -> None:
    due = shown(DAY + timedelta(days=due_in))
    given = answers("pertussis-in-pregnancy", **PREGNANT, eligibility__due_date=due)
    problems = read_alone(given, "eligibility.due_date")
    assert bool(problems) is doubted
    assert all("from week 16" in p.sentence for p in problems)


@pytest.mark.parametrize(
    ("of", "field", "changes", "says"),
    [
        ("rsv", "vaccine.product", {**PREGNANT, "vaccine__product": "arexvy"}, "not for use in pregnancy"),
        ("rsv", "vaccine.product", {"vaccine__product": "arexvy"}, "NHS programme uses Abrysvo"),
        ("rsv", "vaccine.product", {"vaccine__product": "arexvy", "session__service": "private"}, ""),
        (
            "rsv",
            "vaccine.product",
            {"vaccine__product": "arexvy", "session__service": "private", "patient__date_of_birth": "15/10/1966"},
            "younger than 60",
        ),
        ("rsv", "vaccine.eligibility", {"patient__date_of_birth": "15/10/1951"}, "75 and over"),  # 74
        ("rsv", "vaccine.eligibility", {"patient__date_of_birth": "14/10/1951"}, ""),  # 75 today
        (
            "covid-19",
            "vaccine.eligibility",
            {"vaccine__eligibility": "age", "patient__date_of_birth": "15/10/1951"},
            "younger than 75",
        ),
        (
            FLU.id,
            "screening.pregnant",
            {
                "vaccine__product": "fluenz",
                "vaccine__route": "intranasal",
                "vaccine__site": "nose",
                "patient__date_of_birth": "14/10/2009",
                "screening__pregnant": "yes",
            },
            "nasal spray is live and is not given in pregnancy",
        ),
        ("mmr", "screening.pregnant", {"screening__pregnant": "yes"}, "live vaccine"),
        ("chickenpox", "screening.pregnant", {"screening__pregnant": "yes"}, "is live"),
        ("hpv", "screening.pregnant", {"screening__pregnant": "yes"}, "known to be pregnant"),
        ("mmr", "screening.pregnant", {}, ""),
        ("shingles", "vaccine.product", {"patient__date_of_birth": "15/10/2008"}, "younger than 18"),  # 17
        ("shingles", "vaccine.product", {"patient__date_of_birth": "14/10/2008"}, ""),  # 18 today
        ("yellow-fever", "vaccine.product", {"patient__date_of_birth": "14/10/1966"}, "From 60 years"),  # 60 today
        ("yellow-fever", "vaccine.product", {"patient__date_of_birth": "15/10/1966"}, ""),  # 59
    ],
)  # fmt: skip
def test_a_product_or_a_cohort_that_is_warned_about(
    of: str, field: str, changes: dict[str, Any], says: str
) -> None:
    problems = read_alone(answers(of, **changes), field)
    assert any(says in p.sentence for p in problems) if says else problems == []


def test_a_season_that_is_over_needs_a_reason(counter: Counter) -> None:
    counter.clock.move(days=180)
    given = answers(FLU.id, date(2027, 4, 1), patient__date_of_birth="12/3/1971")
    (warning,) = found(counter, given, "contact.date")
    assert "The season is over" in warning.sentence
    refused = counter.desk.send("vaccination", "late", FormState(given), counter.ada)
    assert refused.notification is None
    assert "Say why you continue" in refused.problems[0].sentence
    reasons = {warning.reason_key: "The last dose of an open pack, agreed with the practice"}
    sent = counter.desk.send("vaccination", "late", FormState(given, reasons=reasons), counter.ada)
    assert sent.notification is not None, sent.problems


def test_no_rule_holds_before_its_day_or_after_its_last() -> None:
    last = Dose(DAY - timedelta(days=10), "X")
    rule = EarlierRule(DAY, "a test", until=DAY, least_days=28)

    def said(day: date) -> list[Problem]:
        return list(warnings((rule,), None, {rule: [last]}, NextDose(day)))

    assert said(DAY)
    assert said(DAY - timedelta(days=1)) == []
    assert said(DAY + timedelta(days=1)) == []


def test_every_rule_says_since_when_it_holds_and_where_it_is_written() -> None:
    form = {field.id for group in form_module.load("vaccination").groups for field in group.fields}
    for programme in programmes.programmes():
        for earlier in programme.earlier:
            assert earlier.source, programme.id
            assert not programme.season_end or earlier.since <= programme.season_end
            assert earlier.season or earlier.pregnancy or earlier.most or earlier.least_days
            known = {one.id for one in programmes.programmes()}
            assert set(earlier.of) <= known, programme.id
        for rule in programme.warnings:
            assert rule.source, programme.id
            assert not (programme.season_end and rule.since) or rule.since <= programme.season_end
            assert {rule.field, *rule.when} <= form
            for question, wanted in rule.when.items():
                offered = {
                    "vaccine.product": set(programme.products),
                    "vaccine.eligibility": {one.id for one in programme.lists["eligibility"]},
                    "session.service": {one.id for one in programme.lists["services"]},
                }.get(question, set(wanted))
                assert set(wanted) <= offered, (programme.id, question)


@pytest.mark.parametrize(
    ("of", "says"), [(FLU.id, "second dose of the season"), ("covid-19", "At least 91 days")]
)
def test_a_late_entry_is_held_against_a_dose_of_a_later_day(of: str, says: str) -> None:
    """The dose of today is recorded first, and that of yesterday, or a date one day off, afterwards."""
    programme = programmes.programme(of)
    given = {rule: [Dose(DAY + timedelta(days=1), "X")] for rule in programme.earlier}
    (problem,) = warnings(programme.earlier, programme.season_start, given, NextDose(DAY, "", 76))
    assert says in problem.sentence
    assert "1 day after" in problem.sentence
