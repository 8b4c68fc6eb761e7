"""The register of emergency supplies: numbered entries, appended only, each sealed with the one before it.

An entry's seal is an HMAC over everything in its row and the seal of the entry before, with a key that is not in the
database. The head (number and seal of the last entry) is kept outside too, so that entries taken from the end are
missed. Triggers refuse changes; the seals find those that were made all the same.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.particulars import read_content
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import read_row
from digmed_desktop.history.tables import AnyRow, Moment, notification, register
from digmed_desktop.messaging.errors import (
    NotAllowedNowError,
    NotThereError,
    StoreError,
    UnreadableRowError,
)
from digmed_desktop.messaging.register import (
    UNREADABLE,
    EntryKind,
    Head,
    NewEntry,
    Outstanding,
    RegisterEntry,
    Seal,
    Verified,
)
from digmed_desktop.messaging.states import State
from digmed_desktop.untrusted import a_text

FIRST = "0" * 64
"""The seal before the first entry."""
LATER = (EntryKind.PRESCRIPTION, EntryKind.AMENDMENT)


class Register:
    """Keeps the register. Nothing in it is ever changed or removed: it is added to."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seal: Seal | None = None
        self._key: bytes | None = None
        self._head_moved: Callable[[], None] | None = None

    def use(self, seal: Seal) -> None:
        """Take the seal; without one entries can be read but neither made nor verified."""
        self._seal, self._key = seal, None

    def head_kept_by(self, wake: Callable[[], None]) -> None:
        """Have the head kept by another thread, which ``wake`` tells of it: a keyring may take its time."""
        self._head_moved = wake

    # ---- making entries

    def entering(self, new: NewEntry) -> Callable[[sa.Connection, int | None], None]:
        """Return what makes an entry inside a transaction that is open, beside its notification.

        The key is fetched before, so that no person is waited for while the transaction is open. Call
        :meth:`entered` once it has ended.
        """
        key = self._key_of_seal()

        def enter(connection: sa.Connection, notification: int | None) -> None:
            self._append(connection, key, new, notification)

        return enter

    def append(self, new: NewEntry) -> int:
        """Make an entry of its own, and return its number. NotThereError when what it is about is not there."""
        key = self._key_of_seal()
        with self._database.writing() as connection:
            number = self._append(connection, key, new, None)
        self.entered()
        return number

    def entered(self) -> None:
        """Have the head kept after an entry: by whoever keeps it, else now."""
        (self._head_moved or self.keep_head)()

    def _append(self, connection: sa.Connection, key: bytes, new: NewEntry, notification: int | None) -> int:
        last = connection.execute(
            sa.select(register.c.number, register.c.mac).order_by(register.c.number.desc()).limit(1)
        ).first()
        if new.about is not None:
            self._may_follow(connection, new)
        at = self._database.clock.now()
        stored: dict[str, Any] = {
            "number": last.number + 1 if last else 1,
            "kind": new.kind.value,
            "about": new.about,
            "notification_id": notification,
            "entered_at": Moment().process_bind_param(at, connection.dialect),
            "by_id": new.by,
            "by_name": new.by_name,
            "content": json.dumps(new.content, ensure_ascii=False, sort_keys=True),
            "key_id": _key_id(key),
            "before": last.mac if last else FIRST,
        }
        sealed = {**stored, "kind": new.kind, "entered_at": at, "mac": _mac(key, stored)}
        connection.execute(register.insert().values(sealed))
        return int(stored["number"])

    @staticmethod
    def _may_follow(connection: sa.Connection, new: NewEntry) -> None:
        row = connection.execute(_read().where(register.c.number == new.about)).first()
        if row is None:
            raise NotThereError("This entry is not in the register.")
        of = _entry(row)
        if of.is_unreadable and new.kind is not EntryKind.AMENDMENT:
            raise NotAllowedNowError(UNREADABLE)
        if of.kind in LATER:
            raise NotAllowedNowError("An amendment belongs to the entry of the supply.", "Amend that entry.")
        if new.kind is EntryKind.PRESCRIPTION and connection.scalar(
            sa.select(register.c.number).where(
                register.c.about == new.about, register.c.kind == EntryKind.PRESCRIPTION
            )
        ):
            raise NotAllowedNowError(
                "The prescription of this supply is in the register already.",
                "Append an amendment where its dates are wrong.",
            )

    def keep_head(self) -> None:
        """Keep the last entry's head outside the database.

        Never in place of a head that the database does not hold (any more): that would hide that entries are gone.
        """
        seal = self._sealing()
        kept = seal.head()
        with self._database.reading() as connection:
            last = connection.execute(
                sa.select(register.c.number, register.c.mac).order_by(register.c.number.desc()).limit(1)
            ).first()
            known = kept is None or hmac.compare_digest(
                connection.scalar(sa.select(register.c.mac).where(register.c.number == kept.number)) or "",
                kept.mac,
            )
        if last is not None and known and (kept is None or last.number > kept.number):
            seal.keep_head(Head(last.number, last.mac))

    @property
    def is_sealed(self) -> bool:
        """Whether there is a seal to keep a head with."""
        return self._seal is not None

    def _key_of_seal(self) -> bytes:
        """Return the key, fetched from the keyring once."""
        if self._key is None:
            self._key = self._sealing().key()
        return self._key

    def _sealing(self) -> Seal:
        if self._seal is None:
            raise StoreError(
                "The register of emergency supplies cannot be written: its key is not there.",
                "Unlock the keyring of this computer account and start the program again.",
            )
        return self._seal

    # ---- reading

    def page(self, before: int | None = None, limit: int = 50) -> list[RegisterEntry]:
        """Return supplies and decisions, newest first, from below number ``before``, each with what was appended."""
        wanted = _read().where(register.c.about.is_(None)).order_by(register.c.number.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(register.c.number < before)
        with self._database.reading() as connection:
            return [self._whole(connection, row) for row in connection.execute(wanted).all()]

    def get(self, number: int) -> RegisterEntry:
        """Return one entry with what was appended to it; NotThereError when there is none of that number."""
        with self._database.reading() as connection:
            row = connection.execute(_read().where(register.c.number == number)).first()
            if row is None:
                raise NotThereError("This entry is not in the register.")
            return self._whole(connection, row)

    def of_notification(self, notification: int) -> RegisterEntry | None:
        """Return the entry that was made beside a notification, or None."""
        with self._database.reading() as connection:
            row = connection.execute(_read().where(register.c.notification_id == notification)).first()
            return None if row is None else self._whole(connection, row)

    def of_token(self, token: str) -> RegisterEntry | None:
        """Return the entry that was made for one press of Finish, or None."""
        with self._database.reading() as connection:
            row = connection.execute(_read().where(_said("$.token") == token)).first()
            return None if row is None else self._whole(connection, row)

    def outstanding(self, hours: int) -> list[Outstanding]:
        """Return the supplies at a prescriber's request whose prescription has not come, the one due first first."""
        of_prescribers = sa.select(sa.func.coalesce(register.c.about, register.c.number)).where(
            _said("$.route") == "prescriber"
        )
        wanted = _read().where(register.c.about.is_(None), register.c.number.in_(of_prescribers))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(register.c.number)).all()
            whole = (self._whole(connection, row) for row in rows)
            entries = [one for one in whole if one.owes_prescription and _stands(connection, one)]
        due = [Outstanding(one, _supplied_at(one) + timedelta(hours=hours)) for one in entries]
        return sorted(due, key=lambda one: one.due_at)

    @staticmethod
    def _whole(connection: sa.Connection, row: AnyRow) -> RegisterEntry:
        later = connection.execute(
            _read().where(register.c.about == row.number).order_by(register.c.number)
        ).all()
        return replace(_entry(row), later=tuple(_entry(one) for one in later))

    # ---- verifying

    def verify(self) -> Verified:
        """Hold every entry against its seal and the last one against the head kept outside."""
        seal = self._sealing()
        key, head = seal.key(), seal.head()
        with self._database.reading() as connection:
            found = connection.execute(sa.select(*_AS_STORED).order_by(register.c.number)).mappings()
            rows = [{name: row[name] for name in register.c.keys()} for row in found]  # noqa: SIM118
        faults = list(_faults(rows, key, head))
        if not faults:
            return Verified(len(rows))
        return Verified(len(rows), faults[0][0], faults[0][1], tuple(sentence for _, sentence in faults))


def _faults(rows: Sequence[Mapping[str, Any]], key: bytes, head: Head | None) -> Iterator[tuple[int, str]]:
    before, expected = FIRST, 1
    for row in rows:
        number = row["number"]
        if number != expected:
            yield expected, f"{_entries(expected, number - 1)} missing: taken out of the database."
        elif row["before"] != before:
            yield number, f"Entry {number} does not follow the entry before it: one of them was changed."
        if row["key_id"] != _key_id(key):
            yield number, f"Entry {number} was sealed with a key that is not here: it cannot be verified."
        elif not hmac.compare_digest(_mac(key, row), str(row["mac"])):
            yield number, f"Entry {number} was changed after it was made."
        if head is not None and number == head.number and not hmac.compare_digest(str(row["mac"]), head.mac):
            yield number, f"Entry {number} is not the one that was made: another is in its place."
        before, expected = row["mac"], number + 1
    if head is not None and head.number >= expected:
        missing = _entries(expected, head.number)
        yield expected, f"{missing} missing from the end: the database is older than the register."


def _entries(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"


_SEALED = (
    "number",
    "kind",
    "about",
    "notification_id",
    "entered_at",
    "by_id",
    "by_name",
    "content",
    "key_id",
    "before",
)
_AS_STORED = tuple(
    sa.type_coerce(column, sa.Text).label(column.name) if column.name in ("kind", "entered_at") else column
    for column in register.c
)
"""The columns as the file has them: a value that was changed to nonsense must not stop the verification."""


def _mac(key: bytes, stored: Mapping[str, Any]) -> str:
    """Return the seal of a row, as the file has it: HMAC-SHA256 over all of it but the seal itself."""
    text = json.dumps([stored[name] for name in _SEALED], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"register key" + key).hexdigest()[:16]


def _stands(connection: sa.Connection, entry: RegisterEntry) -> bool:
    """Whether the newest notification about a supply was neither cancelled nor withdrawn."""
    newest = entry.newest_notification
    state = connection.scalar(sa.select(notification.c.state).where(notification.c.id == newest))
    return state not in (State.CANCELLED, State.WITHDRAWN)


def _supplied_at(entry: RegisterEntry) -> datetime:
    told = entry.standing.get("supplied_at")
    return datetime.fromisoformat(told) if told else entry.entered_at


def _read() -> sa.Select[Any]:
    return sa.select(*_AS_STORED)


def _said(path: str) -> sa.ColumnElement[Any]:
    """Return what the content of an entry says at a path; of one that cannot be read, nothing."""
    valid = sa.func.json_valid(register.c.content) == 1
    return sa.case((valid, sa.func.json_extract(register.c.content, path)))


def _entry(row: AnyRow) -> RegisterEntry:
    """Return an entry; one that cannot be read costs itself only."""
    try:
        return read_row(f"Entry {row.number}", _readable, row)
    except UnreadableRowError:
        about = row.about if isinstance(row.about, int) else None
        kind = EntryKind.AMENDMENT if about is not None else EntryKind.SUPPLY
        return RegisterEntry(row.number, kind, {}, _NEVER, "", about=about, is_unreadable=True)


_NEVER = datetime.min.replace(tzinfo=UTC)
"""For an entry that cannot be read; it is not shown."""


def _readable(row: AnyRow) -> RegisterEntry:
    kind, content = EntryKind(row.kind), read_content(json.loads(row.content))
    if kind is EntryKind.SUPPLY and not content.get("patient"):
        raise KeyError("a supply is to someone")
    return RegisterEntry(
        number=row.number,
        kind=kind,
        content=content,
        entered_at=datetime.fromisoformat(row.entered_at),
        by_name=a_text(row.by_name),
        about=row.about,
        notification=row.notification_id,
    )
