"""What the history tells: one row of the list, and the whole story of one notification."""

from dataclasses import dataclass
from datetime import datetime

from digmed_desktop.messaging.parcel import Kind
from digmed_desktop.messaging.states import State


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """One thing that happened. ``happening`` is a ``Happening`` value; ``code`` an ITK or MESH code or ``""``."""

    at: datetime
    happening: str
    state: State
    by: str = ""  # the person, or "" for the program
    code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoryMessage:
    """One message of the story, ours or theirs, as XML bytes."""

    at: datetime
    outgoing: bool
    title: str
    body: bytes
    mesh_id: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One notification, whole."""

    row: NotificationRow
    record_json: str
    events: tuple[StoryEvent, ...]
    messages: tuple[StoryMessage, ...]
    message_id: str
    local_id: str
    mesh_id: str


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """How the delivery stands: what the window shows beside the clock."""

    waiting: int
    needs_person: int
    connected: bool | None  # None: not tried yet, or no connection set up
    stopped_because: str = ""  # the sentence of an account fault that stops the queue, or of being offline
    remedy: str = ""
    checked_at: datetime | None = None
