"""Something that takes long: what it is, how far it has come, and Cancel."""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout

from digmed_desktop.background.office import Office
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.words import Notice, Words, row

T = TypeVar("T")
LOOK_EVERY_MS = 100


class LongWork(QFrame):
    """Runs one piece of work at a time beside everything else; says how it went where it ran."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._progress: Progress | None = None
        self.what = Words("", bold=True)
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress")
        self.bar.setTextVisible(True)
        self.cancel = button("Cancel")
        self.cancel.clicked.connect(self._stop)
        self.said = Notice("done")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.tight)
        layout.addWidget(self.what)
        self._running = row(self.bar, self.cancel)
        layout.addWidget(self._running)
        layout.addWidget(self.said)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        for part in (self.what, self._running, self.said):
            part.setHidden(True)

    @property
    def is_running(self) -> bool:
        """Whether something runs now."""
        return self._progress is not None

    def run(
        self,
        what: str,
        work: Callable[[Any, Progress], T],  # of the desk
        done: Callable[[T], str],
        failed: Callable[[DigMedError], None] | None = None,
    ) -> None:
        """Do ``work`` now; ``done`` returns the sentence that says what came of it."""
        if self.is_running:
            return
        progress = self._progress = Progress()
        self.what.setText(what)
        self.bar.setRange(0, 0)
        self.bar.setFormat("")
        self.said.setHidden(True)
        self.what.setHidden(False)
        self._running.setHidden(False)
        self.cancel.setEnabled(True)
        self._timer.start()
        self._office.errand(
            lambda desk: work(desk, progress),
            lambda result: self._finished(done(result), "done"),
            lambda error: self._failed(error, failed),
        )

    def say(self, sentence: str, tone: str = "done") -> None:
        """Say something in place of how the last work went."""
        self.said.say(sentence, tone=tone)
        self.said.setHidden(not sentence)

    def _failed(self, error: DigMedError, failed: Callable[[DigMedError], None] | None) -> None:
        self._finished(str(error), "look")
        if failed is not None:
            failed(error)

    def _finished(self, sentence: str, tone: str) -> None:
        self._progress = None
        self._timer.stop()
        self.what.setHidden(True)
        self._running.setHidden(True)
        self.say(sentence, tone)

    def _look(self) -> None:
        progress = self._progress
        if progress is not None and progress.total:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
            self.bar.setFormat(f"{progress.done:,} of {progress.total:,}")

    def _stop(self) -> None:
        if self._progress is not None:
            self._progress.cancel()
            self.cancel.setEnabled(False)
