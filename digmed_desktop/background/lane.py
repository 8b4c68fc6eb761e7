"""A lane: one thread that does one thing after another, and hands each result back to the window's thread."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class _Job:
    work: Callable[[], Any]
    then: Callable[[Any], None]
    otherwise: Callable[[Exception], None]
    ticket: str


class Lane(QObject):
    """Runs jobs in order on a thread of its own.

    ``ask`` never blocks. A job with a ``ticket`` replaces an earlier one of the same ticket that has not begun,
    so that a preview of every key does not queue up.
    """

    _finished = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._newest: dict[str, _Job] = {}
        self._lock = threading.Lock()
        self._outcomes: SimpleQueue[tuple[_Job, bool, Any]] = SimpleQueue()
        self._finished.connect(self._hand_back, Qt.ConnectionType.QueuedConnection)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def ask(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[Exception], None],
        ticket: str = "",
    ) -> None:
        """Do ``work`` on the lane; call ``then`` with its result, or ``otherwise`` with its error, on this thread."""
        job = _Job(work, then, otherwise, ticket)
        if ticket:
            with self._lock:
                self._newest[ticket] = job
        self._jobs.put(job)

    def settle(self, patience: float) -> bool:
        """Wait until everything asked so far is done; return whether that took at most ``patience`` seconds."""
        done = threading.Event()
        self.ask(done.set, lambda _none: None, lambda _error: None)
        return done.wait(patience)

    def close(self, wait: float) -> bool:
        """Finish what is queued and stop; return whether it stopped within ``wait`` seconds."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join(wait)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.ticket:
                with self._lock:
                    if self._newest.get(job.ticket) is not job:
                        continue
            try:
                self._outcomes.put((job, True, job.work()))
            except Exception as error:  # noqa: BLE001  (the boundary of the thread: every error goes back to the window)
                self._outcomes.put((job, False, error))
            try:
                self._finished.emit()  # without arguments: the result itself never crosses as a Qt value
            except RuntimeError:  # the window is gone
                return

    @Slot()
    def _hand_back(self) -> None:
        job, good, value = self._outcomes.get_nowait()
        if not self._closed:
            (job.then if good else job.otherwise)(value)
