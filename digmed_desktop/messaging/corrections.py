"""Decide how to correct or withdraw a notification, by what is known of it.

A replacement that reaches the practice before its original is on the record voids both (ITK3 20014), so it is
held back until the original was matched to the patient.
"""

from dataclasses import dataclass
from enum import StrEnum

from digmed_desktop.messaging.states import Happening, Standing, State


class Way(StrEnum):
    """The outcome of a correction."""

    SWAP = "swap"  # nothing went out: the new message takes the place of the old one, without relatesTo
    HOLD = "hold"  # the new message, with relatesTo, waits until the old one was matched
    REPLACE = "replace"  # the new message, with relatesTo, goes out now
    AFRESH = "afresh"  # the old one is not on the practice's record: a new message without relatesTo
    KEPT = "kept"  # the old one was recorded here only: a new message, or a new record kept here
    LATEST_ONLY = "latest-only"  # this one has been replaced or withdrawn: correct the newest version


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """Name the way to correct a notification in its present state.

    ``replaces`` and ``composition_id`` name the document on the practice's record that the new message says
    it replaces; None and ``""`` when it says nothing of the kind.
    """

    corrects: int
    way: Way
    replaces: int | None = None
    composition_id: str = ""


_REFUSALS = (
    Happening.REJECTED,
    Happening.NOT_KNOWN,
    Happening.NO_LONGER,
    Happening.UNDELIVERED,
)
_WAYS = {
    State.WAITING: Way.SWAP,
    State.TO_PAPER: Way.SWAP,
    State.TO_SIGN: Way.SWAP,
    State.NOT_THEIRS: Way.SWAP,
    State.SENDING: Way.HOLD,
    State.HANDED_OVER: Way.HOLD,
    State.CHECKING: Way.HOLD,
    State.SENT: Way.HOLD,
    State.COLLECTED: Way.HOLD,
    State.ACCEPTED: Way.HOLD,
    State.NO_ANSWER: Way.HOLD,
    State.ALREADY_HELD: Way.HOLD,
    State.MATCHED: Way.REPLACE,
    State.NOT_SHARED: Way.KEPT,
    State.REPLACED: Way.LATEST_ONLY,
    State.WITHDRAWN: Way.LATEST_ONLY,
}


def way_to_correct(standing: Standing, *, posted: bool) -> Way:
    """Return how to correct a notification. ``posted``: a sending of it was begun at least once."""
    if standing.state in (State.ON_PAPER, State.BY_TELEPHONE):
        if standing.has_heard(Happening.MATCHED):
            return Way.REPLACE
        return Way.HOLD if posted and not standing.has_heard(*_REFUSALS) else Way.AFRESH
    return _WAYS.get(standing.state, Way.AFRESH)


def may_withdraw(standing: Standing, *, posted: bool) -> bool:
    """Whether a record can be withdrawn: what has not gone out is cancelled instead."""
    way = way_to_correct(standing, posted=posted)
    return way not in (Way.SWAP, Way.LATEST_ONLY) and standing.state is not State.CANCELLED
