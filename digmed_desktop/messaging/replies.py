"""Describe replies that belong to nothing of ours, or not for certain, and people's acts on them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digmed_desktop.messaging.sending import ItemKind, Kind
from digmed_desktop.messaging.states import State


class Doubt(StrEnum):
    """Why something that came in does not count by itself."""

    NONE = ""
    SENDER = "sender"  # names our message and comes from a mailbox that is not the practice's
    WORKFLOW = "workflow"  # names our message on another workflow than the one that answers it
    UNNAMED = "unnamed"  # does not say which message it answers
    UNKNOWN = "unknown"  # names a message that was not sent from here
    UNREADABLE = "unreadable"  # is no ITK3 response
    REPORT = "report"  # a report of MESH whose ids lead to different sendings


NAMES_OURS = (Doubt.SENDER, Doubt.WORKFLOW)
"""Doubts about an answer that names one of our messages: MESH is told that it was taken in."""


class ReplyAct(StrEnum):
    """An act of a person on one of them."""

    ACCEPTED = "accepted"  # it is from this practice, and so is what comes from that mailbox later
    BELONGS = "belongs"  # it answers the notification that was chosen
    OTHER_PROGRAM = "other-program"  # it is left in the mailbox for another program
    DEALT_WITH = "dealt-with"


@dataclass(frozen=True, slots=True)
class Placed:
    """The place of a response: it counts (``matched``), or there is a doubt."""

    matched: bool
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True, slots=True, repr=False)
class ToVerify:
    """MESH's answers about the sender of a response: where the message went, who has the practice's mailbox."""

    workflow: str
    practices: tuple[str, ...]  # ODS codes: the practice's, then those that took over
    sendings: tuple[str, ...]  # MESH ids of sendings whose recipient is not known


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """One code of a reply, in words."""

    code: str
    sentence: str
    positive: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class About:
    """A notification that a reply may be about. Patient data: for the screen only."""

    id: int
    kind: Kind
    state: State
    patient_name: str
    nhs_number: str
    what: str
    practice_name: str
    practice_ods: str
    contact_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """One thing that came in and does not count by itself.

    ``about`` is the notification that it names or hints at; ``trouble`` says why it cannot be read.
    """

    mesh_id: str
    kind: ItemKind
    came_at: datetime
    sender: str
    workflow: str
    doubt: Doubt
    said: tuple[Said, ...] = ()
    trouble: str = ""
    about: About | None = None

    @property
    def is_negative(self) -> bool:
        """Whether anything in it is no success."""
        return not all(one.positive for one in self.said)


@dataclass(frozen=True, slots=True)
class UnmatchedCount:
    """How many replies wait: for another program, and for a person; ``flood``: most of a day's are doubted."""

    other_program: int = 0
    for_person: int = 0
    flood: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class StoppedPractice:
    """A practice to which nothing goes out until a person lets it: its system refuses this pharmacy."""

    ods_code: str
    name: str
    code: str
    said_at: datetime
    waiting: int = 0
