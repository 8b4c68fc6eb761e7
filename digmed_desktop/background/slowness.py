"""Notice when an answer takes longer than a person waits without a sign."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

T = TypeVar("T")


class Slowness(QObject):
    """Counts what was asked and is not answered; :attr:`changed` says whether any of it takes long."""

    changed = Signal(bool)
    AFTER_S: ClassVar[float] = 1.0
    LOOK_MS: ClassVar[int] = 200

    def __init__(self) -> None:
        super().__init__()
        self._asked: dict[int, float] = {}  # when, by number
        self._of_ticket: dict[str, int] = {}  # the number of the newest question, by ticket
        self._number = 0
        self.is_slow = False
        self._timer = QTimer(self, interval=self.LOOK_MS)
        self._timer.timeout.connect(self._look)

    def awaited(
        self, then: Callable[[T], None], otherwise: Callable[[Exception], None], ticket: str = ""
    ) -> tuple[Callable[[T], None], Callable[[Exception], None]]:
        """Count a question as asked now; return what to call with its answer or error.

        A question with a ``ticket`` takes the place of an earlier one, as in a lane: nobody waits for that any more.
        """
        self._number += 1
        number = self._number
        if ticket:
            self._asked.pop(self._of_ticket.get(ticket, 0), None)
            self._of_ticket[ticket] = number
        self._asked[number] = time.monotonic()
        if not self._timer.isActive():
            self._timer.start()

        def answered(value: T) -> None:
            self._over(number)
            then(value)

        def failed(error: Exception) -> None:
            self._over(number)
            otherwise(error)

        return answered, failed

    @contextmanager
    def of_the_window(self) -> Iterator[None]:
        """Say that something takes long from the first moment: the window's own thread does it and notices nothing."""
        self._number += 1
        number = self._number
        self._asked[number] = float("-inf")
        self._look()
        try:
            yield
        finally:
            self._over(number)

    def _over(self, number: int) -> None:
        self._asked.pop(number, None)
        if not self._asked:
            self._timer.stop()
        if self.is_slow:
            self._look()

    def _look(self) -> None:
        oldest = min(self._asked.values(), default=None)
        slow = oldest is not None and time.monotonic() - oldest > self.AFTER_S
        if slow != self.is_slow:
            self.is_slow = slow
            self.changed.emit(slow)
