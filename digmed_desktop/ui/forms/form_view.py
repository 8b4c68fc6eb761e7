"""A whole form: groups of questions, the summary of problems on top, conditional questions, answers as plain text."""

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from digmed_desktop.clinical.form import FieldKind, Form, FormField, Option
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.ui.forms.editor_for import editor_for
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field, Level
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.problem_summary import ProblemSummary
from digmed_desktop.ui.widgets.words import application, heading, title

Lists = Mapping[str, Sequence[Option]]


def _list_of(question: FormField) -> str:
    return question.options_from or ("people" if question.kind is FieldKind.PERSON else "")


class FormView(QScrollArea):
    """Draws a :class:`Form`. :attr:`edited` follows every change; it holds all answers, also those out of view."""

    edited = Signal(str)
    left = Signal(str)

    def __init__(self, form: Form, lists: Lists) -> None:
        super().__init__()
        self.form = form
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.fields: dict[str, Field] = {}
        self._groups: dict[str, tuple[QWidget, list[str]]] = {}
        self._touched: set[str] = set()
        self._unasked: frozenset[str] = frozenset()
        self._problems: Sequence[Problem] = ()
        self._tell_all = False
        self._fresh = False  # whether the problems are those of the answers as they are now
        page = QWidget()
        page.setObjectName("page")
        self._layout = QVBoxLayout(page)
        self._layout.setContentsMargins(24, 16, 24, 24)
        self._layout.setSpacing(16)
        self._layout.addWidget(title(form.title))
        self.summary = ProblemSummary()
        self.summary.chosen.connect(self.focus_field)
        self._layout.addWidget(self.summary)
        for group in form.groups:
            self._layout.addWidget(self._group(group.id, group.title, group.fields, lists))
        self._layout.addStretch(1)
        self.setWidget(page)
        self._show_asked()
        application().focusChanged.connect(self._follow_focus)

    def _group(
        self, group_id: str, group_title: str, questions: Sequence[FormField], lists: Lists
    ) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(14)
        layout.addWidget(heading(group_title))
        waiting: Field | None = None
        for question in questions:
            field = self._field(question, lists)
            if question.half and waiting is not None:
                layout.addWidget(Pair(waiting, field))
                waiting = None
                continue
            if waiting is not None:
                layout.addWidget(waiting)
                waiting = None
            if question.half:
                waiting = field
            else:
                layout.addWidget(field)
        if waiting is not None:
            layout.addWidget(waiting)
        self._groups[group_id] = (holder, [q.id for q in questions])
        return holder

    def _field(self, question: FormField, lists: Lists) -> Field:
        named = _list_of(question)
        options = lists.get(named, ()) if named else question.options
        field = Field(
            question.id,
            question.label,
            editor_for(question, options),
            hint=question.hint,
            to_gp=question.to_gp,
            optional=not question.required and question.shown is None,
        )
        field.edited.connect(self._edited)
        field.left.connect(self._left)
        self.fields[question.id] = field
        return field

    def answers(self) -> dict[str, str]:
        """Return every answer, also those of questions not asked now, so that nothing typed is lost."""
        return {key: field.editor.answer() for key, field in self.fields.items()}

    def set_answers(self, answers: Mapping[str, str], *, keep_rest: bool = False) -> None:
        """Show these answers; a question not named is emptied unless ``keep_rest``."""
        for key, field in self.fields.items():
            if key in answers or not keep_rest:
                field.editor.set_answer(answers.get(key, ""))
        self._show_asked()

    def set_options(self, list_name: str, options: Sequence[Option]) -> None:
        """Offer another list to the questions that take their options from ``list_name``."""
        for question in self.form.fields():
            editor = self.fields[question.id].editor
            if _list_of(question) == list_name and isinstance(editor, (ChoiceEditor, RadioEditor)):
                editor.set_options(options)

    def leave_out(self, questions: frozenset[str]) -> None:
        """Do not show these questions from now on; what was answered in them stays."""
        self._unasked = questions
        self._show_asked()

    def complete(self, field_id: str, choices: Sequence[str]) -> None:
        """Offer texts while one is typed."""
        cast("TextEditor", self.fields[field_id].editor).complete_from(choices)

    def start(self) -> None:
        """Forget what was said and touched: a new form."""
        self._touched.clear()
        self._tell_all = False
        self._problems = ()
        self._show_problems()
        self.verticalScrollBar().setValue(0)

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Take the present problems. Those of a field show once it was left, all of them after :meth:`tell_all`."""
        self._problems = problems
        self._fresh = True
        self._show_problems()

    def tell_all(self) -> bool:
        """Show every problem, go to the first that stops, and return whether none does."""
        self._tell_all = True
        self._show_problems()
        stops = [p for p in self._problems if p.severity is Severity.STOP]
        if stops:
            self.verticalScrollBar().setValue(0)
            self.focus_field(stops[0].field)
        return not stops

    def focus_field(self, field_id: str) -> None:
        """Put the cursor at a field and bring all of it into view."""
        field = self.fields.get(field_id)
        if field is None:
            field = next((f for key, f in self.fields.items() if field_id and key.startswith(field_id)), None)
        if field is None or field.isHidden():
            return
        field.editor.focus()
        self.ensureWidgetVisible(field, 20, 40)

    def _edited(self, field_id: str) -> None:
        self._fresh = False
        self._show_asked()
        self.edited.emit(field_id)

    def _left(self, field_id: str) -> None:
        self._touched.add(field_id)
        if self._fresh:
            QTimer.singleShot(0, self._show_problems)
        self.left.emit(field_id)

    def _show_asked(self) -> None:
        asked = self.form.asked(self.answers()) - self._unasked
        for key, field in self.fields.items():
            if field.isHidden() == (key in asked):
                field.setVisible(key in asked)
        for holder, keys in self._groups.values():
            holder.setVisible(any(key in asked for key in keys))

    def _show_problems(self) -> None:
        by_field: dict[str, Problem] = {}
        for problem in self._problems:
            told = self._tell_all or self._is_told(problem)
            if told and (problem.field not in by_field or problem.severity is Severity.STOP):
                by_field.setdefault(problem.field, problem)
        for key, field in self.fields.items():
            found = by_field.get(key)
            level = Level.STOP if found is None or found.severity is Severity.STOP else Level.LOOK
            if field.sentence != (found.sentence if found else ""):
                field.say(found.sentence if found else "", level)
        self.summary.show_problems(self._problems if self._tell_all else ())

    def _is_told(self, problem: Problem) -> bool:
        field = self.fields.get(problem.field)
        return field is not None and problem.field in self._touched and bool(field.editor.answer())

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        page = self.widget()
        if now is None or page is None or not self.isVisible() or not page.isAncestorOf(now):
            return
        owner: QWidget | None = now
        while owner is not None and not isinstance(owner, Field):
            owner = owner.parentWidget()
        self.ensureWidgetVisible(owner or now, 20, 24)
