"""The moments of sending and receiving between which anything may be cut off.

The list is closed: the tests kill the program at each of them, so a new step needs a new mark.
"""

from collections.abc import Callable
from enum import StrEnum


class Mark(StrEnum):
    """The step just done."""

    FOUND_WAITING = "found-waiting"  # something is to be sent; nothing is recorded of it yet
    CLAIMED = "claimed"  # recorded that the sending begins
    POSTED = "posted"  # MESH answered; nothing is recorded of that yet
    RECORDED = "recorded"  # what became of the sending is recorded
    LOOKED_UP = "looked-up"  # MESH said whether it has a message; nothing is recorded of that yet
    LISTED = "listed"  # the inbox was asked for
    FETCHED = "fetched"  # something was downloaded and is not stored
    KEPT = "kept"  # it is stored
    MATCHED = "matched"  # recorded which notification it is about
    ACKNOWLEDGED = "acknowledged"  # MESH was told; that is not recorded yet
    APPLIED = "applied"  # the notification's state follows it


OnMark = Callable[[Mark], None]


def unheeded(mark: Mark) -> None:
    """Do nothing."""
