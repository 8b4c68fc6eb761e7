"""Calls of folders that may hang, as a share does whose server is away: each ends by the clock.

A call that hangs cannot be stopped. It is left behind, and while it hangs no other call of the same folder is begun: what
it still does when the share comes back must not meet what a later call did. Calls of several threads take turns.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class HangingError(Exception):
    """The folder did not answer in time; the call may still be carried out."""


class _Gate:
    """One folder, for all threads of the program: one call at a time, none while one hangs."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.hanging: threading.Event | None = None

    @property
    def is_hanging(self) -> bool:
        return self.hanging is not None and not self.hanging.is_set()


_gates: dict[str, _Gate] = {}
_gates_lock = threading.Lock()


class Patient:
    """Makes calls of a folder in a thread of its own and waits for each no longer than ``seconds``."""

    def __init__(self, folder: str, seconds: float) -> None:
        self._seconds = seconds
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        with _gates_lock:
            self._gate = _gates.setdefault(folder, _Gate())

    @property
    def hangs(self) -> bool:
        """Whether an earlier call still has not come back."""
        return self._gate.is_hanging

    def call(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns or raise what it raises. HangingError when it takes too long."""
        if not self._gate.lock.acquire(timeout=self._seconds):
            raise HangingError
        try:
            return self._call(work)
        finally:
            self._gate.lock.release()

    def _call(self, work: Callable[[], T]) -> T:
        if self._gate.is_hanging:
            raise HangingError
        done = threading.Event()
        results: list[T] = []
        faults: list[BaseException] = []

        def job() -> None:
            try:
                results.append(work())
            except BaseException as error:  # noqa: BLE001  (carried to who waits for it)
                faults.append(error)
            finally:
                done.set()

        self._begin()
        self._jobs.put(job)
        if not done.wait(self._seconds):
            self._gate.hanging = done
            raise HangingError
        if faults:
            raise faults[0]
        return results[0]

    def close(self) -> None:
        """Let the thread end once it has nothing to do."""
        self._jobs.put(None)
        self._thread = None

    def _begin(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._jobs = SimpleQueue()
            self._thread = threading.Thread(
                target=_work, args=(self._jobs,), name="mesh-folders", daemon=True
            )
            self._thread.start()


def _work(jobs: "SimpleQueue[Any]") -> None:
    while (job := jobs.get()) is not None:
        job()
