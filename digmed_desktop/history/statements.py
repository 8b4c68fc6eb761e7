"""Statements of a search, which end when nobody wants it any more or when they take too many steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.messaging.searching import NoLongerWantedError

EVERY = 1000
"""Steps of SQLite after which a statement is asked whether it goes on."""


@dataclass(frozen=True, slots=True, repr=False)
class Query:
    """SQL with its values, in their order. Written by hand: a list is asked for at every key that is typed."""

    sql: str
    values: tuple[Any, ...] = ()


class TooLongError(Exception):
    """A statement took more steps than it was given."""


class Statements:
    """Runs statements that end when the search is no longer wanted, or takes too many steps."""

    def __init__(self, connection: sa.Connection, is_wanted: Callable[[], bool]) -> None:
        raw: Any = connection.connection.driver_connection
        self._raw, self._is_wanted = raw, is_wanted
        self._left: float = 0.0

    def __enter__(self) -> "Statements":
        self._raw.set_progress_handler(self._goes_on, EVERY)
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.set_progress_handler(None, 0)

    def rows(self, query: Query, steps: float = float("inf")) -> list[Any]:
        """Return the rows of a query. Raises NoLongerWantedError, or TooLongError after so many steps."""
        self._left = steps
        if not self._is_wanted():
            raise NoLongerWantedError("Another search took the place of this one.")
        try:
            return list(self._raw.execute(query.sql, query.values).fetchall())
        except sqlcipher.OperationalError:
            if not self._is_wanted():
                raise NoLongerWantedError("Another search took the place of this one.") from None
            if self._left <= 0:
                raise TooLongError from None
            raise

    def numbers(self, query: Query, steps: float = float("inf")) -> list[int]:
        """Return the last column of the rows."""
        return [row[-1] for row in self.rows(query, steps)]

    def number(self, query: Query, steps: float = float("inf")) -> int:
        """Return the one number that a query gives."""
        return int(self.rows(query, steps)[0][0])

    def one_of(self, found: set[int]) -> None:
        """Let SQL ask whether a number is among those ``found``."""
        self._raw.create_function("digmed_found", 1, found.__contains__)

    def _goes_on(self) -> bool:
        """Return whether SQLite is to break off."""
        self._left -= EVERY
        return self._left <= 0 or not self._is_wanted()
