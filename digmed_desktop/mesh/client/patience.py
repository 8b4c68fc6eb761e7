"""Calls of folders that may hang, as a share does whose server is away: each ends by the clock.

A call that hangs cannot be stopped. It is left behind, and while it hangs no other call is begun: what it still does
when the share comes back must not meet what a later call did.
"""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class HangingError(Exception):
    """The folder did not answer in time; the call may still be carried out."""


class Patient:
    """Makes calls in a thread of its own and waits for each no longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._hanging: threading.Event | None = None

    @property
    def hangs(self) -> bool:
        """Whether an earlier call still has not come back."""
        return self._hanging is not None and not self._hanging.is_set()

    def call(self, work: Callable[[], T]) -> T:
        """Return what ``work`` returns or raise what it raises. HangingError when it takes too long."""
        if self.hangs:
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
            self._hanging = done
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
