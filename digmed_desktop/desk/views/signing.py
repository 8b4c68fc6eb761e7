"""Describe the desk's answers about signatures. Plain data for pages."""

from dataclasses import dataclass
from datetime import date, datetime

from digmed_desktop.messaging.signing import Unsigned


@dataclass(frozen=True, slots=True, repr=False)
class ToSign:
    """A record that waits for a signature, and how that is in time.

    ``why_not`` says why it cannot be sent on behalf of the person it names now, ``""`` where a pharmacist can.
    """

    unsigned: Unsigned
    due_on: date
    on_behalf_from: datetime
    is_due: bool  # the practice must know by the end of today, or should have known
    is_late: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A person, and what waits for their signature, the care of longest ago first."""

    id: int
    name: str
    may_sign: bool  # they work here
    records: tuple[ToSign, ...]

    @property
    def to_sign(self) -> tuple[ToSign, ...]:
        """Return the records they have not refused."""
        return tuple(one for one in self.records if not one.unsigned.is_refused)


@dataclass(frozen=True, slots=True, repr=False)
class SigningView:
    """Everything that waits for a signature, by the person it names."""

    signers: tuple[Signer, ...]
    may_stand_in: bool  # whether whoever is signed in may send on another's behalf
