"""Drives the delivery on a thread of its own: after each send, at intervals, and when asked."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from digmed_desktop.background.faults import as_known
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.story import QueueStanding

log = logging.getLogger(__name__)


class DeliveryLoop(QObject):
    """Calls the delivery again and again. ``make`` builds the delivery on the thread that will use it."""

    round_done = Signal()  # :attr:`latest` is new

    def __init__(self, make: Callable[[], DeliveryRounds], every: float) -> None:
        super().__init__()
        self._make, self._every = make, every
        self.latest: QueueStanding | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._renew = threading.Event()
        self._rounds = threading.Condition()
        self._begun = self._ended = 0  # rounds
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Have a round now."""
        self._wake.set()

    def renew(self) -> None:
        """Build the delivery anew before the next round, because the connection was changed."""
        self._renew.set()
        self._wake.set()

    def round_and_wait(self, patience: float) -> QueueStanding | None:
        """Have a whole round made and return how it stands then; None after ``patience`` seconds.

        Called from another thread than the window's.
        """
        with self._rounds:
            wanted = self._begun + 1
        self._wake.set()
        with self._rounds:
            done = self._rounds.wait_for(lambda: self._ended >= wanted or self._stop.is_set(), patience)
            return self.latest if done and self._ended >= wanted else None

    def close(self, wait: float) -> bool:
        """Stop after the present step; return whether it stopped within ``wait`` seconds.

        A call to MESH that hangs is not waited for: its outcome is looked up at the next start.
        """
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(wait)
        return not self._thread.is_alive()

    def _run(self) -> None:
        delivery: DeliveryRounds | None = None
        while not self._stop.is_set():
            with self._rounds:
                self._begun += 1
            try:
                if delivery is not None and self._renew.is_set():
                    delivery.close()
                    delivery = None
                self._renew.clear()
                if delivery is None:
                    delivery = self._make()
                self.latest = delivery.run_once()
            except BaseException as error:  # noqa: BLE001  (the boundary of the thread; the loop must live on)
                self.latest = self._failed(as_known(error))
            if not self._stop.is_set() and not self._told():
                break
            with self._rounds:
                self._ended = self._begun
                self._rounds.notify_all()
            self._wake.wait(self._every)
            self._wake.clear()
        with self._rounds:
            self._rounds.notify_all()
        if delivery is not None:
            delivery.close()

    def _failed(self, error: DigMedError) -> QueueStanding:
        """Return how it stands after a round that failed: the counts are those known last."""
        log.error("delivery round failed: %s", error)
        last = self.latest or QueueStanding(waiting=0, needs_person=0, connected=False)
        return replace(last, stopped_because=error.happened, remedy=error.remedy)

    def _told(self) -> bool:
        try:
            self.round_done.emit()
        except RuntimeError:  # the window is gone
            return False
        return True
