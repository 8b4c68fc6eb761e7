"""Backup and restore of the whole database: a copy under a key made from a passphrase.

The copy is an SQLCipher 4 file that any SQLCipher program opens with the passphrase. Its key is derived once
(PBKDF2-HMAC-SHA512 as SQLCipher does) and can be kept for the daily backup, so that the passphrase itself is
kept nowhere. Each backup is restored on trial before it takes its name. Secrets that belong to the data but
live in the keyring travel in a table of the copy.
"""

import contextlib
import hashlib
import json
import secrets as random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop import strength, untrusted
from digmed_desktop.files.addresses import sqlite_address
from digmed_desktop.history import ledger, migrations, profile, swap
from digmed_desktop.history.cipher import KEY_BYTES, WRITES, engine, guard_memory, is_whole, new_file
from digmed_desktop.history.database import Database
from digmed_desktop.history.deliveries import write_owed
from digmed_desktop.history.place import private_folder
from digmed_desktop.history.profile import Profile
from digmed_desktop.history.tables import notification, owed, sending
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import StoreError
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.states import UNSENT, UNSIGNED, Happening, State
from digmed_desktop.messaging.whole_file import FileNotWrittenError, told, unfinished

SHORTEST_PASSPHRASE = 12
FEWEST_GUESSES = 1e10
"""A backup can be guessed at where nobody sees it; each guess costs a quarter of a million hashes."""
_UNFINISHED_SINCE = 86_400.0  # seconds
RESTORED = "backup.restored"
"""The entry of the profile that says that these records were restored and nobody has gone on with them yet.

Its value lists the secrets that were kept although the backup has others.
"""
_SALT_BYTES = 16
_ROUNDS = 256_000  # SQLCipher 4's own number for a passphrase
_PAGE = 4096
_CARRIED = "carried"  # the table of the secrets that travel with a backup
_WRONG = StoreError(
    "This backup cannot be opened: the passphrase does not fit, or the file is not a backup of this program.",
    "Check the file and type the passphrase again; capitals and spaces count.",
)
_CUT = StoreError(
    "This backup is damaged or was cut short, so nothing was restored.",
    "Use another backup, and check the disk this one lies on.",
)


@dataclass(frozen=True, slots=True, repr=False)
class BackupKey:
    """The key of a backup: made from a passphrase and the salt that the file begins with."""

    key: bytes
    salt: bytes

    @classmethod
    def of(cls, passphrase: str, salt: bytes | None = None) -> "BackupKey":
        """Derive it; takes a fraction of a second. Without a salt it is for a new backup."""
        salt = random.token_bytes(_SALT_BYTES) if salt is None else salt
        return cls(hashlib.pbkdf2_hmac("sha512", passphrase.encode(), salt, _ROUNDS, KEY_BYTES), salt)

    def kept(self) -> str:
        """Return it as text for a vault."""
        return (self.key + self.salt).hex()

    @classmethod
    def from_kept(cls, text: str) -> "BackupKey":
        """Return what :meth:`kept` wrote; ValueError for anything else."""
        raw = bytes.fromhex(text)
        if len(raw) != KEY_BYTES + _SALT_BYTES:
            raise ValueError("no key of a backup")
        return cls(raw[:KEY_BYTES], raw[KEY_BYTES:])


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """The content of a backup: rows by table, and the secrets that travel with it."""

    rows: dict[str, int]
    secrets: dict[str, str]

    @property
    def notifications(self) -> int:
        """How many notifications are in it."""
        return self.rows.get("notification", 0)


class Backups:
    """Makes backups of the open database."""

    def __init__(self, made: sa.Engine, path: Path) -> None:
        self._engine, self._path = made, path

    def write(
        self, target: Path, key: BackupKey, secrets: Mapping[str, str], progress: Progress | None = None
    ) -> Contents:
        """Write a backup, restore it on trial, and give it its name; return what it holds.

        Raises FileNotWrittenError when the disk refuses and StoreError when the copy cannot be read back; then
        nothing is left. It runs beside reads and writes.
        """
        tell = progress or Progress()
        _sweep(target)
        with _leaves_nothing(target), unfinished(target) as part:
            tell.step(0, 3)
            new_file(part)
            _copy_out(self._engine, part, key, secrets)
            tell.step(1, 3)
            with _opened(part, key) as copy:
                contents = _contents(copy)
                _whole(copy)
            tell.step(2, 3)
            self._try_it(part, key, contents)
            tell.step(3, 3)
        return contents

    def sweep(self) -> None:
        """Remove databases of trial restores that a kill left beside this one; nothing else is using them."""
        for left in self._path.parent.glob(".trial-*.db"):
            with contextlib.suppress(OSError):
                swap.remove(left)

    def carried(self) -> dict[str, str]:
        """Return the secrets that came with a restored backup and were not taken yet."""
        with self._engine.connect() as connection:
            if not sa.inspect(connection).has_table(_CARRIED):
                return {}
            rows = connection.exec_driver_sql(f"SELECT name, value FROM {_CARRIED}").all()  # noqa: S608 - own name
            return {row.name: row.value for row in rows}

    def forget_carried(self) -> None:
        """Forget the secrets that came with a restored backup: the vault has them."""
        with self._engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_CARRIED}")

    def _try_it(self, part: Path, key: BackupKey, contents: Contents) -> None:
        trial = self._path.with_name(f".trial-{random.token_hex(4)}.db")
        try:
            new_key = random.token_bytes(KEY_BYTES)
            _copy_in(part, key, trial, new_key)
            with _opened(trial, BackupKey(new_key, b"")) as restored:
                if _contents(restored).rows != contents.rows:
                    raise _CUT.again()
        finally:
            swap.remove(trial)


def contents_of(source: Path, passphrase: str) -> Contents:
    """Return what a backup holds; StoreError when it cannot be opened."""
    with _opened(source, _key_for(source, passphrase)) as copy:
        return _contents(copy)


def restore(source: Path, passphrase: str, target: Path, key: bytes, clock: Clock) -> Contents:
    """Make a backup the database ``target``, and return what came with it.

    A database that is there stays under another name. What waited when the backup was made may have gone out since,
    from the computer it was made on: each is looked up at MESH before it is sent. The secrets of the backup stay in
    the database until :meth:`Backups.forget_carried`, so that a program that is killed can still take them. The
    caller holds the lock. Raises StoreError; then everything is as it was.
    """
    opens = _key_for(source, passphrase)
    with _opened(source, opens) as copy:
        _whole(copy)
        contents = _contents(copy)
    private_folder(target.parent)
    part = target.with_name(target.name + ".new")
    try:
        swap.remove(part)
        _copy_in(source, opens, part, key, keep_carried=True)
        made = engine(part, key, size=1)
        try:
            with made.connect() as connection:
                migrations.check(connection)
            migrations.migrate(made)
            with made.execution_options(**{WRITES: True}).begin() as connection:
                profile.write(connection, RESTORED, "[]")
        finally:
            made.dispose()
        swap.begin(part, target, clock)
        swap.finish(target)
    except OSError as error:
        raise told(error, target.parent) from error
    finally:
        with contextlib.suppress(OSError):
            swap.give_up(target)
            swap.remove(part)
    return contents


def note_restored(profile: Profile, kept: Sequence[str]) -> None:
    """Note which secrets of the vault were kept although the backup has others, in words."""
    profile.put(RESTORED, json.dumps(list(kept)))


def restored(profile: Profile) -> tuple[str, ...] | None:
    """Return those words where the records were restored and nobody has gone on with them yet, else None."""
    if profile.get(RESTORED) is None:
        return None
    return profile.remembered(RESTORED, _words) or ()


def _words(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list):
        raise TypeError("not a list")
    return tuple(map(untrusted.a_text, found))


def look_up_first(database: Database) -> int:
    """Have everything that waits or may be on its way looked up at MESH before it is sent; return how many.

    What MESH does not have may have been cancelled or corrected in records that are gone: then a person decides. What
    waits for a signature may have been signed since: it is looked up once it is signed.
    """
    now = database.clock.now()
    with database.writing() as connection:
        waiting = connection.scalars(
            sa.select(notification.c.id)
            .join(sending, sending.c.notification_id == notification.c.id)
            .where(
                notification.c.state.in_((*UNSENT, *UNSIGNED)),
                sending.c.latest.is_(True),
            )
        ).all()
        for one in waiting:
            ledger.write(connection, now, one, ledger.Entry(Happening.RESTORED))
        answers = connection.scalars(sa.select(owed.c.id).where(owed.c.state == State.WAITING)).all()
        for one in answers:
            write_owed(connection, one, Happening.RESTORED)
    return len(waiting) + len(answers)


def problem_with(passphrase: str, again: str, known: Sequence[str] = ()) -> str:
    """Return a sentence about a passphrase that is not good enough, or ``""``; ``known`` is what anybody here knows."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return f"Use at least {SHORTEST_PASSPHRASE} characters: four unrelated words are easy to remember."
    if passphrase != passphrase.strip():
        return "The passphrase begins or ends with a space. Remove it: a space cannot be seen on paper."
    if len(set(passphrase)) < 5:
        return "Use more different letters."
    if strength.is_weak(passphrase, FEWEST_GUESSES, known):
        return "This passphrase is easy to guess. Use four unrelated words."
    return "" if passphrase == again else "Type the same passphrase in both boxes."


def _sweep(target: Path) -> None:
    """Remove backups beside ``target`` that a kill left unfinished; one of today may be another computer's."""
    for left in target.parent.glob(f".*{target.suffix}.part") if target.suffix else ():
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _UNFINISHED_SINCE:
                left.unlink()


# ---- files


def _key_for(source: Path, passphrase: str) -> BackupKey:
    try:
        with untrusted.open_file(source) as file:
            salt = file.read(_SALT_BYTES)
            size = file.seek(0, 2)
    except OSError as error:
        raise StoreError(
            untrusted.why_unread(error, "The backup"),
            "Check that the file is there and that this account may read it.",
        ) from None
    if size == 0 or len(salt) < _SALT_BYTES or size % _PAGE:
        raise _CUT.again()
    return BackupKey.of(passphrase, salt)


@contextlib.contextmanager
def _opened(path: Path, key: BackupKey, *, write: bool = False) -> "Iterator[sqlcipher.Connection]":
    connection = sqlcipher.connect(
        sqlite_address(path, mode="rw" if write else "ro"),
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{(key.key + key.salt).hex()}'\"")
        guard_memory(connection)
        for pragma in ("temp_store = MEMORY", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        if not write or path.stat().st_size:
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlcipher.DatabaseError as error:
                known = getattr(error, "sqlite_errorname", "") or ""
                raise (_WRONG if known in ("", "SQLITE_NOTADB") else _CUT).again() from None
        yield connection
    finally:
        connection.close()


def _copy_out(made: sa.Engine, part: Path, key: BackupKey, secrets: Mapping[str, str]) -> None:
    with made.connect() as source, _opened(part, key, write=True) as copy:
        raw: Any = source.connection.driver_connection
        raw.backup(copy)  # in one call: it would begin again at each commit
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute(f"CREATE TABLE {_CARRIED} (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        copy.executemany(f"INSERT INTO {_CARRIED} VALUES (?, ?)", sorted(secrets.items()))  # noqa: S608 - own name


def _copy_in(source: Path, opens: BackupKey, target: Path, key: bytes, *, keep_carried: bool = False) -> None:
    new_file(target)
    with _opened(source, opens) as copy, _opened(target, BackupKey(key, b""), write=True) as made:
        try:
            copy.backup(made)
            made.execute("PRAGMA secure_delete = ON")
            if not keep_carried:
                made.execute(f"DROP TABLE {_CARRIED}")
            _whole(made)
        except sqlcipher.DatabaseError as error:
            raise _faulty(error, target.parent) from None


def _whole(connection: "sqlcipher.Connection") -> None:
    """Check every page; StoreError when one is missing or damaged."""
    try:
        whole = is_whole(connection)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        ours = connection.execute("PRAGMA application_id").fetchone()[0] == migrations.APPLICATION_ID
    except sqlcipher.DatabaseError:
        raise _CUT.again() from None
    if not whole:
        raise _CUT.again()
    if not ours or not version:
        raise _WRONG.again()


def _contents(connection: "sqlcipher.Connection") -> Contents:
    try:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        rows = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - own names
            for name in tables
            if name != _CARRIED
        }
        carried = (
            dict(connection.execute(f"SELECT name, value FROM {_CARRIED}").fetchall())  # noqa: S608 - own name
            if _CARRIED in tables
            else {}
        )
    except sqlcipher.DatabaseError:
        raise _CUT.again() from None
    return Contents(rows, carried)


def _faulty(error: Exception, folder: Path) -> StoreError | FileNotWrittenError:
    name = getattr(error, "sqlite_errorname", "") or ""
    said = str(error)  # the copy's own error carries no name
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")) or "I/O" in said or "is full" in said:
        return FileNotWrittenError(
            f"There is not enough room on the disk to write in {folder}. Nothing was written.",
            "Make room, or choose another folder, and do it again.",
        )
    return _CUT.again()


@contextlib.contextmanager
def _leaves_nothing(target: Path) -> Iterator[None]:
    part = target.with_name(f".{target.name}.part")
    try:
        yield
    except sqlcipher.DatabaseError as error:
        raise _faulty(error, target.parent) from None
    except sa.exc.DBAPIError as error:
        raise _faulty(error.orig or error, target.parent) from None
    finally:
        for end in swap.COMPANIONS:
            Path(f"{part}{end}").unlink(missing_ok=True)
