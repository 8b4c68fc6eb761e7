"""Clinical warnings at the top of a form: each says what is so, and takes the reason to go on in spite of it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.data_files.source import OWN
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.field import SMALL, Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, announce, application


def reasons() -> list[Option]:
    """Return the reasons to choose from; any other can be typed."""
    return [Option(one, one) for one in OWN.at("counter/reasons.toml", "reasons") or ()]


_ASKS = {False: "Continue and give a reason", True: "Continue on advice: say whose"}


def reason_field(problem: Problem) -> tuple[Field, ChoiceEditor]:
    """Return the question why somebody goes on; who advised it, nobody can choose from a list."""
    editor = ChoiceEditor([] if problem.needs_adviser else reasons())
    editor.leads_on = True
    how = "Name, profession and what was said." if problem.needs_adviser else "Choose, or write."
    field = Field(problem.reason_key, problem.reason_asked, editor, hint=f"{how} It is kept here.")
    return field, editor


class Alert(QFrame):
    """One warning."""

    reasoned = Signal(str)
    wanted = Signal()

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__()
        tone = "stop" if problem.needs_adviser else "look"
        self.setProperty("tone", tone)
        self.problem = problem
        self.said = Words(problem.sentence, bold=True)
        self.said.setProperty("ink", tone)
        self.given = Words("")
        self.field, self.editor = reason_field(problem)
        self.ask = button(_ASKS[problem.needs_adviser], "link", tip="Alt+R")
        self.go = button("Go to the question", "link")
        self.ask.clicked.connect(lambda _on=False: self.begin())
        self.go.clicked.connect(lambda _on=False: self.wanted.emit())
        self.editor.entered.connect(self._take)
        self.editor.left.connect(self._take)
        key = Words("Alt+R", SMALL, role="quiet", wrap=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        for part in (self.said, self.given, self.field, flow(self.ask, key, self.go, spacing=12)):
            layout.addWidget(part)
        self.field.hide()
        self.setAccessibleName(problem.sentence)
        self._before: QWidget | None = None
        self.show_reason(reason)

    def show_reason(self, reason: str) -> None:
        """Show the reason that was given."""
        stop = self.problem.needs_adviser
        self.given.setText(f"{'Advised by' if stop else 'Reason'}: {reason}" if reason else "")
        self.given.setVisible(bool(reason))
        self.ask.setText("Change the reason" if reason else _ASKS[stop])
        if not self.field.isVisible():
            self.editor.set_answer(reason)

    @property
    def open(self) -> bool:
        """Whether a reason is still to be given."""
        return self.given.isHidden()

    def begin(self) -> None:
        """Ask for the reason; afterwards the cursor goes back to where it was."""
        self._before = application().focusWidget()
        self.field.show()
        self.editor.focus()

    def _take(self) -> None:
        reason = self.editor.answer().strip()
        if not self.problem.takes(reason) or self.field.isHidden():
            return
        self.field.hide()
        self.show_reason(reason)
        self.reasoned.emit(reason)
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)


class Alerts(QWidget):
    """All clinical warnings of a form. :attr:`reasoned` carries a reason by the key of its warning."""

    reasoned = Signal(dict)
    wanted = Signal(str)  # a question to look at
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self.alerts: list[Alert] = []
        QShortcut(QKeySequence("Alt+R"), self, self.first_open)
        self.hide()

    def show_warnings(self, problems: Sequence[Problem], given: Mapping[str, str]) -> None:
        """Show the warnings among these problems; a new one is read out at once."""
        warnings = {p.reason_key: p for p in problems if p.needs_reason}
        for alert in [one for one in self.alerts if one.problem.reason_key not in warnings]:
            self.alerts.remove(alert)
            self._layout.removeWidget(alert)
            alert.hide()
            alert.deleteLater()
        here = {one.problem.reason_key for one in self.alerts}
        for key, problem in warnings.items():
            if key not in here:
                self._add(problem, given.get(key, ""))
        for alert in self.alerts:
            alert.show_reason(given.get(alert.problem.reason_key, ""))
        self.setVisible(bool(self.alerts))
        self.changed.emit()

    def _add(self, problem: Problem, reason: str) -> None:
        alert = Alert(problem, reason)
        alert.reasoned.connect(lambda text, key=problem.reason_key: self.reasoned.emit({key: text}))
        alert.wanted.connect(lambda field=problem.field: self.wanted.emit(field))
        self.alerts.append(alert)
        self._layout.addWidget(alert)
        announce(self, f"Warning. {problem.sentence}", urgent=True)

    def first_open(self) -> None:
        """Put the cursor at the first warning without a reason."""
        for alert in self.alerts:
            if alert.open:
                alert.begin()
                return
