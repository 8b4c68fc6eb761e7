"""Stops and warnings at the top of a form: each says what is so, and takes the reason to go on in spite of it."""

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem, facts_of, told_first
from digmed_desktop.data_files.source import OWN
from digmed_desktop.ui.tokens import SPACE, TYPE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, announce, application, breakable


def reasons() -> list[Option]:
    """Return the reasons to choose from; any other can be typed."""
    return [Option(one, one) for one in OWN.at("counter/reasons.toml", "reasons") or ()]


MOST_AT_LENGTH = 2  # open warnings with their buttons; the others are one line each
_ASKS = {False: "Continue and give a reason", True: "Continue on advice: say whose"}
_BRIEF = {False: "Give a reason", True: "Say who advised it"}
LOOK_AT = "Go to the question"


def reason_field(problem: Problem) -> tuple[Field, ChoiceEditor]:
    """Return the question why somebody goes on; who advised it, nobody can choose from a list."""
    editor = ChoiceEditor([] if problem.needs_adviser else reasons(), own_words=True)
    editor.leads_on = True
    how = (
        "Enter name, profession and advice."
        if problem.needs_adviser
        else "Choose a reason (↓), or write one."
    )
    field = Field(problem.reason_key, problem.reason_asked, editor, hint=f"{how} It stays in this pharmacy.")
    return field, editor


def fact_in_words(fact: Problem, called: Callable[[str], str]) -> str:
    """Return what is said with a warning, with the question that it is about."""
    label = called(fact.field)
    return f"{label}: {fact.sentence}" if label else fact.sentence


def tone_of(problem: Problem) -> str:
    """Return the tone of a warning: what refuses the act, or asks for advice, is a stop."""
    return "stop" if problem.refuses_act or problem.needs_adviser else "look"


class Alert(QFrame):
    """One stop or warning: at length with its buttons, or in one line."""

    reasoned = Signal(str)
    wanted = Signal()
    declined = Signal()

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__()
        tone = tone_of(problem)
        self.setProperty("tone", tone)
        self.problem = problem
        self.questions = {problem.field}  # that raised it, or of which something is said with it
        self.said = Words(problem.sentence, bold=True)
        self.said.setProperty("ink", tone)
        self.facts = Words("")  # what is said with it
        self.facts.hide()
        self.given = Words("")
        self.field, self.editor = reason_field(problem)
        self.ask = button(_ASKS[problem.needs_adviser], "link", tip="Alt+R")
        self.go = button(LOOK_AT, "link")
        self.decline = button("Not given", "link", tip="Alt+0")
        self.brief = button(_BRIEF[problem.needs_adviser] if problem.needs_reason else LOOK_AT, "link")
        self.ask.clicked.connect(lambda _on=False: self.begin())
        self.go.clicked.connect(lambda _on=False: self.wanted.emit())
        self.decline.clicked.connect(lambda _on=False: self.declined.emit())
        self.brief.clicked.connect(lambda _on=False: self.begin())
        self.editor.entered.connect(self._take)
        self.editor.left.connect(self._take)
        self._decline_key = Words("Alt+0", TYPE.small, role="quiet", wrap=False)
        self._ask_key = Words("Alt+R", TYPE.small, role="quiet", wrap=False)
        if not problem.needs_reason:
            self.ask.hide()
        self._buttons = flow(
            self.ask, self._ask_key, self.decline, self._decline_key, self.go, spacing=SPACE.medium
        )
        self._body = QVBoxLayout(self)
        self._body.setSpacing(SPACE.hair)
        line = QHBoxLayout()
        line.setSpacing(SPACE.medium)
        line.addWidget(self.said, 1)
        line.addWidget(self.brief)
        self._body.addLayout(line)
        for part in (self.facts, self.given, self.field, self._buttons):
            self._body.addWidget(part)
        self.field.hide()
        self.setAccessibleName(problem.sentence)
        self.show_keys(asks=False, declines=False)
        self._before: QWidget | None = None
        self.show_reason(reason)
        self.show_at_length(at_length=True)

    def show_reason(self, reason: str) -> None:
        """Show the reason that was given."""
        stop = self.problem.needs_adviser
        self.given.setText(breakable(f"{'Advised by' if stop else 'Reason'}: {reason}") if reason else "")
        self.given.setVisible(bool(reason))
        self.ask.setText("Change the reason" if reason else _ASKS[stop])
        if self.problem.needs_reason:
            self.brief.setText("Change the reason" if reason else _BRIEF[stop])
            self.brief.setAccessibleName(f"{self.brief.text()}: {self.problem.sentence}")
        if not self.field.isVisible():
            self.editor.set_answer(reason)

    def show_facts(self, facts: Sequence[str], questions: Collection[str] = ()) -> None:
        """Show what is said with it, of these questions."""
        self.questions = {self.problem.field, *questions}
        self.facts.setText("\n".join(facts))
        self.facts.setVisible(bool(facts))
        self.setAccessibleName(" ".join((self.problem.sentence, *facts)))

    def show_keys(self, *, asks: bool, declines: bool) -> None:
        """Show the keys where they lead to this warning: each key belongs to one."""
        self._ask_key.setVisible(asks and self.problem.needs_reason)
        self.ask.setToolTip("Alt+R" if asks else "")
        for part in (self.decline, self._decline_key):
            part.setVisible(declines)

    def show_at_length(self, *, at_length: bool) -> None:
        """Show it with its buttons, or in one line; a reason that is being written stays in view."""
        at_length = at_length or not self.field.isHidden()
        self._buttons.setVisible(at_length)
        self.brief.setVisible(not at_length)
        above = SPACE.tight if at_length else SPACE.hair
        self._body.setContentsMargins(SPACE.medium, above, SPACE.medium, above)

    @property
    def open(self) -> bool:
        """Whether something is still to be decided: a reason is missing, or the act is refused."""
        return self.problem.refuses_act or self.given.isHidden()

    def begin(self) -> None:
        """Ask for the reason; afterwards the cursor goes back to where it was. A stop leads to its question."""
        if not self.problem.needs_reason:
            self.wanted.emit()
            return
        self._before = application().focusWidget()
        self.field.show()
        self.show_at_length(at_length=True)
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
    """All stops and warnings of a form, stops first. :attr:`reasoned` carries a reason by the key of its warning."""

    reasoned = Signal(dict)
    wanted = Signal(str)  # a question to look at
    declined = Signal()  # it does not go ahead
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE.tight)
        self.more = Words("", TYPE.small, role="quiet")
        self._layout.addWidget(self.more)
        self.alerts: list[Alert] = []
        self.called: Callable[[str], str] = lambda _question: ""  # the label of a question
        self._not_given = False
        QShortcut(QKeySequence("Alt+R"), self, self.first_open)
        self.hide()

    def show_warnings(self, problems: Sequence[Problem], given: Mapping[str, str]) -> None:
        """Show the stops and warnings among these problems; a new one is read out at once."""
        told = {p.reason_key: p for p in told_first(problems) if p.needs_reason or p.refuses_act}
        for alert in [one for one in self.alerts if one.problem.reason_key not in told]:
            self.alerts.remove(alert)
            self._layout.removeWidget(alert)
            alert.hide()
            alert.deleteLater()
        here = {one.problem.reason_key: one for one in self.alerts}
        for key, problem in told.items():
            if key not in here:
                here[key] = self._made(problem, given.get(key, ""))
        self.alerts = [here[key] for key in told]
        for alert in self.alerts:
            alert.show_reason(given.get(alert.problem.reason_key, ""))
            facts = facts_of(alert.problem, problems)
            alert.show_facts([fact_in_words(p, self.called) for p in facts], [p.field for p in facts])
        self._lay()
        self.setVisible(bool(self.alerts))
        self.changed.emit()

    def offer_not_given(self, *, offered: bool) -> None:
        """Offer at the first warning that it does not go ahead."""
        self._not_given = offered
        self._lay()

    def _made(self, problem: Problem, reason: str) -> Alert:
        alert = Alert(problem, reason)
        alert.reasoned.connect(lambda text, key=problem.reason_key: self._reasoned(key, text))
        alert.wanted.connect(lambda field=problem.field: self.wanted.emit(field))
        alert.declined.connect(self.declined)
        announce(self, f"{'Stop' if problem.refuses_act else 'Warning'}. {problem.sentence}", urgent=True)
        return alert

    def _reasoned(self, key: str, text: str) -> None:
        self.reasoned.emit({key: text})
        self._lay()

    def _lay(self) -> None:
        """Put what is still open first, the first of it at length, and everything else in one line each."""
        shown = sorted(self.alerts, key=lambda one: not one.open)
        long = [one for one in shown if one.open][:MOST_AT_LENGTH]
        for place, alert in enumerate(shown):
            if self._layout.indexOf(alert) != place + (place >= len(long)):
                self._layout.insertWidget(place + (place >= len(long)), alert)
            alert.show_at_length(at_length=alert in long)
            alert.raise_()  # Tab follows the order in which they stand
        asks = self._first_asking()
        for alert in shown:
            alert.show_keys(asks=alert is asks, declines=self._not_given and alert is shown[0])
        brief = len(shown) - len(long)
        self._layout.insertWidget(len(long), self.more)
        self.more.setText(f"{brief} more" if long else "")
        self.more.setVisible(bool(brief and long))

    def first_open(self) -> None:
        """Put the cursor at the first warning without a reason."""
        if (alert := self._first_asking()) is not None:
            alert.begin()

    def _first_asking(self) -> Alert | None:
        return next((one for one in self.alerts if one.open and one.problem.needs_reason), None)
