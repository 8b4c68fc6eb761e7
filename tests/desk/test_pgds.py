"""The register of patient group directions: off, empty, lapsed, unsigned, and who may change it."""

from datetime import date, timedelta

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.pgd import LAPSES_SOON
from digmed_desktop.clinical.problem import Problem, Severity
from tests.clinical.examples import FLU, complete_answers
from tests.desk.conftest import TECHNICIAN, Counter

DAY = date(2026, 10, 14)  # of the vaccination of the examples
FIELD = "session.legal_basis"
AS_TYPED = "{0.day}/{0.month}/{0.year}"


def entered(
    counter: Counter, first: date, last: date, programme: str = FLU.agreement, version: str = "1.0"
) -> None:
    """Enter a direction that is in force from one day to another."""
    answers = {
        "pgd.name": "Flu 2026/27",
        "pgd.version": version,
        "pgd.programme": programme,
        "pgd.valid_from": AS_TYPED.format(first),
        "pgd.valid_to": AS_TYPED.format(last),
    }
    assert counter.desk.pgds.enter(answers, counter.ada) == ()


def signed(counter: Counter, on: date | None, person: int | None = None, place: int = 0) -> None:
    direction = counter.desk.pgds.view().register.directions[place]
    answers = {
        "pgd.direction": str(direction.id),
        "pgd.person": str(person or counter.ada),
        "pgd.signed": AS_TYPED.format(on) if on else "",
    }
    assert counter.desk.pgds.authorise(answers, counter.ada) == ()


def said(counter: Counter, **changes: str) -> list[Problem]:
    preview = counter.desk.preview("vaccination", FormState(complete_answers(**changes)))
    return [one for one in preview.problems if one.field == FIELD]


@pytest.fixture
def on(counter: Counter) -> Counter:
    assert counter.desk.pgds.switch(counter.ada, on=True) == ()
    return counter


def test_switched_off_it_says_nothing_whatever_it_holds(counter: Counter) -> None:
    entered(counter, DAY - timedelta(days=400), DAY - timedelta(days=30))
    assert not counter.desk.pgds.view().register.on
    assert said(counter) == []
    assert counter.desk.listing.today().lapsing == ()


def test_empty_it_reminds_and_stops_nothing(on: Counter) -> None:
    (reminder,) = said(on)
    assert reminder.severity is Severity.LOOK
    assert not reminder.needs_reason
    assert said(on, session__legal_basis="psd") == []
    assert on.record() > 0


@pytest.mark.parametrize(
    ("first", "last", "stops"),
    [(-30, -1, True), (-30, 0, False), (0, 30, False), (1, 30, True), (-30, 30, False)],
)
def test_a_direction_is_judged_on_the_day_of_the_vaccination(
    on: Counter, first: int, last: int, stops: bool
) -> None:
    entered(on, DAY + timedelta(days=first), DAY + timedelta(days=last))
    signed(on, DAY - timedelta(days=60))
    found = said(on)
    assert [one.severity for one in found] == ([Severity.STOP] if stops else [])
    on.clock.move(days=60)  # the day on which it is written down is no matter
    assert [one.severity for one in said(on)] == [one.severity for one in found]
    if stops:
        assert "Source: the register of PGDs" in found[0].sentence
        assert "Flu 2026/27, version 1.0" in found[0].sentence


@pytest.mark.parametrize(("signed_days_ago", "stops"), [(None, True), (1, False), (0, False), (-1, True)])
def test_who_had_not_signed_by_that_day_is_stopped(
    on: Counter, signed_days_ago: int | None, stops: bool
) -> None:
    entered(on, DAY - timedelta(days=30), DAY + timedelta(days=30))
    on.clock.move(days=5)
    if signed_days_ago is not None:
        signed(on, DAY - timedelta(days=signed_days_ago))
    else:
        signed(on, None)
    assert [one.severity for one in said(on)] == ([Severity.STOP] if stops else [])


def test_who_is_not_authorised_is_stopped_and_who_is_not_known_yet_is_not(on: Counter) -> None:
    entered(on, DAY - timedelta(days=30), DAY + timedelta(days=30))
    assert [one.severity for one in said(on)] == [Severity.STOP]
    assert said(on, session__vaccinator="") == []


def test_nothing_is_said_of_another_basis_another_vaccination_and_one_not_given(on: Counter) -> None:
    entered(on, DAY - timedelta(days=60), DAY - timedelta(days=30), "rsv")
    (reminder,) = said(on)  # of flu there is none
    assert reminder.severity is Severity.LOOK
    entered(on, DAY - timedelta(days=60), DAY - timedelta(days=30))
    assert said(on, session__legal_basis="psd") == []
    assert said(on, vaccine__outcome="not-given", vaccine__not_given_reason="declined") == []
    assert [one.severity for one in said(on, vaccine__outcome="")] == [Severity.STOP]  # before the needle


def test_a_newer_version_takes_over_and_a_withdrawn_one_counts_no_more(on: Counter) -> None:
    entered(on, DAY - timedelta(days=60), DAY - timedelta(days=1))
    entered(on, DAY, DAY + timedelta(days=90), version="2.0")
    signed(on, DAY - timedelta(days=3), place=1)
    assert said(on) == []
    newest = on.desk.pgds.view().register.directions[1]
    assert on.desk.pgds.withdraw(newest.id, on.ada) == ()
    assert [one.severity for one in said(on)] == [Severity.STOP]


def test_who_was_removed_may_no_longer_work_under_it(on: Counter) -> None:
    entered(on, DAY - timedelta(days=60), DAY + timedelta(days=60))
    signed(on, DAY - timedelta(days=3))
    assert said(on) == []
    direction = on.desk.pgds.view().register.directions[0]
    assert on.desk.pgds.remove(direction.id, on.ada, on.ada) == ()
    assert [one.severity for one in said(on)] == [Severity.STOP]


def test_nobody_changes_the_register_whom_the_table_does_not_let(counter: Counter) -> None:
    tom = counter.store.people.add(TECHNICIAN, "slow-hash")
    pgds = counter.desk.pgds
    for by, why in ((tom, "You are not allowed to"), (999, "no longer works here")):
        for problems in (pgds.switch(by, on=True), pgds.withdraw(1, by), pgds.remove(1, tom, by)):
            (problem,) = problems
            assert why in problem.sentence
        for problems in (pgds.enter({}, by), pgds.authorise({}, by)):
            assert why in problems[0].sentence


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("pgd.name", ""),
        ("pgd.name", "x" * 121),
        ("pgd.version", " "),
        ("pgd.programme", "nothing"),
        ("pgd.valid_from", ""),
        ("pgd.valid_from", "31/2/2026"),
        ("pgd.valid_to", "1/1/2020"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_question(counter: Counter, key: str, text: str) -> None:
    answers = {
        "pgd.name": "Flu",
        "pgd.version": "1",
        "pgd.programme": FLU.agreement,
        "pgd.valid_from": "1/9/2026",
        "pgd.valid_to": "31/3/2027",
        key: text,
    }
    assert [one.field for one in counter.desk.pgds.enter(answers, counter.ada)] == [key]
    assert counter.desk.pgds.view().register.directions == ()


def test_it_is_not_signed_in_the_future_nor_by_nobody(counter: Counter) -> None:
    entered(counter, DAY, DAY)
    tomorrow = AS_TYPED.format(DAY + timedelta(days=1))
    found = counter.desk.pgds.authorise({"pgd.signed": tomorrow}, counter.ada)
    assert [one.field for one in found] == ["pgd.direction", "pgd.person", "pgd.signed"]


@pytest.mark.parametrize(("days", "soon"), [(-1, False), (0, True), (30, True), (31, False)])
def test_today_names_what_lapses_within_30_days(on: Counter, days: int, soon: bool) -> None:
    assert timedelta(days=30) == LAPSES_SOON
    entered(on, DAY - timedelta(days=90), DAY + timedelta(days=days))
    assert bool(on.desk.listing.today().lapsing) is soon


def test_every_act_stays_and_is_sealed(on: Counter) -> None:
    entered(on, DAY, DAY + timedelta(days=30))
    signed(on, DAY)
    with on.store._database.reading() as connection:
        links = connection.exec_driver_sql("SELECT count(*) FROM link WHERE kind = 'pgd-act'").scalar()
        acts = connection.exec_driver_sql("SELECT count(*) FROM pgd_act").scalar()
    assert links == acts == 3


def test_the_only_direction_that_is_withdrawn_stops(on: Counter) -> None:
    entered(on, DAY - timedelta(days=60), DAY + timedelta(days=60))
    signed(on, DAY - timedelta(days=3))
    assert on.desk.pgds.withdraw(on.desk.pgds.view().register.directions[0].id, on.ada) == ()
    (found,) = said(on)
    assert found.severity is Severity.STOP
    assert "was withdrawn on" in found.sentence


def test_what_was_given_before_a_withdrawal_or_a_removal_is_judged_by_its_own_day(on: Counter) -> None:
    entered(on, DAY - timedelta(days=60), DAY + timedelta(days=60))
    signed(on, DAY - timedelta(days=3))
    direction = on.desk.pgds.view().register.directions[0]
    on.clock.move(days=1)
    assert on.desk.pgds.remove(direction.id, on.ada, on.ada) == ()
    assert said(on) == []
    assert [one.severity for one in said(on, contact__date="15/10/2026")] == [Severity.STOP]
    assert on.desk.pgds.withdraw(direction.id, on.ada) == ()
    assert said(on) == []
    assert [one.severity for one in said(on, contact__date="15/10/2026")] == [Severity.STOP]


def test_the_same_version_entered_again_puts_its_days_right_and_keeps_its_people(on: Counter) -> None:
    entered(on, DAY - timedelta(days=60), DAY + timedelta(days=600))
    signed(on, DAY - timedelta(days=3))
    entered(on, DAY - timedelta(days=60), DAY - timedelta(days=1))
    (direction,) = on.desk.pgds.view().register.directions
    assert len(direction.people) == 1
    assert [one.severity for one in said(on)] == [Severity.STOP]
    entered(on, DAY - timedelta(days=60), DAY)
    assert said(on) == []
