"""The copy of a file that is kept before its schema changes."""

import contextlib
import re
import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.files.replacing import replace
from digmed_desktop.history import faults
from digmed_desktop.history.cipher import engine as opened
from digmed_desktop.history.cipher import is_whole, new_file
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import StoreError

HELD = 2
"""How many copies stay: the newest."""
_ROOM = 3
"""Times the size of the file: the copy, what the step writes to the log, and the same again in the file."""
_SPARE = 16 * 1024 * 1024
_COMPANIONS = ("-wal", "-shm", "-journal")


def keep_copy(engine: sa.Engine, path: Path, key: bytes, before: int, clock: Clock) -> Path:
    """Copy the open file under the same key, check the copy, and return it.

    ``before`` is the version that the file is about to become. Older copies go once this one is whole. Raises
    StoreError when there is no room or the copy is not whole; then no copy is left.
    """
    copy = path.with_name(f"{path.stem}-before-v{before}-{clock.now():%Y-%m-%d}{path.suffix}")
    part = copy.with_name(copy.name + ".new")
    _remove(part)
    try:
        _refuse_without_room(path)
        new_file(part)
        _copy(engine, part, key)
        replace(part, copy)
    except OSError as error:
        raise faults.cannot_write(path.parent, error) from None
    except sqlcipher.DatabaseError as error:
        raise _unfinished(error) from None
    finally:
        _remove(part)
    for older in _copies(path)[:-HELD]:
        with contextlib.suppress(OSError):  # a copy too many does no harm
            older.unlink()
    return copy


def _copy(source: sa.Engine, target: Path, key: bytes) -> None:
    made = opened(target, key, size=1)
    try:
        with source.connect() as reads, made.connect() as writes:
            from_file: Any = reads.connection.driver_connection
            to_copy: Any = writes.connection.driver_connection
            to_copy.execute("PRAGMA journal_mode = DELETE")
            from_file.backup(to_copy)
            if not is_whole(to_copy):
                raise faults.DAMAGED.again()
    except sa.exc.DBAPIError as error:
        raise _unfinished(error.orig) from None
    finally:
        made.dispose()


def _unfinished(error: BaseException | None) -> StoreError:
    """Return the sentence for a copy that broke off: the disk, or pages that cannot be read."""
    name, said = getattr(error, "sqlite_errorname", "") or "", str(error)  # the copy's own error has no name
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")) or "I/O" in said or "is full" in said:
        return faults.NO_ROOM.again()
    return faults.DAMAGED.again()


def _refuse_without_room(path: Path) -> None:
    held = sum(file.stat().st_size for file in (path, Path(f"{path}-wal")) if file.exists())
    if shutil.disk_usage(path.parent).free < held * _ROOM + _SPARE:
        raise faults.NO_ROOM.again()


def _copies(path: Path) -> list[Path]:
    """Return the copies that lie beside the file, the oldest first."""
    named = re.compile(rf"{re.escape(path.stem)}-before-v(\d+)-\d{{4}}-\d\d-\d\d{re.escape(path.suffix)}")
    found = [(int(match[1]), file) for file in path.parent.iterdir() if (match := named.fullmatch(file.name))]
    return [file for _, file in sorted(found)]


def _remove(part: Path) -> None:
    for end in ("", *_COMPANIONS):
        Path(f"{part}{end}").unlink(missing_ok=True)
