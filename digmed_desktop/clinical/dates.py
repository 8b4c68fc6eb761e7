"""Dates and times as people type and read them: the one parser and the one formatter of each."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ENGLAND = ZoneInfo("Europe/London")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBER = {name.lower(): n for n, name in enumerate(MONTHS, 1)}


class DateSentenceError(ValueError):
    """A typed date that is none; its text is the sentence for a person. ``part``: day, month, year or all."""

    def __init__(self, sentence: str, part: str = "all") -> None:
        super().__init__(sentence)
        self.part = part


def read_date(day: str, month: str, year: str, *, what: str, today: date, past: bool) -> date | None:
    """Return the date in three typed parts, or None when all are empty.

    A year of two digits is read as the nearest that fits: not in the future when ``past``, else within fifty
    years ahead; the form shows the year in full once it has been read. Raises :class:`DateSentenceError`.
    """
    d, m, y = day.strip(), month.strip().lower(), year.strip()
    if not (d or m or y):
        return None
    for part, value in (("day", d), ("month", m), ("year", y)):
        if not value:
            raise DateSentenceError(f"{what} must include a {part}.", part)
    if m[:3] in _MONTH_NUMBER and m.isalpha():
        m = str(_MONTH_NUMBER[m[:3]])
    for part, value in (("day", d), ("month", m), ("year", y)):
        if not re.fullmatch(r"[0-9]{1,4}", value):
            raise DateSentenceError(
                f"{part.capitalize()} of the {what.lower()} must be a number, such as {_EXAMPLE[part]}.", part
            )
    if not 1 <= int(m) <= 12:
        raise DateSentenceError(f"Month of the {what.lower()} must be from 1 to 12.", "month")
    short = len(y) == 2
    if short:
        number = int(y) + today.year // 100 * 100
        limit = today.year if past else today.year + 50
        y = str(number - 100 if number > limit else number)
    if len(y) != 4 or int(y) < EARLIEST_YEAR:
        raise DateSentenceError(
            f"Year of the {what.lower()} must have 4 digits, such as {today.year}.", "year"
        )
    try:
        found = date(int(y), int(m), int(d))
        return found.replace(year=found.year - 100) if short and past and found > today else found
    except ValueError:
        raise DateSentenceError(
            f"Day of the {what.lower()} must be a day that this month has.", "day"
        ) from None


def centuries(typed: Sequence[str], today: date) -> tuple[int, ...]:
    """Return the years in which somebody can be born whose year of birth was typed with two digits.

    ``typed`` are day, month and year. Empty where the year was typed in full, or where what was typed is no date.
    """
    day, month, year = [*typed, "", "", ""][:3]
    if len(year.strip()) != len("26"):
        return ()
    try:
        born = read_date(day, month, year, what="Date of birth", today=today, past=True)
    except DateSentenceError:
        return ()
    if born is None:
        return ()
    return tuple(one for one in (born.year - 100, born.year) if one >= today.year - LONGEST_LIFE)


NO_DUE_DATE = "Check the date: pregnancy has begun on the day of contact and lasts no more than 44 weeks."
LONGEST_LIFE = 120  # years
EARLIEST_YEAR, LATEST_YEAR = 1850, 2200
"""The years that a day or moment from elsewhere may have: no time zone's arithmetic leaves the calendar within them."""


def is_in_calendar(day: date) -> bool:
    """Whether a day, or the day of a moment, lies in a year that any record can have."""
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR


_EXAMPLE = {"day": "15", "month": "3", "year": "1984"}


def split_typed(text: str, today: date) -> tuple[str, str, str] | None:
    """Return day, month and year of a date typed in one piece (1/10/26, 1 Oct 2026, 2026-10-01, t, today)."""
    typed = text.strip().lower()
    if typed in {"t", "today"}:
        return str(today.day), str(today.month), str(today.year)
    if typed in {"y", "yesterday"}:
        before = today - timedelta(days=1)
        return str(before.day), str(before.month), str(before.year)
    if found := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", typed):
        return found[3], found[2], found[1]
    if found := re.fullmatch(
        r"([0-9]{1,2})[\s/.\-]+([0-9]{1,2}|[a-z]{3,9})[\s/.\-,]+([0-9]{4}|[0-9]{2})", typed
    ):
        return found[1], found[2], found[3]
    if found := re.fullmatch(r"([0-9]{2})([0-9]{2})([0-9]{4})", typed):
        return found[1], found[2], found[3]
    return None


def as_answer(day: date | None) -> str:
    """Return a date as an answer of a form keeps it (``01/10/2026``), ``""`` for none."""
    return f"{day.day:02}/{day.month:02}/{day.year}" if day else ""


def of_answer(answer: str, today: date, *, past: bool = False) -> date | None:
    """Return the date in an answer as forms keep it (``day/month/year``), None where it is none."""
    day, month, year = [*answer.split("/", 2), "", "", ""][:3]
    if day and not month and not year and (whole := split_typed(day, today)):
        day, month, year = whole
    try:
        return read_date(day, month, year, what="Date", today=today, past=past)
    except DateSentenceError:
        return None


def read_time(typed: str, what: str) -> tuple[int, int] | None:
    """Return hour and minute of a typed time (9:05, 0905, 9.05) or None. Raises DateSentenceError."""
    text = typed.strip()
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,2})[:.\s]?([0-9]{2})", text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise DateSentenceError(f"{what} must be a time of the 24-hour clock, such as 09:05 or 14:30.")
    return int(found[1]), int(found[2])


def at_counter(day: date, hour: int, minute: int) -> datetime:
    """Return the moment at which a clock in England showed this time.

    Raises DateSentenceError for a time that was left out when the clocks went forward.
    """
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ENGLAND)
    if moment.astimezone(UTC).astimezone(ENGLAND).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise DateSentenceError(
            f"There was no {hour:02}:{minute:02} on {shown(day)}: the clocks went forward by an hour. Check date and time."
        )
    return moment


def shown(day: date | None) -> str:
    """Return a date as the NHS writes it in clinical text: 09 Jul 2024."""
    return f"{day.day:02} {MONTHS[day.month - 1]} {day.year}" if day else ""


def shown_time(moment: datetime | None) -> str:
    """Return a moment in England's time: 09 Jul 2024 14:05."""
    if moment is None:
        return ""
    local = moment.astimezone(ENGLAND)
    return f"{shown(local.date())} {local:%H:%M}"


def age(born: date, on: date) -> int:
    """Return the age in whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def months(born: date, on: date) -> int:
    """Return the age in whole months."""
    return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)


def is_possible_due_date(due: date, contact: date) -> bool:
    """Whether somebody who is pregnant on the day of contact can be due then."""
    return -28 <= (due - contact).days <= 280
