"""Faults of the disk in words: what a person did could not be stored, and what makes it possible again."""

import errno

from digmed_desktop.files.replacing import HeldOpenError
from digmed_desktop.messaging.errors import DigMedError

FULL = frozenset({errno.ENOSPC, errno.EFBIG})
QUOTA = frozenset({errno.EDQUOT})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL})
BUSY = frozenset({errno.EBUSY, errno.ETXTBSY, errno.EAGAIN, errno.EDEADLK})
_BUSY_ON_WINDOWS = frozenset({32, 33})  # another program has the file, or a part of it, for itself


class NotStoredError(DigMedError):
    """Something could not be put on the disk of this computer."""


def is_busy(error: OSError) -> bool:
    """Whether another program holds the file, so that waiting helps."""
    return (
        isinstance(error, HeldOpenError)
        or error.errno in BUSY
        or getattr(error, "winerror", None) in _BUSY_ON_WINDOWS
    )


def not_stored(error: OSError) -> NotStoredError:
    """Return why something was not stored in the program's data folder, and what to do."""
    if error.errno in FULL:
        return NotStoredError(
            "The disk of this computer is full: it was not stored.", "Make room, then do it again."
        )
    if error.errno in QUOTA:
        return NotStoredError(
            "This computer account has used all its disk space: it was not stored.",
            "Make room, or ask your IT support for a larger quota, then do it again.",
        )
    if is_busy(error):
        return NotStoredError(
            "Another program has a DigMed Desktop file open: it was not stored.",
            "Wait a moment and do it again. Backup and antivirus programs use files for a while.",
        )
    if error.errno in FORBIDDEN:
        return NotStoredError(
            "This account cannot write in the program's data folder: it was not stored.",
            "Ask your IT support to let this account write there, then do it again.",
        )
    if error.errno in NOT_THERE:
        return NotStoredError(
            "The program's data folder is not there: it was not stored.",
            "Check that the disk is connected, then do it again.",
        )
    return NotStoredError(
        "This computer could not write to its disk: it was not stored.", "Check the disk, then do it again."
    )
