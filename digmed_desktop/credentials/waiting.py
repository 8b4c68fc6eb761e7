"""Calls the keyring without waiting for ever: a back-end may hang, or wait for a person who is not there."""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds. A locked keyring shows a prompt of its own, and a person has to find it and type a password."""


class NoAnswerError(Exception):
    """The call did not end in time. It goes on beside the program; nobody waits for it any more."""


class _Line:
    """The calls of the program to the keyring: one at a time, so that those that hang do not pile up."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    def call(self, work: Callable[[], T], patience: float) -> T:
        """Return what ``work`` returns, or raise what it raises; NoAnswerError after ``patience`` seconds."""
        until = time.monotonic() + patience
        if not self._free.acquire(timeout=patience):  # an earlier call still hangs
            raise NoAnswerError
        outcome: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

        def run() -> None:
            try:
                outcome.put((True, work()))
            except Exception as error:  # noqa: BLE001  (raised again by the thread that asked)
                outcome.put((False, error))
            finally:
                self._free.release()

        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            good, value = outcome.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            raise NoAnswerError from None
        if not good:
            raise value
        return value  # type: ignore[no-any-return]


_line = _Line()


def call(work: Callable[[], T]) -> T:
    """Do ``work`` on a thread of its own and return its result. Raises NoAnswerError after :data:`PATIENCE`."""
    return _line.call(work, PATIENCE)
