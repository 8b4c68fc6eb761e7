"""Time as the program sees it: handed in, so that tests and practice mode can move it."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

_START = Path("/proc/sys/kernel/random/boot_id")
_STARTS = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, with an offset (UTC)."""
        ...

    def running(self) -> float:
        """Return for how many seconds the computer has run; nobody can set it."""
        ...

    def start(self) -> str:
        """Return a name for this start of the computer, ``""`` where the system has none."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    def running(self) -> float:
        """Return for how many seconds the computer has run."""
        return running_seconds()

    def start(self) -> str:
        """Return the name of this start of the computer."""
        return start_of_computer()


class FollowingClock:
    """The computer's clock until practice mode's own clock is there."""

    def __init__(self) -> None:
        self._clock: Clock = SystemClock()

    def follow(self, clock: Clock) -> None:
        """Tell the time of ``clock`` from now on."""
        self._clock = clock

    def running(self) -> float:
        """Return for how many seconds the computer, or practice mode's time, has run."""
        return self._clock.running()

    def start(self) -> str:
        """Return the name of the start that the seconds count from."""
        return self._clock.start()

    def now(self) -> datetime:
        """Return the present moment."""
        return self._clock.now()


def running_seconds() -> float:
    """Return how long the computer has run, asleep or not where the system says so; nobody can set it."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def start_of_computer() -> str:
    """Return what names this start of the computer alone, ``""`` where the system says nothing."""
    try:
        if sys.platform == "win32":
            import winreg

            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _STARTS) as key:
                return str(winreg.QueryValueEx(key, "BootId")[0])
        return _START.read_text(encoding="ascii").strip()
    except OSError:
        return ""
