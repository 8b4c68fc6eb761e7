"""Store facts of the whole installation, by key."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.record import Organisation
from digmed_desktop.history import written
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import read_row
from digmed_desktop.history.tables import profile
from digmed_desktop.messaging.errors import UnreadableRowError

_PHARMACY = "pharmacy"


T = TypeVar("T")


class Profile:
    """The pharmacy, and whatever the program keeps under a key as JSON text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pharmacy(self) -> Organisation | None:
        """Return the pharmacy, or None before the first run was done."""
        text = self.get(_PHARMACY)
        return None if text is None else read_row("The pharmacy", written.organisation, text)

    def save_pharmacy(self, organisation: Organisation) -> None:
        """Keep the pharmacy, which every message names."""
        with self._database.writing() as connection:
            write(connection, _PHARMACY, written.of_organisation(organisation))

    def get(self, key: str) -> str | None:
        """Return the JSON text under ``key``, or None."""
        with self._database.reading() as connection:
            return read(connection, key)

    def value(self, key: str, understand: Callable[[Any], T], of: str) -> T | None:
        """Return what ``understand`` makes of the JSON under ``key``, or None; see :func:`value`."""
        with self._database.reading() as connection:
            return value(connection, key, understand, of)

    def remembered(self, key: str, understand: Callable[[Any], T]) -> T | None:
        """Return the same, and None where it cannot be read; see :func:`remembered`."""
        with self._database.reading() as connection:
            return remembered(connection, key, understand)

    def put(self, key: str, value: str) -> None:
        """Keep JSON text under ``key``, in place of what was there."""
        with self._database.writing() as connection:
            write(connection, key, value)

    def forget(self, key: str) -> None:
        """Remove what is kept under ``key``."""
        with self._database.writing() as connection:
            remove(connection, key)


def read(connection: sa.Connection, key: str) -> str | None:
    """Return the value under ``key`` inside a transaction that is open."""
    found: str | None = connection.scalar(sa.select(profile.c.value).where(profile.c.key == key))
    return found


def write(connection: sa.Connection, key: str, value: str) -> None:
    """Keep a value under ``key`` inside a transaction that is open."""
    row = insert(profile).values(key=key, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def remove(connection: sa.Connection, key: str) -> None:
    """Remove the value under ``key`` inside a transaction that is open."""
    connection.execute(profile.delete().where(profile.c.key == key))


def value(connection: sa.Connection, key: str, understand: Callable[[Any], T], of: str) -> T | None:
    """Return what ``understand`` makes of the JSON under ``key``, or None without any.

    Raises :class:`UnreadableRowError` with ``of``, the name of what is kept there.
    """
    text = read(connection, key)
    return None if text is None else read_row(of, lambda kept: understand(json.loads(kept)), text)


def remembered(connection: sa.Connection, key: str, understand: Callable[[Any], T]) -> T | None:
    """Return the same of what is only remembered: None where it cannot be read, for it is found out again."""
    try:
        return value(connection, key, understand, key)
    except UnreadableRowError:
        return None
