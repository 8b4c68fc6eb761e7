"""Describe a question to the list of notifications: words to search for, filters, order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State

LONGEST_TEXT = 100
"""Characters. No name, number, batch or practice is longer."""


class NoLongerWantedError(DigMedError):
    """A search was broken off because another took its place: nobody waits for it."""


class Sort(StrEnum):
    """Column by which the list is sorted."""

    RECORDED = "recorded"  # the order in which they were recorded
    CONTACT = "contact"
    PATIENT = "patient"
    WHAT = "what"
    PRACTICE = "practice"
    STATE = "state"
    BY = "by"


@dataclass(frozen=True, slots=True, repr=False)
class Search:
    """A search of the list. Without anything it is the whole list, newest first.

    ``text`` is looked for as the beginning of words of the patient's name, of NHS number and batch, and of
    the names of practice, person and vaccine. ``since`` and ``until`` are days of contact in England, both
    included.
    """

    text: str = ""
    states: frozenset[State] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    what: str = ""
    since: date | None = None
    until: date | None = None
    only_needing: bool = False
    sort: Sort = Sort.RECORDED
    descending: bool = True

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(
            self.text.strip()
            or self.states
            or self.kinds
            or self.what
            or self.since
            or self.until
            or self.only_needing
        )


@dataclass(frozen=True, slots=True, repr=False)
class SearchLists:
    """The values of filters: vaccines, practices and people as they stand in the notifications.

    ``short`` has the short name of vaccines, by the whole one, where a table has no room for that.
    """

    whats: tuple[str, ...] = ()
    practices: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    short: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class SavedSearch:
    """A search kept under a name."""

    name: str
    search: Search = field(default_factory=Search)


def fault_of(search: Search) -> str:
    """Return a sentence about what cannot be searched for, or ``""``."""
    if len(search.text) > LONGEST_TEXT:
        return (
            f"The search has {len(search.text):,} characters. Type at most {LONGEST_TEXT}: the beginning "
            "of a name, an NHS number, a batch or a practice."
        )
    if search.since and search.until and search.since > search.until:
        return "The first date is after the last one. Change one of them, or swap them."
    return ""
