"""The chain over everything that is recorded, as plain data: each link seals the one before it.

The head, which is the last link, is kept outside the database too, so that a database that is older than its head, or
another one in its place, is noticed. See :class:`ChainSeal`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, repr=False)
class ChainHead:
    """The last link: its number, its seal in hexadecimal, and when it was made."""

    number: int
    mac: str
    at: datetime


class ChainSeal(Protocol):
    """The key of the chain and the head kept last. Each call may wait for a person and may raise."""

    def key(self) -> bytes:
        """Return the key, made when there is none yet."""
        ...

    def head(self) -> ChainHead | None:
        """Return the head kept last, None before the first."""
        ...

    def heads(self) -> tuple[ChainHead, ...]:
        """Return the heads kept of earlier days, the one kept last at the end."""
        ...

    def keep_head(self, head: ChainHead) -> None:
        """Keep a head in place of the one before."""
        ...


class Agreement(StrEnum):
    """Compare a database with the head stored outside it."""

    WHOLE = "whole"  # it holds the head, and what follows it is sealed
    BEHIND = "behind"  # links up to the head are missing
    ANOTHER = "another"  # another link stands where the head was: not the records that were used here
    ALTERED = "altered"  # the last links or what they seal were changed
    NO_HEAD = "no-head"  # no head is kept for it
    OTHER_KEY = "other-key"  # it was sealed with a key that is not here


@dataclass(frozen=True, slots=True, repr=False)
class TailCheck:
    """The result of a look at the end of the chain. ``last`` is the last link of the database, None for an empty chain."""

    agreement: Agreement
    last: ChainHead | None
    head: ChainHead | None = None
    faults: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """How many links are missing for sure."""
        if self.agreement is not Agreement.BEHIND or self.head is None:
            return 0
        return self.head.number - (self.last.number if self.last else 0)
