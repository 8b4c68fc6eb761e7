"""Medicines and appliances: the imported list, in an encrypted file of its own, and what was supplied here before.

The imported list is no record of anyone. It is made anew beside the old one and takes its place when it is whole, so
that an import neither holds up what is being recorded nor leaves half a list behind.
"""

import json
import threading
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.emergency_supply import ItemKind
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.record import Coded
from digmed_desktop.files.replacing import replace
from digmed_desktop.history import faults
from digmed_desktop.history.cipher import engine, new_file
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import readable
from digmed_desktop.history.tables import medicine_used
from digmed_desktop.history.written import search_key, search_words

BATCH = 5000
SEARCH = (
    "SELECT m.code, m.* FROM found "
    "JOIN medicine m ON m.id = found.rowid WHERE found MATCH ? ORDER BY found.rowid LIMIT ?"
)
"""Rows stand in the order of their names, so the first that fit are the ones wanted: nothing is sorted or counted."""
OF_CODE = "SELECT m.code, m.* FROM medicine m WHERE m.code = ?"
_SCHEMA = (
    "CREATE TABLE release (name TEXT NOT NULL, medicines INTEGER NOT NULL)",
    "CREATE TABLE raw (key TEXT, code TEXT, name TEXT, kind TEXT, unit TEXT, legal_class TEXT, schedule TEXT, form TEXT)",
    "CREATE TABLE medicine (id INTEGER PRIMARY KEY, key TEXT NOT NULL, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, "
    "kind TEXT NOT NULL, unit TEXT NOT NULL, legal_class TEXT NOT NULL, schedule TEXT NOT NULL, form TEXT NOT NULL)",
    "CREATE VIRTUAL TABLE found USING fts5 (key, content='', columnsize=0, detail=none, prefix='1 2 3', tokenize='ascii')",
)
_FINISH = (
    "INSERT INTO medicine (key, code, name, kind, unit, legal_class, schedule, form) "
    "SELECT * FROM raw ORDER BY key, code",
    "DROP TABLE raw",
    "INSERT INTO found (rowid, key) SELECT id, key FROM medicine",
)


class MedicineList:
    """The list that the pharmacy imported. Searched by the beginnings of words, in any order."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()

    @property
    def path(self) -> Path:
        """The file of the list."""
        return self._path

    def search(self, text: str, limit: int) -> list[Medicine]:
        """Return the first products in whose name each typed word begins a word; none where there is no list."""
        words = search_words(text)
        if not words:
            return []
        wanted = " AND ".join(f'"{word}"*' for word in words)
        with self._reading() as connection:
            if connection is None:
                return []
            return [_of_list(row) for row in connection.exec_driver_sql(SEARCH, (wanted, limit))]

    def of_code(self, code: str) -> Medicine | None:
        """Return the product of a dm+d code, None where the list does not have it."""
        with self._reading() as connection:
            row = connection.exec_driver_sql(OF_CODE, (code,)).first() if connection is not None else None
        return None if row is None else _of_list(row)

    def release(self) -> tuple[str, int] | None:
        """Return the name of the release and how many products it has, None where none was imported."""
        with self._reading() as connection:
            row = (
                connection.exec_driver_sql("SELECT name, medicines FROM release").first()
                if connection is not None
                else None
            )
        return None if row is None else (row[0], row[1])

    def replace(self, medicines: Iterable[Medicine], release: str) -> int:
        """Make a new list of these, put it in place of the old one, and return how many there are.

        Whatever goes wrong, also in ``medicines``, leaves the old list as it was.
        """
        unfinished = self._path.with_name(self._path.name + ".new")
        _remove(unfinished)
        try:
            new_file(unfinished)
            number = self._fill(unfinished, medicines, release)
            with self._lock:
                self._let_go()
                replace(unfinished, self._path)
        except sa.exc.DBAPIError as error:
            raise (faults.told(error) or error) from error
        except OSError as error:
            raise faults.cannot_write(self._path.parent, error) from None
        finally:
            _remove(unfinished)
        return number

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._let_go()

    def _fill(self, path: Path, medicines: Iterable[Medicine], release: str) -> int:
        made = engine(path, self._key, size=1)
        raw = made.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA journal_mode = OFF")  # a file that is not whole is thrown away
            cursor.execute("BEGIN")
            for statement in _SCHEMA:
                cursor.execute(statement)
            number, rows = 0, iter(medicines)
            while batch := [_row(one) for one in islice(rows, BATCH)]:
                cursor.executemany("INSERT INTO raw VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch)
                number += len(batch)
            for statement in _FINISH:
                cursor.execute(statement)
            cursor.execute("INSERT INTO release VALUES (?, ?)", (release, number))
            cursor.execute("COMMIT")
        finally:
            raw.close()
            made.dispose()
        return number

    def _reading(self) -> "_Open":
        return _Open(self)

    def _let_go(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> sa.Engine | None:
        if self._engine is None and self._path.is_file() and self._path.stat().st_size:
            self._engine = engine(self._path, self._key, size=2)
        return self._engine


class _Open:
    """A reading of the list, during which it is not replaced."""

    def __init__(self, of: MedicineList) -> None:
        self._of = of
        self._connection: sa.Connection | None = None

    def __enter__(self) -> sa.Connection | None:
        self._of._lock.acquire()  # noqa: SLF001 - of this module
        try:
            made = self._of._opened()  # noqa: SLF001
            self._connection = made.connect() if made is not None else None
        except sa.exc.DBAPIError as error:
            self._of._lock.release()  # noqa: SLF001
            raise (faults.told(error) or error) from error
        return self._connection

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()
        self._of._lock.release()  # noqa: SLF001


class MedicinesUsed:
    """List earlier supplies of this pharmacy, the newest first; also what it knows by a name alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, medicine: Medicine) -> None:
        """Keep a product that was supplied, with what is known of it now."""
        key = search_key(medicine.product.display)
        changed = {"product": _written(medicine), "used_at": self._database.clock.now()}
        row = insert(medicine_used).values(name_key=f" {key}", **changed)
        with self._database.writing() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["name_key"], set_=changed))

    def search(self, text: str, limit: int) -> list[Medicine]:
        """Return products in whose name each typed word begins a word, the one used last first."""
        found = sa.select(medicine_used.c.product).order_by(
            medicine_used.c.used_at.desc(), medicine_used.c.name_key
        )
        words = search_words(text)
        if text.strip() and not words:
            return []
        for word in words:
            found = found.where(medicine_used.c.name_key.contains(f" {word}", autoescape=True))
        with self._database.reading() as connection:
            return list(readable(_read, connection.scalars(found.limit(limit))))


def _row(one: Medicine) -> tuple[str, ...]:
    kind = one.kind.value if one.kind else ""
    name = one.product.display
    particulars = (one.unit, one.legal_class, one.schedule, one.form)
    return search_key(name), one.product.code, name, kind, *particulars


def _of_list(row: Any) -> Medicine:
    """Return the product of a row; a list that an earlier version imported has no forms."""
    return _medicine(tuple(row)[3:])


def _medicine(row: Any) -> Medicine:
    """Return the product of code, name, kind, unit, legal class, schedule and, in what is new, form."""
    code, name, kind, unit, legal_class, schedule, *form = row
    known = ItemKind(kind) if kind else None
    return Medicine(Coded(name, code), known, unit, legal_class, schedule, form[0] if form else "")


def _written(one: Medicine) -> str:
    return json.dumps([one.product.code, *_row(one)[2:]], ensure_ascii=False)


def _read(text: str) -> Medicine:
    return _medicine(json.loads(text))


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{end}").unlink(missing_ok=True)
