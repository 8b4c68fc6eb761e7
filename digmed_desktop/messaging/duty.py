"""The clock of the duty to tell the GP practice, in England's time and working days.

The GP is to know by the end of the next working day after the contact (NHS England, community pharmacy flu
vaccination service specification: "same or next working day"). No guide defines when to warn: noon of that
day, and five working days for the answer of the practice, are this program's settings. Working days are
Monday to Friday without the bank holidays of England.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.messaging.states import IN_TRANSIT, State


class Lateness(StrEnum):
    """How a notification stands against its duty."""

    IN_TIME = "in-time"
    AMBER = "amber"  # the next working day has reached noon: offer paper
    OVERDUE = "overdue"  # that day is over


@dataclass(frozen=True, slots=True)
class Duty:
    """The times that matter: ``amber_hour`` by England's clock, ``answer_days`` in working days."""

    amber_hour: int = 12
    answer_days: int = 5

    def due_day(self, contact_at: datetime) -> date:
        """Return the day by whose end the practice is to know."""
        return working_day_after(contact_at.astimezone(ENGLAND).date(), 1)

    def amber_from(self, contact_at: datetime) -> datetime:
        """Return the moment from which paper is offered."""
        return datetime.combine(self.due_day(contact_at), time(self.amber_hour), ENGLAND)

    def overdue_from(self, contact_at: datetime) -> datetime:
        """Return the moment at which the day of the duty is over."""
        return _end_of(self.due_day(contact_at))

    def answer_overdue_from(self, accepted_at: datetime) -> datetime:
        """Return the moment from which the practice's own answer is missing."""
        accepted = accepted_at.astimezone(ENGLAND).date()
        return _end_of(working_day_after(accepted, self.answer_days))

    def lateness(self, state: State, contact_at: datetime, now: datetime) -> Lateness:
        """Return how a notification stands. Only what is still on its way can be late."""
        if state not in IN_TRANSIT or now < self.amber_from(contact_at):
            return Lateness.IN_TIME
        return Lateness.AMBER if now < self.overdue_from(contact_at) else Lateness.OVERDUE


def is_working_day(day: date) -> bool:
    """Whether GP practices in England work on ``day``."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def working_day_after(day: date, count: int) -> date:
    """Return the ``count``-th working day after ``day``, which need not be one itself."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ENGLAND)


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    import holidays  # takes a while to load, and the window does not need it to open

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
