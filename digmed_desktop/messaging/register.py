"""The register of emergency supplies, as plain data: entries that are numbered, sealed one to the next, never changed.

The seal's key and the last head live outside the database (see :class:`Seal`): whoever can write the database, even
with its key, cannot make entries that verify, nor take away the last ones unseen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from digmed_desktop.clinical.particulars import entry_pairs

Content = Mapping[str, Any]


class EntryKind(StrEnum):
    """The subject of an entry."""

    SUPPLY = "supply"
    NOT_SUPPLIED = "not-supplied"
    PRESCRIPTION = "prescription"  # the prescription of a supply at a prescriber's request came
    AMENDMENT = "amendment"


KINDS = {
    EntryKind.SUPPLY: "Emergency supply",
    EntryKind.NOT_SUPPLIED: "Not supplied",
    EntryKind.PRESCRIPTION: "Prescription received",
    EntryKind.AMENDMENT: "Amendment",
}
NOT_READABLE = "Cannot be read"
UNREADABLE = (
    "This entry cannot be read from the records. All others can. Change nothing; tell the superintendent pharmacist, and "
    "ask support."
)


@dataclass(frozen=True, slots=True, repr=False)
class NewEntry:
    """An entry to make. ``about`` is the number of the entry it belongs to; ``content`` is what JSON can hold."""

    kind: EntryKind
    content: Content
    by: int
    by_name: str
    about: int | None = None


WITHDRAWN = "withdrawn"
"""The key in the content of an amendment that says that the supply was recorded in error."""


@dataclass(frozen=True, slots=True, repr=False)
class RegisterEntry:
    """One entry as it stands. Patient data."""

    number: int
    kind: EntryKind
    content: Content
    entered_at: datetime
    by_name: str
    about: int | None = None
    notification: int | None = None
    later: tuple["RegisterEntry", ...] = ()  # what was appended to it, in order
    is_unreadable: bool = False  # nothing is known of it but its number, and what it was appended to

    @property
    def what(self) -> str:
        """What it is, in words."""
        return NOT_READABLE if self.is_unreadable else KINDS[self.kind]

    @property
    def pairs(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What it says, as labels and their lines."""
        return ((NOT_READABLE, (UNREADABLE,)),) if self.is_unreadable else entry_pairs(self.content)

    @property
    def standing(self) -> Content:
        """The particulars as the last correction left them."""
        corrected = [one.content for one in self.later if "supplied_at" in one.content]
        return corrected[-1] if corrected else self.content

    @property
    def is_withdrawn(self) -> bool:
        """Whether an amendment says that it was recorded in error."""
        return any(one.content.get(WITHDRAWN) for one in self.later)

    @property
    def newest_notification(self) -> int | None:
        """The notification that was made last about it, None where there is none."""
        made = [one.notification for one in (self, *self.later) if one.notification is not None]
        return made[-1] if made else None

    @property
    def owes_prescription(self) -> bool:
        """Whether it is a supply at a prescriber's request, as it stands now, whose prescription has not come."""
        came = any(one.kind is EntryKind.PRESCRIPTION for one in self.later)
        supplied = self.standing.get("route") == "prescriber" and not self.standing.get("not_supplied")
        return supplied and not came and not self.is_withdrawn


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A supply at a prescriber's request whose prescription has not come."""

    entry: RegisterEntry
    due_at: datetime

    def left(self, now: datetime) -> timedelta:
        """Return the time left; negative once it is overdue."""
        return self.due_at - now


@dataclass(frozen=True, slots=True, repr=False)
class Head:
    """The last entry as it was when it was made: kept outside the database."""

    number: int
    mac: str


class Seal(Protocol):
    """The key of the register's chain and its last head. Each call may wait for a person and may raise."""

    def key(self) -> bytes:
        """Return the key, made when there is none yet."""
        ...

    def head(self) -> Head | None:
        """Return the last head that was kept, None before the first."""
        ...

    def keep_head(self, head: Head) -> None:
        """Keep a head in place of the one before."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Verified:
    """The result of verifying the chain: ``broken_at`` is the number of the first entry that does not fit."""

    entries: int
    broken_at: int | None = None
    sentence: str = ""
    faults: tuple[str, ...] = field(default=())

    @property
    def intact(self) -> bool:
        """Whether every entry is as it was made, and none is missing."""
        return self.broken_at is None
