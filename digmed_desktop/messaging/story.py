"""Describe the history: one row of the list, and the whole story of one notification."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Self

from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import Need, State


class Outcome(StrEnum):
    """The record, as the row of a notification holds it."""

    UNKNOWN = ""
    GIVEN = "given"
    NOT_GIVEN = "not-given"
    SUPPLIED = "supplied"
    NOT_SUPPLIED = "not-supplied"


class RecordKind(StrEnum):
    """The kind of a row of a list. A record corrected later keeps its kind; the newer version says Correction."""

    UNKNOWN = "unknown"
    GIVEN = "given"
    NOT_GIVEN = "not-given"
    SUPPLIED = "supplied"
    NOT_SUPPLIED = "not-supplied"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


UNREADABLE_RECORD = "This record cannot be read"
"""In the place of the vaccine or medicine, in every list."""
NO_TIME = datetime(1900, 1, 1, tzinfo=UTC)
"""The time of a row whose own cannot be read."""


@dataclass(frozen=True, slots=True, repr=False)
class NotificationRow:
    """One notification as the list shows it. Patient data: for the screen and paper only."""

    id: int
    kind: Kind
    state: State
    needs_person: bool
    patient_name: str  # O'NEILL, Rose
    nhs_number: str
    what: str  # vaccine or medicine, in words
    batch: str
    practice_name: str
    practice_ods: str
    by: str
    contact_at: datetime
    changed_at: datetime
    need: Need = Need.NOBODY
    corrects: int | None = None  # the version before this one
    withdrawal: bool = False
    held: bool = False  # waits until the one that it replaces was matched to the patient
    outcome: Outcome = Outcome.UNKNOWN
    settled_at: datetime | None = None  # when a person last did something about it
    on_behalf: bool = False  # sent for a clinician who had not signed it, and no correction otherwise
    unreadable: bool = False  # its row cannot be read: state, times and kind say nothing
    born: date | None = None  # as the record says, where a list names patients for an act

    @property
    def has_time(self) -> bool:
        """Whether the time of the contact can be read."""
        return self.contact_at != NO_TIME

    @property
    def duty_from(self) -> datetime:
        """When the clock of the duty began: with the care, or with what a person did about it since."""
        return max(self.contact_at, self.settled_at or self.contact_at)

    @property
    def record_kind(self) -> RecordKind:
        """Return the kind of the row."""
        if self.withdrawal:
            return RecordKind.WITHDRAWAL
        if self.corrects is not None and not self.on_behalf:
            return RecordKind.CORRECTION
        return RecordKind(self.outcome.value or RecordKind.UNKNOWN)


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """The facts that the list shows of a notification besides its state, as recorded. Patient data."""

    kind: Kind
    patient_name: str
    nhs_number: str
    what: str
    batch: str
    practice_name: str
    practice_ods: str
    by: str
    contact_at: datetime
    outcome: Outcome

    @classmethod
    def of(cls, row: NotificationRow) -> Self:
        """Return the facts of a notification, for its next version."""
        return cls(**{one.name: getattr(row, one.name) for one in fields(cls)})


@dataclass(frozen=True, slots=True, repr=False)
class StoryEvent:
    """One thing that happened. ``happening`` is a ``Happening`` value; ``code`` is ITK's or MESH's."""

    at: datetime
    happening: str
    state: State
    by: str = ""  # the person, or "" for the program
    code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class StoryMessage:
    """One message of the story, ours or theirs, as XML bytes."""

    at: datetime
    outgoing: bool
    title: str
    body: bytes
    mesh_id: str = ""
    readable: str = ""  # the same, laid out for reading


@dataclass(frozen=True, slots=True, repr=False)
class Version:
    """One version of a notification: what was recorded, and when its message was made."""

    row: NotificationRow
    record_json: str
    made_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Story:
    """One notification, whole."""

    row: NotificationRow
    record_json: str
    events: tuple[StoryEvent, ...]
    messages: tuple[StoryMessage, ...]
    message_id: str
    local_id: str
    mesh_id: str
    subject: str = ""  # as it was written, before it travels in a header of MESH
    address: str = ""  # the mailbox it was sent to, or the patient's by which MESH finds it


@dataclass(frozen=True, slots=True, repr=False)
class QueueStanding:
    """State of the delivery, as the window shows it next to the clock."""

    waiting: int
    needs_person: int
    connected: bool | None  # None: not tried yet, or no connection set up
    stopped_because: str = ""  # the sentence of an account fault that stops the queue, or of being offline
    remedy: str = ""
    notices: tuple[str, ...] = ()  # what works and asks for attention all the same
