"""What the outbox needs of the store. ``history`` implements it; nothing here knows how."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.parcel import InboxItem, Parcel, Receipt
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.messaging.story import QueueStanding


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sending."""

    local_id: str
    happening: Happening
    code: str = ""
    note: str = ""
    receipt: Receipt | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """A sending of which nobody knows whether MESH has it.

    ``posted_at``: until when it may have gone out. ``doubted``: a person was asked already, because looking up
    cannot be relied upon.
    """

    local_id: str
    posted_at: datetime
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Tracked:
    """A sending that MESH took, and whose collection was not heard of yet."""

    local_id: str
    mesh_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Something of the inbox that is safely stored."""

    item: InboxItem
    matched: bool
    acknowledged: bool
    applied: bool
    kept_at: datetime
    trouble: str = ""  # why nothing could be made of it, as a sentence


@dataclass(frozen=True, slots=True)
class Stop:
    """Why nothing is sent until a person has mended it."""

    sentence: str
    remedy: str = ""


class SendingStore(Protocol):
    """Sendings, each known by its local id. Every call that writes is on the disk before it returns."""

    def recover(self) -> int:
        """Turn what was being sent when the program ended into what must be looked up; return how many."""
        ...

    def waiting(self, limit: int) -> Sequence[Parcel]:
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

    def next_unsure(self) -> Unsure | None:
        """Return the sending to look up next, of those whose time has come."""
        ...

    def look_up_later(self, local_id: str, not_before: datetime, *, begun_now: bool = False) -> None:
        """Look it up again later; ``begun_now`` starts the grace period again."""
        ...

    def surely_there(self, since: datetime) -> str | None:
        """Return the local id of a sending that MESH took after ``since`` for sure, if there is one."""
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

    def stop(self, stop: Stop | None) -> None:
        """Stop the queue until a person has mended the cause, or let it go on."""
        ...


class InboxStore(Protocol):
    """What came in, each thing known by its MESH id."""

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

    def to_do(self) -> Sequence[Kept]:
        """Return what is stored and not yet applied, the oldest first."""
        ...

    def match_report(self, mesh_id: str) -> bool:
        """Record which sending a stored report is about; False when it is about none of ours (yet)."""
        ...

    def match_response(self, mesh_id: str, message_id: str, sender_reference: str) -> bool:
        """Record which notification a stored response answers; False when it answers none of ours."""
        ...

    def match_unreadable(self, mesh_id: str, since: timedelta) -> bool:
        """Record which notification a response that could not name it is probably about.

        False where that is not the only one its sender was sent within ``since``, or where another response of
        the sender waits for a person.
        """
        ...

    def apply_report(self, mesh_id: str) -> None:
        """Let the notification follow a report that was matched; once, however often it is called."""
        ...

    def apply_response(self, mesh_id: str, meanings: Sequence[Meaning], answer: bytes | None) -> None:
        """Let the notification follow a response that was matched; once, however often it is called.

        ``answer`` is queued to go back to the sender.
        """
        ...

    def strangers(self) -> int:
        """Return how many responses were left in the mailbox because they name no message of ours."""
        ...

    def unexplained(self) -> int:
        """Return how many responses could not be given to a notification: unreadable, or naming no message."""
        ...

    def in_trouble(self, mesh_id: str, sentence: str) -> None:
        """Record why nothing could be made of one thing."""
        ...
