"""A whole form: groups of questions, the summary of problems on top, conditional questions, answers as plain text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from digmed_desktop.clinical.answers import is_blank
from digmed_desktop.clinical.form import FieldKind, Form, FormField, Group, Option
from digmed_desktop.clinical.problem import Problem, Severity, is_warned_of
from digmed_desktop.clinical.reading import LawSaid
from digmed_desktop.ui.forms.editor_for import editor_for
from digmed_desktop.ui.forms.repeating import AddBar, CopyHead, LawPanel, copy_number, repeats_of, step, stops
from digmed_desktop.ui.tokens import INSET, SIZE, SPACE
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor, RowEditor
from digmed_desktop.ui.widgets.editors import Editor, TextEditor
from digmed_desktop.ui.widgets.field import Field, Level, RowField
from digmed_desktop.ui.widgets.medicine import MedicineEditor
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.problem_summary import ProblemSummary
from digmed_desktop.ui.widgets.words import application, heading, title

Lists = Mapping[str, Sequence[Option]]
SEE_WARNING = "See the warning above the questions."


def _list_of(question: FormField) -> str:
    return question.options_from or ("people" if question.kind is FieldKind.PERSON else "")


class FormView(QScrollArea):
    """Draws a :class:`Form`. :attr:`edited` follows every change; it holds all answers, also those out of view.

    A group that repeats is drawn once for each copy that the answers have, with buttons for one more and one less.
    """

    TITLED = True  # whether its name stands above it

    edited = Signal(str)
    left = Signal(str)
    finished = Signal()  # Enter, and nothing is open any more
    cursor_at = Signal(str)  # the question that has the cursor now
    asks = Signal(str, str)  # a field that is searched while it is typed, and what was typed
    picked = Signal(str, object, bool)  # a field, the medicine picked there, whether another stood there

    def __init__(
        self,
        form: Form,
        lists: Lists,
        now: Callable[[], datetime],
        top: Sequence[QWidget] = (),
        before: Mapping[str, QWidget] | None = None,
    ) -> None:
        """Draw ``form``; ``top`` stands above all groups, ``before`` holds what stands first in a group.

        ``now`` is the program's clock.
        """
        super().__init__()
        self._now = now
        self._template, self.form = form, form.laid_out({})
        self._lists = lists
        self._repeats = repeats_of(form)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.fields: dict[str, Field] = {}
        self._groups: dict[str, tuple[QWidget, list[str]]] = {}
        self.law_panels: dict[str, LawPanel] = {}
        self._touched: set[str] = set()
        self._unasked: frozenset[str] = frozenset()
        self._problems: Sequence[Problem] = ()
        self._tell_all = False
        self.detours: dict[str, Callable[[], None]] = {}  # where an open question is best answered instead
        self._at = ""  # the question that had the cursor last
        self._fresh = False  # whether the problems are those of the answers as they are now
        page = QWidget()
        page.setObjectName("page")
        self._layout = QVBoxLayout(page)
        self._layout.setContentsMargins(*INSET.page)
        self._layout.setSpacing(SPACE.large)
        self.setWidget(page)  # while it is empty: a full one would be measured here, before it has its look
        self.setAccessibleName(form.title)
        if self.TITLED:
            self._layout.addWidget(title(form.title))
        self.summary = ProblemSummary()
        self.summary.chosen.connect(self.focus_field)
        self._layout.addWidget(self.summary)
        self._before = before or {}
        for widget in top:
            self._layout.addWidget(widget)
        self._first = self._layout.count()
        self._layout.addStretch(1)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab never stops at what cannot be seen
        page.installEventFilter(self)
        self._show_asked()
        application().focusChanged.connect(self._follow_focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            QTimer.singleShot(0, self, self.keep_cursor_in_view)
        return super().eventFilter(watched, event)

    @property
    def at(self) -> str:
        """The question that had the cursor last."""
        return self._at

    def keep_cursor_in_view(self) -> None:
        """Follow the cursor once the page has grown or shrunk: what is typed is always seen."""
        self._follow_focus(None, application().focusWidget())

    def order(self) -> Sequence[FormField]:
        """Return the questions in the order in which they stand."""
        return tuple(self.form.fields())

    def _lay_out(self) -> None:
        """Make the groups that the form has now and are not there yet, and take away those it no longer has."""
        wanted = {group.id for group in self.form.groups}
        for key in [key for key in self._groups if key not in wanted]:
            holder, questions = self._groups.pop(key)
            self.law_panels.pop(key, None)
            for question in questions:
                del self.fields[question]
            holder.hide()
            holder.deleteLater()
        place = self._first
        for group in self.form.groups:
            if group.id not in self._groups:
                self._layout.insertWidget(place, self._group(group))
            place = self._layout.indexOf(self._groups[group.id][0]) + 1
            repeat = self._repeats.get(group.copy_of)
            if repeat is not None:
                repeat.told(group)
                if group.id == f"{group.copy_of}.{repeat.number}":
                    if repeat.bar is None:
                        repeat.bar = AddBar(repeat.add)
                        repeat.bar.chosen.connect(lambda of=group.copy_of: self.add_copy(of))
                        repeat.bar.undone.connect(partial(self._put_back, group.copy_of))
                    self._layout.removeWidget(repeat.bar)
                    self._layout.insertWidget(self._layout.indexOf(self._groups[group.id][0]) + 1, repeat.bar)
                    repeat.bar.allow(more=repeat.number < repeat.most)
                    place = self._layout.indexOf(repeat.bar) + 1
        if self._repeats:
            self.fields = {q.id: self.fields[q.id] for q in self.form.fields()}

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's own name and shape
        if self._repeats:
            chain = stops(self.form, self.fields, self._repeats, self.summary.lines())
            if step(self, chain, forward=next):
                return True
        return super().focusNextPrevChild(next)

    def add_copy(self, group_id: str) -> None:
        """Ask a repeating group once more, and put the cursor at it."""
        repeat = self._repeats[group_id]
        if repeat.number < repeat.most:
            answers = {**self.answers(), repeat.count_id: str(repeat.number + 1)}
            fresh = {
                q.id: q.default
                for q in self._template.laid_out(answers).fields()
                if q.default and q.id not in answers
            }
            self.set_answers({**answers, **fresh})
            self.edited.emit(repeat.count_id)
            self.focus_field(f"{group_id}.{repeat.number}.")

    def remove_copy(self, group_id: str, number: int) -> None:
        """Take one copy of a repeating group away; it can be put back."""
        repeat = self._repeats[group_id]
        before = self.answers()
        self._touched = {key for key in self._touched if not key.startswith(f"{group_id}.")}
        self.set_answers(repeat.without(before, number))
        if repeat.bar is not None:
            copy, sentence = repeat.of_copy(before, number), f"{repeat.title} {number} was taken away."
            repeat.bar.offer_undo(number, copy, sentence)
        self.edited.emit(repeat.count_id)

    def _put_back(self, group_id: str, number: int, copy: dict[str, str]) -> None:
        """Put a copy that was taken away where it was; nothing else changes."""
        repeat = self._repeats[group_id]
        self.set_answers(repeat.with_copy(self.answers(), number, copy))
        self.edited.emit(repeat.count_id)

    def put_after(self, field_id: str, widget: QWidget) -> None:
        """Put something that belongs to a question under its whole line, also where two questions share it."""
        line: QWidget = self.fields[field_id]
        parent = line.parentWidget()
        if isinstance(parent, Pair):
            line, parent = parent, parent.parentWidget()
        layout = parent.layout() if parent is not None else None
        if not isinstance(layout, QVBoxLayout):
            raise TypeError("the questions of a group are one below the other")
        layout.insertWidget(layout.indexOf(line) + 1, widget)
        on_line = [f for f in self.fields.values() if f is line or line.isAncestorOf(f)]
        last = on_line[-1].editor.parts()[-1]
        for part in widget.findChildren(QWidget):  # Tab goes on in the order in which it is read
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
                QWidget.setTabOrder(last, part)
                last = part

    def set_law(self, said: Sequence[LawSaid]) -> None:
        """Show what the law says of each copy of a repeating group."""
        for key, panel in self.law_panels.items():
            panel.show_said([one for one in said if one.field.startswith(f"{key}.")])

    def _group(self, group: Group) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, SPACE.small, 0, 0)
        layout.setSpacing(SPACE.medium)
        repeat = self._repeats.get(group.copy_of)
        if repeat is not None:
            head = CopyHead(group)
            remove = partial(self.remove_copy, group.copy_of, copy_number(group))
            head.remove.clicked.connect(lambda _on=False, do=remove: do())
            repeat.heads[group.id] = head
            layout.addWidget(head)
        else:
            layout.addWidget(heading(group.title))
        if group.id in self._before:
            layout.addWidget(self._before[group.id])
        questions = group.fields
        waiting: Field | None = None
        for question in questions:
            field = self._field(question, self._lists)
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
        if repeat is not None:
            self.law_panels[group.id] = LawPanel()
            layout.addWidget(self.law_panels[group.id])
        self._groups[group.id] = (holder, [q.id for q in questions])
        return holder

    def _field(self, question: FormField, lists: Lists, *, row: bool = False) -> Field:
        named = _list_of(question)
        options = lists.get(named, ()) if named else question.options
        editor = self._editor(question, options, row=row)
        field = (RowField if isinstance(editor, RowEditor) else Field)(
            question.id,
            question.label,
            editor,
            hint=question.hint,
            to_gp=question.to_gp,
            optional=not question.required,
        )
        field.edited.connect(self._edited)
        field.left.connect(self._left)
        editor.leads_on = not isinstance(editor, MedicineEditor)  # there Enter picks a medicine
        editor.entered.connect(lambda: self.next_open(question.id))
        if isinstance(editor, MedicineEditor):
            editor.searched.connect(lambda text, key=question.id: self.asks.emit(key, text))
            editor.picked.connect(partial(self.picked.emit, question.id))
        self.fields[question.id] = field
        return field

    def _editor(self, question: FormField, options: Sequence[Option], *, row: bool) -> Editor:
        return editor_for(question, options, self._now, row=row)

    def answers(self) -> dict[str, str]:
        """Return every answer, also those of questions not asked now, so that nothing typed is lost."""
        counts = {repeat.count_id: str(repeat.number) for repeat in self._repeats.values()}
        return counts | {key: field.editor.answer() for key, field in self.fields.items()}

    def set_answers(self, answers: Mapping[str, str], *, keep_rest: bool = False) -> None:
        """Show these answers; a question not named is emptied unless ``keep_rest``.

        With ``keep_rest`` they are filled in beside what was typed, and undo brings back what was typed there.
        """
        for repeat in self._repeats.values():
            if repeat.count_id in answers or not keep_rest:
                repeat.take(answers)
        if self._repeats:
            counts = {repeat.count_id: str(repeat.number) for repeat in self._repeats.values()}
            self.form = self._template.laid_out(counts)
            self._lay_out()
        for key, field in self.fields.items():
            if not keep_rest:
                field.editor.set_answer(answers.get(key, ""))
            elif answers.get(key):
                field.editor.write(answers[key])
            elif key in answers:
                field.editor.set_answer("")
        self._fresh = False
        self._show_asked()

    def set_options(self, list_name: str, options: Sequence[Option]) -> None:
        """Offer another list to the questions that take their options from ``list_name``."""
        for question in self.form.fields():
            editor = self.fields[question.id].editor
            if _list_of(question) == list_name and isinstance(editor, (ChoiceEditor, RadioEditor)):
                editor.set_options(options)

    def leave_out(self, questions: frozenset[str]) -> None:
        """Do not show these questions from now on; what was answered in them stays."""
        if questions != self._unasked:
            self._unasked = questions
            self._show_asked()

    def asked_of(self, answers: Mapping[str, str]) -> frozenset[str]:
        """Return the questions that matter with these answers, without those that are left out."""
        return self.form.asked(answers) - self._unasked

    def complete(self, field_id: str, choices: Sequence[str]) -> None:
        """Offer texts while one is typed."""
        cast("TextEditor", self.fields[field_id].editor).complete_from(choices)

    def start(self) -> None:
        """Forget what was said, touched and taken away: a new form."""
        self.forget_typed()
        self._touched.clear()
        self._tell_all = False
        self._problems = ()
        self._show_problems()
        self.verticalScrollBar().setValue(0)

    def forget_typed(self) -> None:
        """Forget what was typed and taken away before, so that undo does not bring it back."""
        for field in self.fields.values():
            field.editor.forget()
        for repeat in self._repeats.values():
            if repeat.bar is not None:
                repeat.bar.offer_none()

    def set_problems(self, problems: Sequence[Problem], found_in: Mapping[str, str] | None = None) -> None:
        """Take the present problems. Those of a field show once it was left, all of them after :meth:`tell_all`."""
        self._problems = problems
        self._fresh = True
        self._show_problems()

    def show_gp(self, *, told: bool) -> None:
        """Say at every question who sees its answer: nobody else where the practice is not ``told``."""
        for field in self.fields.values():
            field.show_gp(told=told)

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
        self.ensureWidgetVisible(field, SPACE.large, SIZE.ahead)
        QTimer.singleShot(0, self, self.keep_cursor_in_view)

    def next_open(self, after: str) -> None:
        """Put the cursor at the next question that is not answered, then at any before it that must be.

        An optional question takes the cursor too, so that Enter skips nothing that is in view.
        """
        answers = self.answers()
        asked = self.asked_of(answers)
        order = [q for q in self.order() if q.id in asked]
        place = next((n for n, q in enumerate(order) if q.id == after), -1)
        for question in (*order[place + 1 :], *(q for q in order[: max(place, 0)] if q.required)):
            if is_blank(question, answers[question.id]) and self._takes_cursor(question):
                self.detours.get(question.id, partial(self.focus_field, question.id))()
                return
        self.finished.emit()

    def _takes_cursor(self, question: FormField) -> bool:
        """Whether an open question is to be answered next: it must be, or it stands in view."""
        if question.required:
            return not self.skipped(question.id)
        return not self.fields[question.id].isHidden()

    def skipped(self, field_id: str) -> bool:
        """Whether an unanswered question need not be answered in this case: no problem names it."""
        return self._fresh and not any(p.field == field_id for p in self._problems)

    def _edited(self, field_id: str) -> None:
        self._fresh = False
        self._show_asked()
        self.edited.emit(field_id)

    def _left(self, field_id: str) -> None:
        self._touched.add(field_id)
        if self._fresh:
            QTimer.singleShot(0, self, self._show_problems)
        self.left.emit(field_id)

    def _show_asked(self) -> None:
        asked = self.asked_of(self.answers())
        for key, field in self.fields.items():
            if field.isHidden() == (key in asked):
                field.setVisible(key in asked)
        for holder, keys in self._groups.values():
            holder.setVisible(any(key in asked for key in keys))
            for pair in holder.findChildren(Pair):
                pair.show_if_any()

    def _show_problems(self) -> None:
        by_field: dict[str, Problem] = {}
        for problem in self._problems:
            told = self._tell_all or self._is_told(problem)
            if told and (problem.field not in by_field or problem.severity is Severity.STOP):
                by_field.setdefault(problem.field, problem)
        for key, field in self.fields.items():
            found = by_field.get(key)
            level = Level.STOP if found is None or found.severity is Severity.STOP else Level.LOOK
            whole = found.sentence if found else ""
            shown = SEE_WARNING if found and is_warned_of(found, self._problems) else whole
            if (field.sentence, field.spoken) != (shown, whole):
                field.say(shown, level, spoken=whole)
        self.summary.show_problems(self._problems if self._tell_all else ())

    def _is_told(self, problem: Problem) -> bool:
        if problem.needs_reason or problem.joined:  # a clinical warning waits for nobody
            return True
        field = self.fields.get(problem.field)
        return field is not None and problem.field in self._touched and bool(field.editor.answer())

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        page = self.widget()
        if now is None or page is None or not self.isVisible() or not page.isAncestorOf(now):
            return
        owner: QWidget | None = now
        while owner is not None and not isinstance(owner, Field):
            owner = owner.parentWidget()
        if isinstance(owner, Field) and owner.field_id != self._at:
            self._at = owner.field_id
            self.cursor_at.emit(owner.field_id)
        self.ensureWidgetVisible(owner or now, SPACE.large, SIZE.ahead)
