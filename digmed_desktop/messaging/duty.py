"""The clock of the duty to tell the GP practice, in England's time and working days.

The GP is to know by the end of the next working day after the contact (NHS England, community pharmacy flu
vaccination service specification: "same or next working day"). No guide defines when to warn, so the hours of
that day and the days for the answer of the practice are settings; none of them can be later than the duty.
Working days are Monday to Friday without the bank holidays of England.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Self

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.messaging.states import UNTOLD, State
from digmed_desktop.settings.settings import Settings

ON_BEHALF_HOUR = 12
"""Hour of the day by whose end the practice is to know; no setting, so that there is always half a day left."""


class Lateness(StrEnum):
    """Name how late a notification is against its duty."""

    IN_TIME = "in-time"
    AMBER = "amber"  # of the next working day little is left: offer paper
    OVERDUE = "overdue"  # that day is over


@dataclass(frozen=True, slots=True)
class Duty:
    """The times that matter: hours by England's clock (24 is the end of the day), ``answer_days`` in working days.

    ``amber_hour`` and ``late_hour`` are of the day by whose end the practice is to know.
    """

    amber_hour: int = 12
    late_hour: int = 24
    answer_days: int = 5

    @classmethod
    def chosen(cls, settings: Settings) -> Self:
        """Return the times that the pharmacy has chosen."""
        return cls(settings.amber_hour, settings.late_hour, settings.answer_days)

    def due_day(self, contact_at: datetime) -> date:
        """Return the day by whose end the practice is to know."""
        return working_day_after(contact_at.astimezone(ENGLAND).date(), 1)

    def amber_from(self, contact_at: datetime) -> datetime:
        """Return the moment from which paper is offered."""
        return _at(self.due_day(contact_at), self.amber_hour)

    def on_behalf_from(self, contact_at: datetime) -> datetime:
        """Return the moment from which a pharmacist may send what the clinician has not signed."""
        return _at(self.due_day(contact_at), ON_BEHALF_HOUR)

    def overdue_from(self, contact_at: datetime) -> datetime:
        """Return the moment from which it needs a person: the end of the day of the duty, or an hour before."""
        return _at(self.due_day(contact_at), self.late_hour)

    def over_at(self, contact_at: datetime) -> datetime:
        """Return the end of the day of the duty."""
        return _at(self.due_day(contact_at), 24)

    def answer_overdue_from(self, accepted_at: datetime) -> datetime:
        """Return the moment from which the practice's own answer is missing."""
        accepted = accepted_at.astimezone(ENGLAND).date()
        return _at(working_day_after(accepted, self.answer_days), 24)

    def lateness(self, state: State, contact_at: datetime, now: datetime) -> Lateness:
        """Return how a notification stands. Only what the practice does not know yet can be late."""
        if state not in UNTOLD or now < self.amber_from(contact_at):
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


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), ENGLAND)


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    import holidays  # takes a while to load, and the window does not need it to open

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
