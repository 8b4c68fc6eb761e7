"""One incident on its page: what happened, each step with who took it, and what can be done about it."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.desk.views.incidents import IncidentView, StepView, words_of
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import LinesEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.words import Words, application, breakable, heading, quiet


class Ask(StrEnum):
    """An act that asks for words."""

    DONE = "done"
    NOT_NEEDED = "not-needed"
    NOTE = "note"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Question of an act: its button, its words, and a hint."""

    button: str
    question: str
    hint: str = ""


_ASKED = {
    Ask.DONE: Asked("Mark as done", "Note (optional)", "Who you spoke to, or a reference."),
    Ask.NOT_NEEDED: Asked("Mark as not needed", "Why is this not needed?"),
    Ask.NOTE: Asked("Add the note", "Note"),
    Ask.CLOSE: Asked("Close the incident", "What was the outcome?"),
    Ask.REOPEN: Asked("Open again", "Why do you open it again?"),
}


class AskPanel(QWidget):
    """Asks for the words of one act."""

    decided = Signal(object, str, str)  # Ask, the step, the words

    def __init__(self) -> None:
        super().__init__()
        self._ask, self._step = Ask.NOTE, ""
        self.head = Words("", bold=True)
        self.words = LinesEditor(2)
        self.field = Field("incident.words", "Note", self.words)
        self.go, self.cancel = button("Add the note", "primary"), button("Cancel")
        self.go.clicked.connect(lambda: self.decided.emit(self._ask, self._step, self.words.answer()))
        self.cancel.clicked.connect(self.put_away)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.head, self.field, flow(self.go, self.cancel)):
            layout.addWidget(widget)
        self.setVisible(False)

    def ask(self, what: Ask, step: StepView | None) -> None:
        """Ask for the words of an act, on a step or on the whole incident."""
        if self.isHidden() or (what, step.id if step else "") != self.about:
            self.words.set_answer("")
        self._ask, self._step = what, step.id if step else ""
        asked = _ASKED[what]
        self.head.setText(step.what if step else "")
        self.head.setVisible(step is not None)
        self.field.label.setText(asked.question)
        self.field.label_text = asked.question
        self.field.say("")
        self.go.setText(asked.button)
        self.go.setAccessibleName(asked.button)
        self.setVisible(True)
        self.words.setToolTip(asked.hint)
        self.words.focus()

    @property
    def about(self) -> tuple[Ask, str]:
        """The act and the step that it asks about."""
        return self._ask, self._step

    def put_away(self) -> None:
        """Ask about nothing any more."""
        self.words.set_answer("")
        self.setVisible(False)


class IncidentCard(QFrame):
    """Shows one incident; nothing until one is opened."""

    decided = Signal(object, str, str)  # Ask, the step, the words
    asks = Signal()  # the panel came into its place
    linked = Signal(str)  # the number of the notification
    who_had = Signal(str)  # the number of a batch
    opened = Signal(int)  # the notification that it is about
    printed, saved, put_away = Signal(), Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.view: IncidentView | None = None
        self.head, self.standing = heading(""), Words("", bold=True)
        self._facts_holder, self._facts = table((1, 4))
        self._steps_holder, self._steps = table((2, 7, 4), between_rows=SPACE.medium)
        self.panel = AskPanel()
        self.panel.decided.connect(self.decided)
        self.record = ChoiceEditor(())
        self.linking = Field("incident.record", "Record that it is about", self.record)
        self.link = button("Link this record")
        self.link.clicked.connect(lambda: self.linked.emit(self.record.answer()))
        self._notes = QVBoxLayout()
        self._buttons = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.card)
        layout.setSpacing(SPACE.medium)
        for widget in (self.head, self.standing, self._facts_holder, self.linking, self.link):
            layout.addWidget(widget)
        layout.addWidget(self._steps_holder)
        layout.addLayout(self._notes)
        layout.addLayout(self._buttons)
        self._foot = QVBoxLayout()
        layout.addLayout(self._foot)
        self._foot.addWidget(self.panel)
        self.setVisible(False)

    def show_view(self, view: IncidentView, not_close: str) -> None:
        """Show an incident as it stands now; ``not_close`` says why this person may not close it, or ``""``."""
        if self.view is None or self.view.id != view.id:
            self.panel.put_away()
        typed_in = self.panel.isAncestorOf(application().focusWidget() or self)
        self.view = view
        asks = not self.panel.isHidden()
        self._foot.addWidget(self.panel)  # out of the rows, which are made anew
        self.panel.setVisible(asks)
        is_open = view.incident.is_open
        self.head.setText(view.title)
        self.standing.setText(view.standing)
        self.standing.setProperty("ink", "look" if is_open else "done")
        for layout in (self._facts, self._steps, self._notes, self._buttons):
            empty(layout)
        for place, (label, values) in enumerate(view.facts):
            self._facts.addWidget(_on_top(quiet(label)), place, 0)
            self._facts.addWidget(Words(breakable("\n".join(values))), place, 1)
        for place, step in enumerate(view.steps):
            self._add_step(place, step, is_open=is_open)
        for one in view.notes:
            self._notes.addWidget(Words(breakable(words_of(one))))
        self.record.set_options(view.candidates)
        self.linking.setVisible(bool(view.candidates))
        self.link.setVisible(bool(view.candidates))
        self._buttons.addWidget(self._make_buttons(view, may_close=not not_close))
        if not_close and is_open:
            self._buttons.addWidget(quiet(not_close))
        self.setVisible(True)
        self._put_panel()
        if typed_in and not self.panel.isHidden():
            self.panel.words.focus()

    def _put_panel(self) -> None:
        """Put the panel under the step that it asks about; what is about the whole incident stands under its buttons."""
        _ask, step = self.panel.about
        shown = not self.panel.isHidden()
        steps = self.view.steps if self.view is not None and shown else ()
        place = next((place for place, one in enumerate(steps) if one.id == step), None)
        if place is not None:
            self._steps.addWidget(self.panel, 2 * place + 1, 0, 1, -1)
        else:
            self._foot.addWidget(self.panel)
        self.panel.setVisible(shown)  # a widget that goes to another place is hidden on the way

    def refuse(self, sentence: str) -> None:
        """Say why something was not done; what is typed stays."""
        shown = self.panel.field if not self.panel.isHidden() else self.linking
        shown.say(sentence)

    def close_card(self) -> None:
        """Show no incident any more."""
        self.view = None
        self.panel.put_away()
        self.setVisible(False)

    def _add_step(self, place: int, step: StepView, *, is_open: bool) -> None:
        line = 2 * place  # the panel has the line after it
        self._steps.addWidget(_on_top(Words(step.when, bold=True)), line, 0)
        said = QWidget()
        column = QVBoxLayout(said)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.hair)
        column.addWidget(Words(f"{step.place}: {step.what}" if step.place else step.what))
        for text in (step.how, step.standing):
            if text:
                column.addWidget(quiet(breakable(text)))
        self._steps.addWidget(said, line, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        settled = Words(breakable(f"✓ {step.settled}" if step.settled else "● To be done"))
        settled.setProperty("ink", "done" if step.settled else "look")
        column.addWidget(settled)
        if is_open and step.when:
            buttons = [self._asking(Ask.DONE, "Done …", step)]
            if not step.settled:
                buttons.append(self._asking(Ask.NOT_NEEDED, "Not needed …", step))
            column.addWidget(flow(*buttons))
        column.addStretch(1)
        self._steps.addWidget(right, line, 2)

    def _asking(self, what: Ask, text: str, step: StepView | None = None) -> QWidget:
        made = button(text)
        made.setAccessibleName(f"{text} {step.what}" if step else text)
        made.clicked.connect(lambda: self._begin(what, step, made))
        return made

    def _begin(self, what: Ask, step: StepView | None, pressed: QWidget) -> None:
        """Ask for the words of an act, right under what was pressed; Tab goes there from it and on to the buttons."""
        self.panel.ask(what, step)
        self._put_panel()
        last = pressed
        for part in (self.panel.words.box, self.panel.go, self.panel.cancel):
            QWidget.setTabOrder(last, part)
            last = part
        self.panel.words.focus()
        self.asks.emit()

    def _make_buttons(self, view: IncidentView, *, may_close: bool) -> QWidget:
        made: list[QWidget] = []
        if view.incident.is_open:
            made.append(self._asking(Ask.NOTE, "Add a note …"))
        if may_close:
            made.append(
                self._asking(Ask.CLOSE, "Close …")
                if view.incident.is_open
                else self._asking(Ask.REOPEN, "Open again …")
            )
        about = view.incident.notification
        if about is not None:
            record = button("Open the record")
            record.clicked.connect(lambda: self.opened.emit(about))
            made.append(record)
        for one in view.batches:
            had = button(f"Who had {one.number}")
            had.clicked.connect(lambda _on=False, number=one.number: self.who_had.emit(number))
            made.append(had)
        for text, signal in (
            ("Print …", self.printed),
            ("Save as PDF …", self.saved),
            ("Put away", self.put_away),
        ):
            act = button(text)
            act.setAccessibleName(f"{text} {view.title}")
            act.clicked.connect(signal.emit)
            made.append(act)
        return flow(*made)


def _on_top(words: Words) -> Words:
    """Return a label whose text stands beside the first line of its neighbour."""
    words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return words
