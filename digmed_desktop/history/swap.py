"""Puts a restored database in the place of another, whole or not at all, whenever the program is killed.

The restored file is complete and on the disk before anything moves. Its name then says so, and from there on every
start carries the swap to its end: :func:`finish` may run any number of times. The database that was there before
stays beside it under another name.
"""

import contextlib
import errno
import os
from pathlib import Path

from digmed_desktop.files.replacing import replace
from digmed_desktop.messaging.clock import Clock

COMPANIONS = ("-wal", "-shm", "-journal")
_READY = ".restored-"


def begin(part: Path, database: Path, clock: Clock) -> None:
    """Name a complete, closed copy as the one that takes the place of ``database``. Raises OSError."""
    if any(Path(f"{part}{end}").exists() for end in COMPANIONS):
        raise OSError(errno.EIO, "the copy is not closed")  # its log would be left behind
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    replace(part, database.with_name(f"{database.name}{_READY}{_free_stamp(database, clock)}"))
    sync_folder(database.parent)


def is_begun(database: Path) -> bool:
    """Whether a swap was begun and not carried to its end."""
    return bool(_ready(database))


def finish(database: Path) -> None:
    """Carry a swap that was begun to its end; nothing happens when there is none. The caller holds the lock.

    Raises OSError when the disk or another program refuses; then every file has the name that it had.
    """
    ready = _ready(database)
    if not ready:
        return
    aside = _aside(database, ready[-1].name.rpartition(_READY)[2])
    moved: list[tuple[Path, Path]] = []
    try:
        # the log goes first: beside the restored database it would be read as its own
        for end in (*COMPANIONS, ""):
            old, kept = Path(f"{database}{end}"), Path(f"{aside}{end}")
            if old.exists():
                replace(old, kept)
                moved.append((old, kept))
        replace(ready[-1], database)
    except BaseException:
        for old, kept in reversed(moved):
            with contextlib.suppress(OSError):
                replace(kept, old)
        raise
    sync_folder(database.parent)


def give_up(database: Path) -> None:
    """Forget a swap that was begun: the database that was there stays the one."""
    for ready in _ready(database):
        ready.unlink(missing_ok=True)


def remove(database: Path) -> None:
    """Remove a database file that is not whole, and its companions."""
    for end in ("", *COMPANIONS):
        Path(f"{database}{end}").unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can be asked for that."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _ready(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}{_READY}*"))


def _aside(database: Path, stamp: str) -> Path:
    return database.with_name(f"{database.stem}-before-restore-{stamp}{database.suffix}")


def _free_stamp(database: Path, clock: Clock) -> str:
    """Return a name for the database that is there, under which none was put aside before."""
    stamp = wanted = f"{clock.now():%Y%m%d-%H%M%S}"
    number = 1
    while any(Path(f"{_aside(database, stamp)}{end}").exists() for end in ("", *COMPANIONS)):
        number += 1
        stamp = f"{wanted}-{number}"
    return stamp
