"""The open warning about the question at the cursor, else the first, while its own words are scrolled out of view."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout
from shiboken6 import isValid

from digmed_desktop.ui.forms.alerts import Alert, Alerts, tone_of
from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.tokens import SPACE, TYPE
from digmed_desktop.ui.widgets.words import Words, breakable, set_property


class WarningLine(QFrame):
    """Says one open warning wherever the form is scrolled to, and how many others are open."""

    def __init__(self, alerts: Alerts, view: FormView) -> None:
        super().__init__()
        self._alerts, self._view = alerts, view
        self.said = Words("", bold=True)
        self.others = Words("", TYPE.small, role="quiet", wrap=False)
        self._silent: Words | None = (
            None  # half out of view under it: the same words do not stand there twice
        )
        self.setProperty("bleeds", "true")
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE.wide, SPACE.hair, SPACE.medium, SPACE.hair)
        line.setSpacing(SPACE.medium)
        line.addWidget(self.said, 1)
        line.addWidget(self.others)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.follow)
        alerts.changed.connect(self._soon.start)
        view.verticalScrollBar().valueChanged.connect(self._soon.start)
        view.verticalScrollBar().rangeChanged.connect(self._soon.start)
        view.cursor_at.connect(lambda _question: self._soon.start())
        self.hide()

    def follow(self) -> None:
        """Show the warning while its own words are out of view."""
        open_ = [alert for alert in self._alerts.alerts if alert.open]
        alert = self._first(open_)
        shown = alert is not None and not self._in_view(alert.said)
        if alert is not None and shown:
            problem = alert.problem
            tone = tone_of(problem)
            set_property(self, "tone", tone)
            set_property(self.said, "ink", tone)
            self.said.setText(breakable(problem.sentence))
            self.others.setText(f"{len(open_) - 1} more" if len(open_) > 1 else "")
            self.setAccessibleName(problem.sentence)
        self._say_once(alert.said if alert is not None and shown else None)
        if shown == self.isHidden():
            self.setVisible(shown)
            QTimer.singleShot(0, self._view, self._view.keep_cursor_in_view)

    def _say_once(self, said: Words | None) -> None:
        """Blank the words that this line says; they keep their place."""
        before, self._silent = self._silent, said
        if before is not None and before is not said and isValid(before):
            before.show()
        if said is not None:
            policy = said.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            said.setSizePolicy(policy)
            said.hide()

    def _first(self, alerts: Sequence[Alert]) -> Alert | None:
        """Return the warning that the question at the cursor raised, else the one to be decided first."""
        here = (alert for alert in alerts if self._view.at in alert.questions)
        return next(here, alerts[0] if alerts else None)

    def _in_view(self, words: Words) -> bool:
        port = self._view.viewport()
        if not self._view.isAncestorOf(words):
            return False
        room = port.height() + (self.height() if self.isVisible() else 0)
        top = words.mapTo(port, QPoint(0, 0)).y()
        return top >= 0 and top + words.height() <= room
