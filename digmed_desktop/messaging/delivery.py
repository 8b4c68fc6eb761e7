"""Define the store as the outbox needs it. ``history`` implements it; nothing here knows how."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digmed_desktop.messaging.answers import Meaning, Understood
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.replies import (
    NAMES_OURS,
    Doubt,
    Placed,
    StoppedPractice,
    ToVerify,
    UnmatchedCount,
)
from digmed_desktop.messaging.sending import InboxItem, Receipt, Sending
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.messaging.story import QueueStanding


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """The outcome of one sending."""

    local_id: str
    happening: Happening
    code: str = ""
    note: str = ""
    receipt: Receipt | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Unsure:
    """A sending of which nobody knows whether MESH has it.

    ``posted_at``: until when it may have gone out. ``doubted``: a person was asked already, because looking up
    cannot be relied upon.
    """

    local_id: str
    posted_at: datetime
    doubted: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Tracked:
    """A sending that MESH took, and whose collection was not heard of yet."""

    local_id: str
    mesh_id: str


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """Something of the inbox that is safely stored; ``item`` is without its body, which may be large."""

    item: InboxItem
    matched: bool
    acknowledged: bool
    applied: bool
    kept_at: datetime
    trouble: str = ""  # why nothing could be made of it, as a sentence
    doubt: Doubt = Doubt.NONE
    settled: bool = False  # a person dealt with it

    @property
    def may_leave(self) -> bool:
        """Whether MESH may be told that it was taken in; what is another program's stays in the mailbox."""
        return self.matched or self.settled or self.doubt in NAMES_OURS


@dataclass(frozen=True, slots=True, repr=False)
class Stop:
    """Why nothing is sent until a person has mended it."""

    sentence: str
    remedy: str = ""


class SendingStore(Protocol):
    """Sendings, each known by its local id. Every call that writes is on the disk before it returns."""

    def recover(self) -> int:
        """Turn what was being sent when the program ended into what must be looked up; return how many."""
        ...

    def waiting(self, limit: int) -> Sequence[Sending]:
        """Return what is to go out next, at most ``limit``, without claiming it."""
        ...

    def claim(self, local_ids: Sequence[str]) -> Collection[str]:
        """Record that their sending begins now; return those that still waited and are claimed by this."""
        ...

    def record_all(self, outcomes: Sequence[Outcome]) -> None:
        """Record what became of several sendings, each at most once, in one step."""
        ...

    def record(
        self,
        local_id: str,
        happening: Happening,
        *,
        code: str = "",
        note: str = "",
        receipt: Receipt | None = None,
        not_before: datetime | None = None,
    ) -> State:
        """Record what became of it, and return the state it is in."""
        ...

    def handed_over(self) -> Sequence[str]:
        """Return the local ids of what lies with the MESH client, the oldest first."""
        ...

    def next_unsure(self) -> Unsure | None:
        """Return the sending to look up next, of those whose time has come."""
        ...

    def look_up_later(self, local_id: str, not_before: datetime, *, begun_now: bool = False) -> None:
        """Look it up again later; ``begun_now`` starts the grace period again."""
        ...

    def surely_there(self) -> str | None:
        """Return the local id of the last sending that MESH is known to have taken, if there is one."""
        ...

    def to_track(self, sent_before: datetime, tracked_before: datetime, limit: int) -> Sequence[Tracked]:
        """Return sendings whose collection may be asked for."""
        ...

    def tracked(self, local_id: str, *, collected: bool) -> None:
        """Record that MESH was asked, and what it said."""
        ...

    def raise_overdue(self, duty: Duty) -> int:
        """Raise a need for a person for all that is late; return for how many."""
        ...

    def standing(self) -> QueueStanding:
        """Return how many wait and how many need a person."""
        ...

    def stopped(self) -> Stop | None:
        """Return why the queue is stopped for good, or None."""
        ...

    def stopped_practices(self) -> Sequence[StoppedPractice]:
        """Return the practices that refuse this pharmacy, to which nothing goes out."""
        ...


class InboxStore(Protocol):
    """The store of incoming messages, each known by its MESH id."""

    def last_polled(self) -> datetime | None:
        """Return when the inbox was last asked for."""
        ...

    def polled(self) -> None:
        """Record that the inbox is asked for now."""
        ...

    def keep(self, item: InboxItem) -> None:
        """Store one thing; storing it again changes nothing."""
        ...

    def kept(self, mesh_id: str) -> Kept | None:
        """Return what is stored of one thing, or None."""
        ...

    def acknowledged(self, mesh_id: str) -> None:
        """Record that MESH was told that one thing is stored."""
        ...

    def body(self, mesh_id: str) -> bytes:
        """Return the bytes of one thing as they came."""
        ...

    def to_do(self) -> Sequence[Kept]:
        """Return what is stored, not yet applied, and not known to be doubtful, the oldest first."""
        ...

    def left_alone(self, mesh_ids: Sequence[str]) -> Collection[str]:
        """Return those that are stored and stay in the mailbox, as far as is known."""
        ...

    def place_report(self, mesh_id: str) -> Placed:
        """Record which sending a stored report is about; a doubt where its ids lead to different ones."""
        ...

    def place_response(
        self,
        mesh_id: str,
        understood: Understood,
        within: timedelta,
        *,
        also: Collection[str] = (),
        last: bool = True,
    ) -> Placed:
        """Record which notification a stored response answers, or why it does not count.

        ``within``: how long ago the only message to its sender may have gone that an answer naming none is taken
        for. ``also``: mailboxes that a look-up gave for the practice just now. Unless ``last``, a doubt about the
        sender is not recorded, because MESH can still be asked.
        """
        ...

    def believe(self) -> Sequence[str]:
        """Record as matched what comes from mailboxes that are known by now to be the practice's; return which."""
        ...

    def to_verify(self, mesh_id: str, understood: Understood) -> ToVerify:
        """Return what MESH can be asked about the sender of a response."""
        ...

    def sent_to(self, mesh_id: str, recipient: str) -> None:
        """Record the mailbox that MESH names for a sending, which is known by its MESH id."""
        ...

    def apply_report(self, mesh_id: str) -> None:
        """Let the notification follow a report that was matched; once, however often it is called."""
        ...

    def apply_response(self, mesh_id: str, meanings: Sequence[Meaning], answer: bytes | None) -> None:
        """Let the notification follow a response that was matched; once, however often it is called.

        ``answer`` is queued to go back to the sender. Where the practice refuses this pharmacy, what goes there stops.
        """
        ...

    def in_trouble(self, mesh_id: str, sentence: str) -> None:
        """Record why something cannot be read, or that something about it failed."""
        ...

    def count(self) -> UnmatchedCount:
        """Return how many came in that do not count by themselves."""
        ...
