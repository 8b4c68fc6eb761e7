"""Seals what a transaction adds: the one way in which a record becomes a link of the chain.

A link holds a digest of one row as it was recorded, and an HMAC over itself and the seal of the link before. The row
can be emptied later, where the law asks for it, and its link stays; that it was emptied is a link too. The database
calls :meth:`Sealer.seal` at the end of each transaction that writes, so that nothing is recorded without its link.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history import faults
from digmed_desktop.history.sealed_tables import LATEST, SEALED, SEALED_FROM_THE_FIRST, Sealed, watch
from digmed_desktop.history.tables import moment
from digmed_desktop.messaging.chain import ChainHead
from digmed_desktop.messaging.clock import Clock

FIRST = bytes(32)
"""The seal before the first link."""
_AT_ONCE = 2000


BEGUN, FOUND, LOST, REMOVED, LISTS = "begun", "found", "lost", "removed", "lists"
"""Kinds of links that seal no row: the chain begins with an empty database, or with one that was there before; a person
goes on with a loss; a row was emptied; from here on all of ``LATEST`` is sealed (the first link says so itself where
that was so from the beginning)."""
_KINDS_SEALED = f"SELECT kind, note FROM link WHERE number = 1 OR kind = '{LISTS}'"  # noqa: S608 - own words only
GONE = bytes(32)
"""The digest in the link of a row of ``LATEST`` that the program took away."""
RETENTION = "retention"
"""The kind of a link that seals what a manager decided about how long records are kept."""

NAMES_A_KEY = (BEGUN, FOUND, LOST)
_LATEST = {one.kind: one for one in LATEST}
_CHANGED = "SELECT kind, subject FROM changed_row ORDER BY kind, subject"
KEY = "key"
"""In the note of such a link: the name of the key that it and those after it are sealed with."""
_KEY = "chain.key"
"""The entry of the profile that names the key of the last link, and the first link that it made."""

Marks = tuple[int, ...]
"""The greatest ``order`` of each sealed table."""
_MARKS = "SELECT " + ", ".join(f"(SELECT coalesce(max({one.order}), 0) FROM {one.table})" for one in SEALED)  # noqa: S608 - own names only
_INSERT = "INSERT INTO link (number, kind, subject, at, digest, note, mac) VALUES (?, ?, ?, ?, ?, ?, ?)"
_LAST = "SELECT number, mac FROM link ORDER BY number DESC LIMIT 1"


class Sealer:
    """Makes links with a key that is not in the database.

    Links that were made with another key stay as they are; new ones are refused until a person has gone on.
    """

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key, self._clock = key, clock
        self.key_id = _key_id(key)
        self._fits = self._look_only = False
        self.since = 1
        """The number of the first link that was made with this key."""

    def look(self, connection: sa.Connection) -> bool:
        """Say whether links can be made: the chain goes on with this key."""
        found = connection.exec_driver_sql("SELECT value FROM profile WHERE key = ?", (_KEY,)).scalar()
        name, self.since = _named_key(found or "{}")
        self._fits = name == self.key_id
        return self._fits

    @property
    def is_refusing(self) -> bool:
        """Whether nothing that is sealed can be added."""
        return self._look_only

    def refuse(self) -> None:
        """Make no link from now on, so that nothing that is sealed can be added."""
        self._look_only = True

    def marks(self, connection: sa.Connection) -> Marks:
        """Return up to where the tables are filled."""
        return tuple(connection.exec_driver_sql(_MARKS).one())

    def watch(self, connection: sa.Connection) -> None:
        """Have a connection note which rows of ``LATEST`` it changes; what it noted is sealed by :meth:`seal`."""
        watch(connection)

    def seal(self, connection: sa.Connection, before: Marks) -> Marks:
        """Seal every row that was added since ``before`` or changed, and return up to where the tables are filled now."""
        now = self.marks(connection)
        if now != before:
            added = (
                (one.kind, str(row[0]), one.digest(row[1:]), "")
                for one, since, until in zip(SEALED, before, now, strict=True)
                if until > since
                for row in _added(connection, one, since)
            )
            self._append(connection, added)
        if changed := connection.exec_driver_sql(_CHANGED).all():
            self._append(connection, [_as_it_stands(connection, *one) for one in changed])
            connection.exec_driver_sql("DELETE FROM changed_row")
        return now

    def seal_found(self, connection: sa.Connection) -> None:
        """Seal the rows of ``LATEST`` that were there before such were sealed; nothing where any ever was."""
        if not self.look(connection) or not (new := _LATEST.keys() - _kinds_sealed(connection)):
            return
        for sealed in LATEST:
            sealed_before = "SELECT 1 FROM link WHERE kind = ? LIMIT 1"
            if (
                sealed.kind in new
                and connection.exec_driver_sql(sealed_before, (sealed.kind,)).first() is None
            ):
                self._append(connection, _all_of(connection, sealed))
        self.say(connection, LISTS, "", {"kinds": sorted(_LATEST)})

    def say(self, connection: sa.Connection, kind: str, subject: str, note: dict[str, Any]) -> None:
        """Append a link that seals no row but says something itself."""
        text = json.dumps(note, ensure_ascii=False, sort_keys=True)
        self._append(connection, [(kind, subject, bytes(32), text)])

    def begin(self, connection: sa.Connection) -> None:
        """Begin the chain, and seal what is there already as it is found."""
        nothing: Marks = (0,) * len(SEALED)
        found = self.marks(connection)
        self._take(connection)
        kind = FOUND if found != nothing else BEGUN
        self.say(connection, kind, "", self._named(rows=_rows(connection), lists=True, kinds=sorted(_LATEST)))
        connection.exec_driver_sql("DELETE FROM changed_row")
        for sealed in LATEST:
            self._append(connection, _all_of(connection, sealed))
        self.seal(connection, nothing)

    def go_on(self, connection: sa.Connection, note: dict[str, Any]) -> None:
        """Append that a person goes on with a loss; from here on the chain has this key."""
        self._take(connection)
        self.say(connection, LOST, "", self._named(**note))

    def _named(self, **note: Any) -> dict[str, Any]:
        return {KEY: self.key_id, **note}

    def _take(self, connection: sa.Connection) -> None:
        last = connection.exec_driver_sql(_LAST).first()
        self._fits, self.since = True, last.number + 1 if last else 1
        named = json.dumps({KEY: self.key_id, "since": self.since})
        connection.exec_driver_sql("INSERT OR REPLACE INTO profile (key, value) VALUES (?, ?)", (_KEY, named))

    def mac(self, before: bytes, row: Sequence[Any]) -> bytes:
        """Return the seal of a link: ``row`` is number, kind, subject, time, digest and note, as the file has them."""
        return seal_of(self._key, before, row)

    def _append(self, connection: sa.Connection, new: Iterable[tuple[str, str, bytes, str]]) -> None:
        if self._look_only:
            raise faults.LOOK_ONLY.again()
        if not self._fits:
            raise faults.OTHER_SEAL.again()
        last = connection.exec_driver_sql(_LAST).first()
        number, before = (last.number, bytes(last.mac)) if last else (0, FIRST)
        at = moment(self._clock.now())
        rows: list[tuple[Any, ...]] = []
        for kind, subject, digest, note in new:
            number += 1
            row = (number, kind, subject, at, digest, note)
            before = self.mac(before, row)
            rows.append((*row, before))
            if len(rows) == _AT_ONCE:
                connection.exec_driver_sql(_INSERT, rows)
                rows.clear()
        if rows:
            connection.exec_driver_sql(_INSERT, rows)


class SealOfKey:
    """Seals with a key that follows from the database's own, and keeps no head: for a look at a file."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def key(self) -> bytes:
        """Return the key."""
        return chain_key(self._key)

    def head(self) -> ChainHead | None:
        """Return None: no head is kept."""
        return None

    def heads(self) -> tuple[ChainHead, ...]:
        """Return none: no head is kept."""
        return ()

    def keep_head(self, head: ChainHead) -> None:
        """Keep nothing."""


def chain_key(database_key: bytes) -> bytes:
    """Return the key of the chain of a new database.

    It follows from the database's key, so that the recovery phrase brings it back; a restored database has another key
    of its own and keeps that of its chain.
    """
    return hmac.new(database_key, b"the chain of DigMed Desktop", hashlib.sha256).digest()


def kinds_said(kind: str, note: str) -> frozenset[str]:
    """Return which kinds of ``LATEST`` have a link for every row from this link on, as it says itself."""
    if kind not in (LISTS, BEGUN, FOUND):
        return frozenset()
    try:
        told = json.loads(note)
        if kind != LISTS and not told.get("lists"):
            return frozenset()
        return frozenset(told.get("kinds", SEALED_FROM_THE_FIRST))
    except (ValueError, TypeError, AttributeError):
        return frozenset()  # then its seal does not fit


def seal_of(key: bytes, before: bytes, row: Sequence[Any]) -> bytes:
    """Return the HMAC-SHA256 over the seal of the link before and a link, as the file has it."""
    number, kind, subject, at, digest, note = row
    text = json.dumps([number, kind, subject, at, bytes(digest).hex(), note], ensure_ascii=False)
    return hmac.new(key, before + text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def _rows(connection: sa.Connection) -> int:
    counted = (
        connection.exec_driver_sql(f"SELECT count(*) FROM {one.table} {one.where}")  # noqa: S608
        for one in (*SEALED, *LATEST)
    )
    return sum(int(one.scalar_one()) for one in counted)


def _named_key(text: str) -> tuple[str, int]:
    """Return the name of the key and its first link; no name where it cannot be read, for then a person is asked."""
    try:
        found = json.loads(text)
        return str(found[KEY]), int(found["since"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return "", 1


def _key_id(key: bytes) -> str:
    """Return a name for a key that does not give it away."""
    return hashlib.sha256(b"chain key" + key).hexdigest()[:16]


_Link = tuple[str, str, bytes, str]


def _kinds_sealed(connection: sa.Connection) -> frozenset[str]:
    said = connection.exec_driver_sql(_KINDS_SEALED).all()
    return frozenset().union(*(kinds_said(*one) for one in said))


def _as_it_stands(connection: sa.Connection, kind: str, key: int | str) -> _Link:
    """Return the link of a row of ``LATEST`` as it stands now."""
    sealed = _LATEST[kind]
    wanted = f"SELECT {sealed.selected} FROM {sealed.table} WHERE {sealed.key_sql} = ?"  # noqa: S608 - own names only
    row = connection.exec_driver_sql(wanted, (key,)).first()
    return kind, str(key), GONE if row is None else sealed.digest(row), ""


def _all_of(connection: sa.Connection, sealed: Sealed) -> Iterator[_Link]:
    """Yield a link for each row of a table of ``LATEST``."""
    wanted = f"SELECT {sealed.key_sql}, {sealed.selected} FROM {sealed.table} {sealed.where} ORDER BY {sealed.order}"  # noqa: S608
    for row in connection.exec_driver_sql(wanted).all():
        yield sealed.kind, str(row[0]), sealed.digest(row[1:]), ""


def _added(connection: sa.Connection, sealed: Sealed, since: int) -> Iterator[Sequence[Any]]:
    """Yield key and sealed columns of the rows that came after ``since``, in order."""
    wanted = f"SELECT {sealed.order}, {sealed.key_sql}, {sealed.selected} FROM {sealed.table} "  # noqa: S608
    while True:
        rows = connection.exec_driver_sql(
            f"{wanted} WHERE {sealed.order} > ? ORDER BY {sealed.order} LIMIT {_AT_ONCE}", (since,)
        ).all()
        for row in rows:
            yield row[1:]
        if len(rows) < _AT_ONCE:
            return
        since = rows[-1][0]
