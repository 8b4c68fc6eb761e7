"""Working days and the clock of the duty."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.messaging.duty import Duty, Lateness, is_working_day, working_day_after
from digmed_desktop.messaging.states import State
from digmed_desktop.settings.settings import LATE_HOURS, Settings

DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("contact", "due"),
    [
        (date(2026, 11, 20), date(2026, 11, 23)),  # Friday: Monday
        (date(2026, 11, 21), date(2026, 11, 23)),  # Saturday: Monday
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2026, 12, 24), date(2026, 12, 29)),  # Christmas on a Friday, Boxing Day kept on the Monday
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2026, 4, 2), date(2026, 4, 7)),  # Good Friday and Easter Monday
        (date(2026, 8, 28), date(2026, 9, 1)),  # summer bank holiday
    ],
)
def test_the_next_working_day(contact: date, due: date) -> None:
    assert working_day_after(contact, 1) == due


@settings(deadline=None)
@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_counting_in_two_steps_is_counting_in_one(day: date, first: int, second: int) -> None:
    assert working_day_after(working_day_after(day, first), second) == working_day_after(day, first + second)


@settings(deadline=None)
@given(DAYS, st.integers(1, 30))
def test_the_result_is_a_working_day_with_the_right_number_before_it(day: date, count: int) -> None:
    end = working_day_after(day, count)
    assert is_working_day(end)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(map(is_working_day, between)) == count


def test_amber_at_noon_and_overdue_at_midnight_by_englands_clock() -> None:
    contact = datetime(2026, 3, 27, 23, 30, tzinfo=UTC)  # a Friday night; the clocks go forward on the Sunday
    duty = Duty()
    assert duty.amber_from(contact) == datetime(2026, 3, 30, 11, 0, tzinfo=UTC)
    assert duty.overdue_from(contact) == datetime(2026, 3, 30, 23, 0, tzinfo=UTC)
    # by midnight of England's summer it is Saturday already, which is due on Monday all the same
    summer = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)  # Friday 00:30 in England
    assert duty.due_day(summer) == date(2026, 7, 6)


def test_only_what_is_on_its_way_is_late() -> None:
    contact = datetime(2026, 11, 20, 10, tzinfo=ENGLAND)
    noon, night = datetime(2026, 11, 23, 12, tzinfo=ENGLAND), datetime(2026, 11, 24, tzinfo=ENGLAND)
    duty = Duty()
    just_before = timedelta(seconds=1)
    for state in (State.WAITING, State.CHECKING, State.SENT, State.COLLECTED):
        assert duty.lateness(state, contact, noon - just_before) is Lateness.IN_TIME
        assert duty.lateness(state, contact, noon) is Lateness.AMBER
        assert duty.lateness(state, contact, night - just_before) is Lateness.AMBER
        assert duty.lateness(state, contact, night) is Lateness.OVERDUE
    for state in (State.ACCEPTED, State.MATCHED, State.ON_PAPER, State.CANCELLED, State.NOT_DELIVERED):
        assert duty.lateness(state, contact, night) is Lateness.IN_TIME


def test_the_pharmacy_chooses_the_hours_and_none_is_later_than_the_duty() -> None:
    contact = datetime(2026, 11, 20, 10, tzinfo=ENGLAND)
    duty = Duty.chosen(Settings(amber_hour=9, late_hour=17, answer_days=2))
    assert duty.amber_from(contact) == datetime(2026, 11, 23, 9, tzinfo=ENGLAND)
    assert duty.overdue_from(contact) == datetime(2026, 11, 23, 17, tzinfo=ENGLAND)
    assert duty.answer_overdue_from(contact) == datetime(2026, 11, 25, tzinfo=ENGLAND)
    for late in LATE_HOURS:
        chosen = Duty.chosen(Settings(late_hour=late))
        assert chosen.amber_from(contact) < chosen.overdue_from(contact) <= chosen.over_at(contact)
    assert Duty.chosen(Settings()) == Duty()


def test_five_working_days_for_the_answer() -> None:
    accepted = datetime(2026, 12, 23, 9, tzinfo=ENGLAND)
    # 24, 29, 30, 31 December and 4 January
    assert Duty().answer_overdue_from(accepted) == datetime(2027, 1, 5, tzinfo=ENGLAND)
