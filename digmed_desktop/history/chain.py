"""The sealed chain as a whole: its head, its end at a start, all of it behind, and what a person says of a loss.

:mod:`sealing` makes the links; nothing here changes one.
"""

import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical import dates
from digmed_desktop.history import profile, sealing
from digmed_desktop.history.database import Database
from digmed_desktop.history.sealed_tables import LATEST, SEALED, Sealed
from digmed_desktop.history.sealing import Sealer
from digmed_desktop.messaging.chain import Agreement, ChainHead, ChainSeal, TailCheck
from digmed_desktop.messaging.register import Verified

TAIL = 200
"""How many of the last links are checked at a start, where the head does not ask for more."""
_AT_ONCE = 1000
_LISTS_SEALED = "chain.lists"
"""The entry of the profile with the kinds of which what was there before is sealed, so that no start looks for it."""
_ALL_KINDS = json.dumps(sorted(one.kind for one in LATEST))
_MOST_FAULTS = 100
_KINDS = {one.kind: one for one in (*SEALED, *LATEST)}
_NAMED = {
    "person": "Person",
    "listed": "Notification",
    "setting": "The setting",
    "profile": "The setting",
    "sending": "Sending",
    "inbox-state": "Incoming message as",
    "owed-state": "Our answer",
    "refusal": "Refusal",
    "accepted-sender": "The accepted mailbox",
    "stock-batch": "Batch",
    "stock-product": "The product of barcode",
    "patient": "Patient",
    "practice": "Practice",
    "medicine-used": "The medicine",
}
_LINK = "SELECT number, kind, subject, at, digest, note, mac FROM link "
_OTHER_STATE = (
    "SELECT n.id FROM notification n WHERE n.state IS NOT "
    "(SELECT e.state FROM event e WHERE e.notification_id = n.id ORDER BY e.id DESC LIMIT 1) LIMIT 1"
)

Link = sa.Row[Any]


class Chain:
    """Checks the chain, and keeps its head outside the database."""

    def __init__(self, database: Database, sealer: Sealer, seal: ChainSeal) -> None:
        self._database, self._sealer, self._seal = database, sealer, seal

    def begin(self) -> None:
        """Begin the chain where there is none yet; not where a head says that there was one."""
        with self._database.reading() as connection:
            is_begun = self._sealer.look(connection) or _last(connection) is not None
            is_known = profile.read(connection, _LISTS_SEALED) == _ALL_KINDS
        if is_known or (not is_begun and self._seal.head() is not None):
            return
        with self._database.writing() as connection:
            if not is_begun:
                self._sealer.begin(connection)
            if self._sealer.look(connection):
                self._sealer.seal_found(connection)
                profile.write(connection, _LISTS_SEALED, _ALL_KINDS)

    # ---- the head

    def keep_head(self) -> bool:
        """Keep the last link outside the database when it moved on; return whether it did.

        Never in place of a head that the database does not hold: that would hide a loss. It waits for the keyring, so
        it is not called inside a transaction or on the window's thread.
        """
        kept = self._seal.head()
        with self._database.reading() as connection:
            last = _last(connection)
            if last is None or (kept is not None and not _holds(connection, kept)):
                return False
        if kept is not None and last.number <= kept.number:
            return False
        self._seal.keep_head(last)
        return True

    def go_on(self, by: str, why: str) -> None:
        """Record that a person goes on with these records although some may be missing, and keep the new head."""
        head = self._seal.head()
        with self._database.writing() as connection:
            note: dict[str, Any] = {"by": by, "why": why}
            if head is not None:
                note |= {"head": head.number, "seal": head.mac, "head_at": head.at.isoformat()}
            if _last(connection) is None:
                self._sealer.begin(connection)
            self._sealer.go_on(connection, note)
            last = _last(connection)
        if last is not None:
            self._seal.keep_head(last)

    @property
    def is_look_only(self) -> bool:
        """Whether the file is open only to be looked at."""
        return self._sealer.is_refusing

    def look_only(self) -> None:
        """Let nothing be added until the file is opened again: its records are in doubt."""
        self._sealer.refuse()

    # ---- checking

    def check_tail(self) -> TailCheck:
        """Hold the end of the chain against the head kept outside; quick however long the chain is."""
        head = self._seal.head()
        with self._database.reading() as connection:
            last = _last(connection)
            if head is None:
                return TailCheck(Agreement.NO_HEAD, last)
            if last is not None and not self._sealer.look(connection):
                return TailCheck(Agreement.OTHER_KEY, last, head)
            if last is None or last.number < head.number:
                return TailCheck(Agreement.BEHIND, last, head)
            if not _holds(connection, head):
                return TailCheck(Agreement.ANOTHER, last, head)
            first = max(self._sealer.since, min(head.number, last.number - TAIL))
            faults = tuple(self._faults(connection, first))
        return TailCheck(Agreement.ALTERED if faults else Agreement.WHOLE, last, head, faults)

    def verify(self, pause: Callable[[], object] = lambda: None) -> Verified:
        """Hold every link against its seal and every row against its link; ``pause`` is called now and then.

        It reads in pieces, so that nobody who writes has to wait; what is added meanwhile is checked too.
        """
        heads = self._seal.heads()
        found = list(self._faults_of_all(pause))
        with self._database.reading() as connection:
            last = _last(connection)
            found += _against_heads(connection, heads, last.number if last else 0)
        return Verified(
            last.number if last else 0,
            found[0][0] if found else None,
            found[0][1] if found else "",
            tuple(sentence for _, sentence in found[:_MOST_FAULTS]),
        )

    def begun_with(self) -> tuple[datetime, int] | None:
        """Return when the chain began over records that were there before, and over how many; else None."""
        with self._database.reading() as connection:
            first = connection.exec_driver_sql(_LINK + "WHERE number = 1").first()
        if first is None or first.kind != sealing.FOUND:
            return None
        return datetime.fromisoformat(first.at), int(json.loads(first.note)["rows"])

    def removed(self) -> tuple[int, datetime] | None:
        """Return how many rows retention has removed and when the last time was; None if there is none."""
        with self._database.reading() as connection:
            row = connection.exec_driver_sql(
                "SELECT count(*), max(at) FROM link WHERE kind = ?", (sealing.REMOVED,)
            ).one()
        return (int(row[0]), datetime.fromisoformat(row[1])) if row[0] else None

    def losses(self) -> list[str]:
        """Return in words when people went on although records may be missing, the last last."""
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(_LINK + "WHERE kind = ? ORDER BY number", (sealing.LOST,)).all()
        return [_told_loss(row) for row in rows]

    def _faults_of_all(self, pause: Callable[[], object]) -> Iterator[tuple[int, str]]:
        checks = _Checks(self._sealer, 1, sealing.FIRST)
        while True:
            with self._database.reading() as connection:
                links = _links(connection, checks.expected)
                yield from checks.of(connection, links)
                if len(links) < _AT_ONCE:
                    yield from checks.at_the_end(connection)
                    return
            pause()

    def _faults(self, connection: sa.Connection, first: int) -> Iterator[str]:
        before = connection.exec_driver_sql("SELECT mac FROM link WHERE number = ?", (first - 1,)).scalar()
        checks = _Checks(self._sealer, first, bytes(before) if before is not None else sealing.FIRST)
        while links := _links(connection, checks.expected):
            yield from (sentence for _, sentence in checks.of(connection, links))
        yield from (sentence for _, sentence in checks.changed())


def _unsealed(connection: sa.Connection, sealed: Sealed, most: int) -> list[str]:
    """Return the keys of so many rows of a table that have no link, those of the end first."""
    sealed_keys = "SELECT subject FROM link WHERE kind = ?"
    wanted = (
        f"SELECT CAST({sealed.key_sql} AS TEXT) AS found FROM {sealed.table} "  # noqa: S608 - own names only
        f"WHERE found NOT IN ({sealed_keys}) ORDER BY {sealed.order} DESC LIMIT ?"
    )
    return list(connection.exec_driver_sql(wanted, (sealed.kind, min(most, _MOST_FAULTS))).scalars())


class _Checks:
    """Checks links in their order, some at a time."""

    def __init__(self, sealer: Sealer, expected: int, before: bytes) -> None:
        self._sealer, self.expected, self._before = sealer, expected, before
        self._ours = expected > 1  # whether the links that come were sealed with the key that is here
        self._foreign_since = 1
        self._changed: dict[tuple[str, str], tuple[int, str]] = {}
        self._sealed: Counter[str] = Counter()
        self._missing: set[tuple[str, str]] = set()
        self._latest: dict[str, set[str]] = {one.kind: set() for one in LATEST}  # which rows have a link
        self._complete: set[str] = set()  # the kinds of LATEST of which all rows have one

    def of(self, connection: sa.Connection, links: Sequence[Link]) -> Iterator[tuple[int, str]]:
        """Yield what is wrong with links: number and sentence. What they seal is told by :meth:`changed`."""
        for link in links:
            if link.number != self.expected:
                yield self.expected, _missing(self.expected, link.number - 1)
            if link.kind in sealing.NAMES_A_KEY:
                was_ours, self._ours = self._ours, _names(link, self._sealer.key_id)
                if self._ours and not was_ours and link.number > 1:
                    yield 1, _of_another_key(self._foreign_since, link.number - 1)
                elif not self._ours and was_ours:
                    self._foreign_since = link.number
            if self._ours and not hmac.compare_digest(
                self._sealer.mac(self._before, tuple(link)[:6]), bytes(link.mac)
            ):
                yield (
                    link.number,
                    f"Link {link.number} of {_when(link)} was changed, or does not follow the one before it.",
                )
            self._before, self.expected = bytes(link.mac), link.number + 1
        for kind, sealed in _KINDS.items():
            self._rows(connection, sealed, {one.subject: one for one in links if one.kind == kind})
        for link in links:
            self._note(link)

    def _note(self, link: Link) -> None:
        """Note what a link says of rows: that one of those that change has a link, or that one was emptied."""
        self._complete |= sealing.kinds_said(link.kind, link.note)
        if link.kind in self._latest:
            if bytes(link.digest) == sealing.GONE:
                self._latest[link.kind].discard(link.subject)
            else:
                self._latest[link.kind].add(link.subject)
        elif link.kind == sealing.REMOVED:
            kind, _, key = link.subject.partition(" ")
            self._changed.pop((kind, key), None)
            if kind in self._latest:
                self._latest[kind].discard(key)
            elif (kind, key) in self._missing:
                self._sealed[kind] -= 1  # else a row without a link could take its place

    def changed(self) -> Iterator[tuple[int, str]]:
        """Yield what links seal and the database does not hold as it was, but for what was emptied on purpose."""
        yield from sorted(self._changed.values())

    def _without_link(self, connection: sa.Connection) -> Iterator[tuple[int, str]]:
        """Yield the rows of ``LATEST`` that were added without a link, once every link was seen."""
        for sealed in LATEST:
            if sealed.kind not in self._complete and not self._latest[sealed.kind]:
                continue  # a database of before, in which this kind is not sealed yet
            wanted = f"SELECT {sealed.key_sql} FROM {sealed.table} {sealed.where}"  # noqa: S608 - own names only
            there = {str(key) for key in connection.exec_driver_sql(wanted).scalars()}
            for key in sorted(there - self._latest[sealed.kind]):
                yield self.expected, f"{_NAMED[sealed.kind]} {key} was added without being sealed."

    def at_the_end(self, connection: sa.Connection) -> Iterator[tuple[int, str]]:
        """Yield what only shows once every link was seen: rows that have none, and states that no event gave."""
        if not self._ours and self.expected > 1:
            yield 1, _of_another_key(self._foreign_since, self.expected - 1)
        yield from self.changed()
        yield from self._without_link(connection)
        for sealed in SEALED:
            counted = connection.exec_driver_sql(f"SELECT count(*) FROM {sealed.table}")  # noqa: S608
            extra = int(counted.scalar_one()) - self._sealed[sealed.kind]
            named = _unsealed(connection, sealed, extra) if extra > 0 else []
            for key in named:
                yield self.expected, f"Row {key} of {sealed.table} was added without being sealed."
            if (others := extra - len(named)) > 0:
                yield (
                    self.expected,
                    f"{others} of the rows of {sealed.table} were added without being sealed.",
                )
        if (other := connection.exec_driver_sql(_OTHER_STATE).scalar()) is not None:
            yield self.expected, f"Notification {other} shows a state that nothing recorded has led to."

    def _rows(self, connection: sa.Connection, sealed: Sealed, links: Mapping[str, Link]) -> None:
        if not links:
            return
        self._sealed[sealed.kind] += len(links)
        marks = ", ".join("?" * len(links))
        wanted = f"SELECT {sealed.key_sql}, {sealed.selected} FROM {sealed.table} WHERE {sealed.key_sql} IN ({marks})"  # noqa: S608
        rows = {str(row[0]): row[1:] for row in connection.exec_driver_sql(wanted, tuple(links)).all()}
        for key, link in links.items():
            row = rows.get(key)
            if bytes(link.digest) == sealing.GONE:
                self._changed.pop((sealed.kind, key), None)
                if row is not None:
                    self._changed[sealed.kind, key] = link.number, _told(link, "was put back")
            elif row is None:
                self._missing.add((sealed.kind, key))
                self._changed[sealed.kind, key] = link.number, _told(link, "is missing")
            elif not hmac.compare_digest(sealed.digest(row), bytes(link.digest)):
                self._changed[sealed.kind, key] = link.number, _told(link, "was changed afterwards")
            elif sealed.kind in self._latest:
                self._changed.pop((sealed.kind, key), None)  # an earlier link sealed it as it was then


def _links(connection: sa.Connection, first: int) -> Sequence[Link]:
    return connection.exec_driver_sql(
        _LINK + f"WHERE number >= ? ORDER BY number LIMIT {_AT_ONCE}", (first,)
    ).all()


def _last(connection: sa.Connection) -> ChainHead | None:
    row = connection.exec_driver_sql(_LINK + "ORDER BY number DESC LIMIT 1").first()
    return (
        None if row is None else ChainHead(row.number, bytes(row.mac).hex(), datetime.fromisoformat(row.at))
    )


def _holds(connection: sa.Connection, head: ChainHead) -> bool:
    """Whether the link of the head's number is the head."""
    found = connection.exec_driver_sql("SELECT mac FROM link WHERE number = ?", (head.number,)).scalar()
    return found is not None and hmac.compare_digest(bytes(found).hex(), head.mac)


def _names(link: Link, key_id: str) -> bool:
    try:
        return bool(json.loads(link.note)[sealing.KEY] == key_id)
    except (ValueError, KeyError, TypeError):
        return True  # then its seal does not fit


def _against_heads(
    connection: sa.Connection, heads: Sequence[ChainHead], last: int
) -> Iterator[tuple[int, str]]:
    """Yield the first head kept outside that the chain does not hold: whoever has the key can seal all else anew."""
    fitting = 0
    for head in heads:
        if head.number > last:
            yield last, _missing(last + 1, head.number)
            return
        if not _holds(connection, head):
            yield (
                fitting + 1,
                f"Links {fitting + 1} to {head.number} are not those that were made up to {dates.shown_time(head.at)}: "
                "someone with the key of the records sealed them again.",
            )
            return
        fitting = head.number


def _of_another_key(first: int, last: int) -> str:
    which = f"Link {first} was" if first == last else f"Links {first} to {last} were"
    return f"{which} sealed with a key that is not here: what they seal cannot be checked."


def _missing(first: int, last: int) -> str:
    which = f"Link {first} is" if first == last else f"Links {first} to {last} are"
    return f"{which} missing: taken out of the database."


def _told(link: Link, what: str) -> str:
    return f"The record of {_when(link)} {what} ({link.kind} {link.subject}, link {link.number})."


def _told_loss(link: Link) -> str:
    try:
        note = json.loads(link.note)
        return f"On {_when(link)} {note['by']} continued with records that may not be complete: {note['why']}"
    except (ValueError, KeyError, TypeError):
        return f"On {_when(link)} someone continued with records that may not be complete."


def _when(link: Link) -> str:
    try:
        return dates.shown_time(datetime.fromisoformat(link.at))
    except ValueError:
        return "an unknown day"
