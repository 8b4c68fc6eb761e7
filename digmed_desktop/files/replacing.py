"""Put a finished file in the place of another, with patience for whoever holds the other open.

Windows refuses to replace a file that any program has open: a viewer, a virus scanner, backup software. Most let go
within a moment.
"""

import os
import time
from pathlib import Path

PATIENCE = 3.0
"""Seconds to wait for another program to let go of the file."""

_BETWEEN = 0.05
_LONGEST_BETWEEN = 0.4
_SHARING = (32, 33)  # Windows' own words for a file, or a part of it, that another program has for itself


class HeldOpenError(PermissionError):
    """Another program holds the file open; ``filename`` says which."""


def replace(finished: Path, target: Path, patience: float = PATIENCE) -> Path:
    """Rename ``finished`` to ``target``, over a file that is there, and return ``target``.

    Raises HeldOpenError when another program holds either file for longer than ``patience`` seconds, any other OSError
    as it comes. ``finished`` is where it was then.
    """
    until = time.monotonic() + patience
    wait = _BETWEEN
    while True:
        try:
            finished.replace(target)
        except PermissionError as error:
            if not (_may_be_held(target) or getattr(error, "winerror", None) in _SHARING):
                raise
            if time.monotonic() + wait > until:
                raise HeldOpenError(error.errno, "held open by another program", str(target)) from error
        else:
            return target
        time.sleep(wait)
        wait = min(wait * 2, _LONGEST_BETWEEN)


def _may_be_held(target: Path) -> bool:
    """Whether the refusal may come from a program that has the file open, which only Windows knows."""
    return os.name == "nt" and target.is_file()
