"""Rows that cannot be read: each costs itself only, and nothing of what it holds gets into an error."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from digmed_desktop.messaging.errors import UnreadableRowError

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record

_FAULTS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
_REMEDY = "Run Check everything under Settings, and ask your supplier with its result."
RowT = TypeVar("RowT")
T = TypeVar("T")


def read_row(of: str, read: Callable[[RowT], T], row: RowT) -> T:
    """Return what ``read`` makes of a row. Raises :class:`UnreadableRowError` with ``of``, the row's name."""
    try:
        return read(row)
    except _FAULTS:
        pass  # the fault holds text of the row, so it is not the cause of what is raised
    raise unreadable(of)


def record_of(notification: int, text: str) -> "Record":
    """Return the record of a notification. Raises :class:`UnreadableRowError`."""
    from digmed_desktop.clinical import json_record

    return read_row(f"The record of notification {notification}", json_record.read, text)


def readable(read: Callable[[RowT], T], rows: Iterable[RowT]) -> Iterator[T]:
    """Yield what ``read`` makes of each row that can be read; doctor counts the others."""
    for row in rows:
        try:
            yield read_row("", read, row)
        except UnreadableRowError:
            continue


def count_unreadable(read: Callable[[RowT], Any], rows: Iterable[RowT]) -> int:
    """Return how many rows cannot be read."""
    every = list(rows)
    return len(every) - sum(1 for _ in readable(read, every))


def unreadable(of: str) -> UnreadableRowError:
    """Return the error for a row of this name."""
    return UnreadableRowError(f"{of} cannot be read from the records. Everything else can.", _REMEDY)
