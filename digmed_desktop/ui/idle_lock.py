"""The lock after minutes without a touch, also over sleep."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from digmed_desktop.messaging.clock import running_seconds

BEAT_MS = 5_000


class IdleLock(QObject):
    """Locks once nobody has touched anything for long enough.

    A timer stands still while a computer sleeps, so each beat and each touch measure the time that has really gone:
    by how long the computer has run and by its clock, whichever says more.
    """

    def __init__(self, lock: Callable[[], None], seconds: Callable[[], float], parent: QObject) -> None:
        super().__init__(parent)
        self._lock, self._seconds = lock, seconds
        self._touched_at = _now()
        self._beat = QTimer(self, interval=BEAT_MS)
        self._beat.timeout.connect(self.look)

    def begin(self) -> None:
        """Someone has signed in."""
        self._touched_at = _now()
        self._beat.start()

    def end(self) -> None:
        """Stop counting: nobody is signed in."""
        self._beat.stop()

    def touched(self) -> None:
        """Someone is here; after too long it is not known who, so the window locks."""
        if self._beat.isActive() and not self.look():
            self._touched_at = _now()

    def look(self) -> bool:
        """Lock if the time is over; return whether it was."""
        gone = max(now - then for now, then in zip(_now(), self._touched_at, strict=True))
        if gone < self._seconds():
            return False
        self._lock()
        return True


def _now() -> tuple[float, float]:
    return running_seconds(), time.time()
