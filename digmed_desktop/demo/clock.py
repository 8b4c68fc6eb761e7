"""The clock of practice mode: the computer's own, moved forward as often as one likes."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.files.replacing import replace
from digmed_desktop.messaging.clock import running_seconds, start_of_computer

_MOST_BYTES = 1000


class PracticeClock:
    """A ``messaging.clock.Clock`` that can be moved forward; ``file`` keeps where it stands."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._offset = _read(file) if file else timedelta(0)

    @property
    def offset(self) -> timedelta:
        """By how much this clock is ahead of the computer's."""
        return self._offset

    def now(self) -> datetime:
        """Return the present moment of practice mode, in UTC."""
        return datetime.now(UTC) + self._offset

    def running(self) -> float:
        """Return for how many seconds practice mode's time has run: it is moved as if it had passed."""
        return running_seconds() + self._offset.total_seconds()

    def start(self) -> str:
        """Return the name of this start of the computer."""
        return start_of_computer()

    def move(self, *, days: float = 0, hours: float = 0) -> timedelta:
        """Move forward and return the new offset. Raises ValueError backwards: what happened has happened."""
        step = timedelta(days=days, hours=hours)
        if step < timedelta(0):
            raise ValueError("the clock of practice mode only moves forward")
        with self._lock:
            self._offset += step
            if self._file:
                _write(self._file, self._offset)
            return self._offset

    def set_offset(self, offset: timedelta) -> None:
        """Stand where another practice clock stands; used by the process of the practice MESH."""
        self._offset = offset


def _read(file: Path) -> timedelta:
    try:
        told = untrusted.read_json_object(untrusted.read_bytes(file, _MOST_BYTES), most=_MOST_BYTES)
        seconds = float(told["seconds_ahead"])
        return timedelta(seconds=max(0.0, seconds))
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return timedelta(0)


def _write(file: Path, offset: timedelta) -> None:
    new = file.with_suffix(".new")
    new.write_text(json.dumps({"seconds_ahead": offset.total_seconds()}), "utf-8")
    replace(new, file)
