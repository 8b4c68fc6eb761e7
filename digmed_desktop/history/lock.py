"""One program per database: a lock that ends with the process that holds it, however that ends."""

import os
import sys
from pathlib import Path

from digmed_desktop.messaging.errors import StoreInUseError


class ProgramLock:
    """Holds ``<database>.lock`` until :meth:`release`. The file stays; only the lock on it matters."""

    def __init__(self, database: Path) -> None:
        """Take the lock; raises StoreInUseError when another program, or another part of this one, has it."""
        self._file = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except OSError:
            os.close(self._file)
            raise StoreInUseError(
                "DigMed Desktop is already open on this computer with this data.",
                "Use the window that is open, or close it first.",
            ) from None

    def release(self) -> None:
        """Let another program open the database."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
