"""A button for what cannot be taken back: it asks first."""

import time
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton


class ConfirmedButton(QPushButton):
    """A button that asks on the first press, and acts on the second, once the question can have been read."""

    confirmed = Signal()
    READ_S: ClassVar[float] = 0.7  # a double click or a held key is one press

    def __init__(self, label: str, question: str, *, enter: bool = False) -> None:
        """``enter``: Enter presses it too, and asks."""
        super().__init__(label)
        self._label, self._question = label, question
        self._asked_at = 0.0
        self._named = label
        self.setAutoDefault(enter)
        self.forget()
        self.clicked.connect(self._press)

    def name(self, spoken: str) -> None:
        """Say what it is about, for those who hear the page."""
        self._named = spoken
        self.setAccessibleName(spoken)

    def forget(self) -> None:
        """Take the question back."""
        self.asks = False
        self.setText(self._label)
        self.setAccessibleName(self._named)

    def _press(self) -> None:
        if self.asks and time.monotonic() - self._asked_at < self.READ_S:
            return
        if self.asks:
            self.forget()
            self.confirmed.emit()
            return
        self.asks, self._asked_at = True, time.monotonic()
        self.setText(self._question)
        self.setAccessibleName(f"{self._named}: press again. {self._question}")
