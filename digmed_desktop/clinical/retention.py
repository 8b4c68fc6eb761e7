"""Until which day a record is kept, by the table of periods."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from digmed_desktop.clinical.retention_file import PLACE, PeriodRow, PeriodsFile
from digmed_desktop.clinical.retention_kinds import RecordKind
from digmed_desktop.data_files.source import OWN

_OF_AGE = 18


@dataclass(frozen=True, slots=True)
class Periods:
    """The table of periods. ``digest`` names it, so that what a manager confirmed is this table and no other."""

    rows: dict[RecordKind, PeriodRow]
    digest: str


def load() -> Periods:
    """Return the table. Raises DataFileError."""
    file = OWN.read(PLACE, PeriodsFile)
    text = json.dumps(file.model_dump(mode="json"), sort_keys=True)
    return Periods({row.id: row for row in file.kind}, hashlib.sha256(text.encode()).hexdigest())


def kind_of(*, supply: bool, last: date, born: date) -> RecordKind:
    """Return the kind of a record by the age at the last contact."""
    if supply:
        return RecordKind.SUPPLY
    return RecordKind.CHILD if _age(born, last) < _OF_AGE else RecordKind.ADULT


def kept_until(row: PeriodRow, last: date, born: date | None) -> date:
    """Return the last day on which a record must be kept: the latest that any source asks for.

    ``last`` is the day of the last thing recorded; where nobody is ``born``, no birthday counts.
    """
    days = []
    for one in row.source:
        days.append(_anniversary(last, one.years))
        if born is not None and one.birthday is not None and one.birthday_if_17 is not None:
            birthday = one.birthday_if_17 if _age(born, last) == _OF_AGE - 1 else one.birthday
            days.append(_anniversary(born, birthday))
    return max(days)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _anniversary(day: date, years: int) -> date:
    """Return the day so many years later; of 29 February it is 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
