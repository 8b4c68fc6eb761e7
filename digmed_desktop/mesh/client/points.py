"""The moments between which a sending or something received can be cut off, as the folders show it.

The list is closed: the tests kill the program at each of them, so a new step needs a new point.
"""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """The step just done."""

    WRITTEN = "written"  # both files lie beside OUT, whole
    NOTED = "noted"  # the trace says that they are about to be handed over
    DATA_MOVED = "data-moved"  # the message is in OUT, its control file is not
    HANDED_OVER = "handed-over"  # both are in OUT
    OUTCOME_NOTED = "outcome-noted"  # the trace says what became of it; the client's pair is still there
    CLEARED = "cleared"  # that pair is gone
    CONTROL_TAKEN = "control-taken"  # what came is stored, and its control file left IN
    DATA_TAKEN = "data-taken"  # its message too; both still lie with us
    WITHDRAWN = "withdrawn"  # the control file of a cancelled one left OUT


OnPoint = Callable[[Point], None]


def unheeded(point: Point) -> None:
    """Do nothing."""
