"""Describe the page and the command of retention, as plain data."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from digmed_desktop.messaging.retention import Hold, Leftover

if TYPE_CHECKING:
    from digmed_desktop.clinical.retention_kinds import RecordKind

WORDS = "REMOVE THESE RECORDS"
"""Words that a person types before anything is removed."""
BACKUPS = (
    "Earlier backups still contain the removed records: delete them when their own retention period ends."
)


@dataclass(frozen=True, slots=True, repr=False)
class Confirmed:
    """Who confirmed the table, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """What is over its time: the numbers of a record's versions, its kind and the last day on which it was kept.

    What is no record has no number, and is ``left``.
    """

    ids: tuple[int, ...]
    kind: "RecordKind"
    until: date
    left: Leftover | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """The records to go today, and those that stay over their time, by reason."""

    due: tuple[Due, ...]
    stays: dict[str, int]
    doubt: str = ""  # why today is taken to be an earlier day than the clock says
    lines: tuple[str, ...] = ()  # the same in words; no patient is named


@dataclass(frozen=True, slots=True, repr=False)
class SourceLine:
    """One source in words: how long it asks for, for what, where it stands, and how far it can be trusted."""

    period: str
    what: str
    source: str
    mark: str


@dataclass(frozen=True, slots=True, repr=False)
class PeriodView:
    """One kind of record in words, with every source for it."""

    label: str
    said: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True, repr=False)
class RetentionView:
    """How retention stands: the table, who confirmed it, and the holds. Patient data."""

    periods: tuple[PeriodView, ...]
    confirmed: Confirmed | None
    holds: tuple[Hold, ...]
    lifted: tuple[Hold, ...]
