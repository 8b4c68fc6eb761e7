"""Who may vaccinate under which legal basis: generated vaccinations against a table of this test's own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digmed_desktop.clinical.legal_basis import UNSETTLED, Verdict, judge
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.vaccination import read
from digmed_desktop.data_files.source import OWN
from digmed_desktop.reference import roles
from digmed_desktop.reference.legal_basis_file import FILE, LegalBasesFile, rules
from digmed_desktop.reference.programmes import programmes
from tests.clinical.examples import AGREED, complete_answers, pharmacy, vaccinator

FIELD = "session.legal_basis"
ROLES = tuple(role.id for role in roles.roles())
BASES = ("pgd", "national-protocol", "psd", "written-instruction", "own-decision")
TECHNICIANS_SINCE = date(2024, 6, 26)
PROTOCOLS_UNTIL = date(2026, 3, 31)
LIMITS = (TECHNICIANS_SINCE, PROTOCOLS_UNTIL)
DAYS = sorted({limit + timedelta(days=by) for limit in LIMITS for by in (-1, 0, 1)})
REGISTERED = ("pharmacist", "clinical-pharmacist", "nurse", "midwife")
NO_PGD = ("trainee", "assistant", "healthcare-assistant", "nursing-associate")


def wanted(basis: str, role: str, disease: str, day: date) -> str:
    """Return what the sources say, written down once more from them and not from the data."""
    if basis == "pgd":
        if role == "technician":
            return "allows" if day >= TECHNICIANS_SINCE else "stops"
        return "allows" if role in REGISTERED else "stops" if role in NO_PGD else "asks"
    if basis == "national-protocol":
        fitting = disease in ("influenza", "covid-19") and day <= PROTOCOLS_UNTIL
        return "allows" if fitting else "stops"
    if basis == "psd":
        return "allows"
    if basis == "written-instruction":
        return "asks" if role == "nurse" else "stops"
    return "allows" if role == "doctor" else "asks"


def said_of(programme: Programme, basis: str, role: str, day: date, born: date) -> list[Problem]:
    """Return what the form says at the legal basis of a vaccination, as it is read at the counter."""
    answers = complete_answers(session__legal_basis=basis, contact__date=f"{day.day}/{day.month}/{day.year}")
    answers["session.programme"] = programme.id
    answers["patient.date_of_birth"] = f"{born.day}/{born.month}/{born.year}"
    found = read(
        answers,
        programme=programme,
        pharmacy=pharmacy(),
        vaccinator=vaccinator(role),
        now=datetime(2026, 12, 1, 12, tzinfo=UTC),
        agreed=AGREED,
    )
    return [one for one in (*found.problems, *found.notes) if one.field == FIELD]


@settings(max_examples=400, deadline=None)
@given(
    programme=st.sampled_from(programmes()),
    basis=st.sampled_from(BASES),
    role=st.sampled_from(ROLES),
    day=st.one_of(st.sampled_from(DAYS), st.dates(date(2020, 1, 1), date(2026, 11, 30))),
    age=st.integers(0, 104),
)
def test_a_vaccination_gets_exactly_the_stops_and_questions_of_the_sources(
    programme: Programme, basis: str, role: str, day: date, age: int
) -> None:
    offered = {option.id for option in programme.lists["legal_bases"]}
    if basis not in offered:
        said = said_of(programme, basis, role, day, day - timedelta(days=365 * age))
        assert [one.severity for one in said] == ["stop"]  # it is no answer of this programme
        return
    said = said_of(programme, basis, role, day, day - timedelta(days=365 * age))
    expected = wanted(basis, role, programme.agreement, day)
    assert [one.severity for one in said] == {"allows": [], "asks": ["look"], "stops": ["stop"]}[expected]
    if expected == "asks":
        assert said[0].needs_reason
    if expected == "stops":
        assert "Source: " in said[0].sentence


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("basis", BASES)
def test_the_matrix_is_whole_at_each_limit_below_and_above(basis: str, day: date) -> None:
    for disease in ("influenza", "covid-19", "rsv", ""):
        mine = [rule for rule in rules() if rule.holds_in(disease)]
        for role in roles.roles():
            found = {verdict for verdict, _said, _source in judge(mine, basis, role.coded.code, day)}
            expected = wanted(basis, role.id, disease, day)
            assert found == ({Verdict(expected)} - {Verdict.ALLOWS}), (basis, role.id, disease, day)


def test_a_role_or_a_basis_of_which_no_rule_speaks_asks_for_a_reason() -> None:
    assert list(judge((), "pgd", "R1290", date(2026, 10, 1))) == [(Verdict.ASKS, UNSETTLED, "")]
    assert list(judge(rules(), "pgd", "R9999", date(2026, 10, 1))) == [(Verdict.ASKS, UNSETTLED, "")]
    assert list(judge(rules(), "a-basis-of-tomorrow", "R1290", date(2026, 10, 1))) == [
        (Verdict.ASKS, UNSETTLED, "")
    ]


def test_no_stop_comes_from_general_knowledge_and_each_names_source_and_reading() -> None:
    for row in OWN.read(FILE, LegalBasesFile).rule:
        if row.verdict is Verdict.STOPS:
            assert row.confidence.may_stop, row.id
            assert row.read != "not read", row.id
    for rule in rules():
        if rule.verdict is not Verdict.ALLOWS:
            assert rule.source in rule.where
            assert rule.read in rule.where
            assert "Not confirmed by a pharmacist" in rule.where


def test_the_legal_basis_is_judged_before_the_needle_and_not_where_nothing_was_given() -> None:
    for outcome, number in (("", 1), ("given", 1), ("not-given", 0)):
        answers = complete_answers(vaccine__outcome=outcome)
        found = read(
            answers,
            programme=next(one for one in programmes() if one.id == answers["session.programme"]),
            pharmacy=pharmacy(),
            vaccinator=vaccinator("assistant"),
            now=datetime(2026, 10, 14, 9, 55, tzinfo=UTC),
            agreed=AGREED,
        )
        assert len([one for one in found.problems if one.field == FIELD]) == number
