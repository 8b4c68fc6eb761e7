"""Describe records for retention, as plain data. Patient data."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digmed_desktop.clinical.retention_kinds import RecordKind


class HoldReason(StrEnum):
    """Why records of a patient or a batch must stay whatever their age."""

    COMPLAINT = "complaint"
    CLAIM = "claim"
    INQUIRY = "inquiry"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, repr=False)
class Hold:
    """A hold on a patient, by NHS number or by a notification of theirs, or on a batch; in force until it is lifted.

    One that cannot be read has no reason. Nobody knows whose records it holds, so it holds all.
    """

    id: int
    reason: HoldReason | None = None
    note: str = ""
    placed_at: datetime | None = None
    placed_by: str = ""
    nhs_number: str = ""
    notification: int | None = None
    batch: str = ""
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_why: str = ""
    held: int | None = None  # records that it held as it was placed; None of a hold of before

    @property
    def is_unreadable(self) -> bool:
        """Whether its entry in the records cannot be read."""
        return self.reason is None


def held(hold: Hold) -> str:
    """Return how many records a hold kept as it was placed; a warning where none, ``""`` where it is not known."""
    if hold.is_unreadable:
        return "It cannot be read from the records, so it protects every record. Place it again, then lift this one."
    if hold.held is None:
        return ""
    if hold.held:
        return f"It protects {hold.held} record{'s' if hold.held > 1 else ''}, and those that come."
    what = "batch number" if hold.batch else "NHS number"
    return f"No record here has this {what}. Check it. It will protect any new record with it."


@dataclass(frozen=True, slots=True, repr=False)
class Leftover:
    """Something besides a record that can name a patient: an unfinished form, a saved search, an unmatched reply.

    ``last`` is the day from which its time counts, None where that was not noted; ``in_use`` as of a record.
    """

    kind: RecordKind
    key: str
    last: date | None
    born: date | None = None
    nhs_number: str = ""
    name_key: str = ""
    batches: frozenset[str] = frozenset()
    in_use: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class RecordGroup:
    """All versions of one record. ``in_use`` says why it is still worked with, or ``""``."""

    ids: tuple[int, ...]
    supply: bool
    last: date
    born: date | None
    nhs_number: str
    name_key: str
    batches: frozenset[str]
    in_use: str
    incident: date | None = None  # the last day of an incident that is about it
