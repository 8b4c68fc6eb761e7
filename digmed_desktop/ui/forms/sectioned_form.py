"""A form drawn in sections: compact tables, cards of one line, and what is optional behind buttons of its own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from digmed_desktop.clinical.answers import is_blank
from digmed_desktop.clinical.form import Form, FormField
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.ui.forms import layout
from digmed_desktop.ui.forms.form_view import FormView, Lists
from digmed_desktop.ui.forms.layout import SectionSpec, Style
from digmed_desktop.ui.forms.repeating import step
from digmed_desktop.ui.forms.sections import AddBar, Fold, Section
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.columns import Columns


class SectionedForm(FormView):
    """Draws a form by its layout (``resources/layouts``); its answers are those of :class:`FormView`."""

    TITLED = False
    NEVER_DRAWN: frozenset[str] = frozenset()  # questions that another one answers besides

    def __init__(
        self,
        form: Form,
        lists: Lists,
        now: Callable[[], datetime],
        top: Sequence[QWidget] = (),
        before: Mapping[str, QWidget] | None = None,
    ) -> None:
        self._specs: tuple[SectionSpec, ...] = layout.load(form.id)
        self.sections: dict[str, Section] = {}
        self.add_bar = AddBar()
        self.columns = Columns()
        self._put_away: frozenset[str] = frozenset()
        self._held_open: frozenset[str] = frozenset()
        self._actions: dict[str, Callable[[], bool]] = {}
        self._drawn = False
        self._top = top
        self._after: dict[str, list[QWidget]] = {}
        super().__init__(form, lists, now, top, before)

    def _lay_out(self) -> None:
        if self._drawn:
            return
        self._drawn = True
        questions = {q.id: q for q in self.form.fields()}
        for spec in self._specs:
            for key in spec.questions():
                self._field(questions[key], self._lists, row=spec.style is Style.TABLE)
        for spec in self._specs:
            made = Section(spec, self.fields, self._before.get(spec.id))
            made.wanted.connect(self.focus_field)
            made.folded.connect(self._offer)
            self.sections[spec.id] = made
            self.columns.add(made, second=spec.second)
            if spec.adds:
                self.add_bar.add(spec.id, spec.adds, partial(made.open, focus=True))
        self._layout.insertWidget(self._first, self.columns)
        self._layout.insertWidget(self._first + 1, self.add_bar)
        self._layout.setContentsMargins(SPACE.wide, SPACE.tight, SPACE.wide, SPACE.small)
        self._layout.setSpacing(SPACE.tight)
        order = [key for spec in self._specs for key in spec.questions()]
        self._order = tuple(questions[key] for key in order)
        self.fields = {key: self.fields[key] for key in questions}

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's own name and shape
        if step(self, self._stops(), forward=next):
            return True
        return super().focusNextPrevChild(next)

    def _stops(self) -> list[QWidget]:
        """Return where Tab stops, in the order in which it is read; answers that change place change nothing."""
        chain: list[QWidget] = [*self.summary.lines()]
        for widget in self._top:
            chain += _focusable(widget)
        for section in self.sections.values():
            if section.fold is Fold.CARD:
                chain.append(section.change)
                continue
            before = self._before.get(section.spec.id)
            chain += _focusable(before) if before is not None else []
            for key in section.questions:
                editor = self.fields[key].editor
                if isinstance(editor, RadioEditor):
                    chosen = editor.group.checkedButton()
                    chain += [chosen] if chosen is not None else list(editor.parts())[:1]
                else:
                    chain += editor.parts()
                chain += [stop for extra in self._after.get(key, ()) for stop in _focusable(extra)]
        chain += self.add_bar.buttons.values()
        return [one for one in chain if one.isVisible() and one.isEnabled()]

    def put_after(self, field_id: str, widget: QWidget) -> None:
        """Put something that belongs to a question under its whole line."""
        super().put_after(field_id, widget)
        self._after.setdefault(field_id, []).append(widget)

    def order(self) -> Sequence[FormField]:
        """Return the questions in the order in which they stand."""
        return self._order

    def section_of(self, field_id: str) -> Section | None:
        """Return the section of a question."""
        return next((one for one in self.sections.values() if field_id in one.questions), None)

    def add_action(
        self, key: str, label: str, act: Callable[[], None], offered: Callable[[], bool]
    ) -> QPushButton:
        """Add a button beside those of the sections; ``offered`` says whether it applies."""
        self._actions[key] = offered
        before = list(self.add_bar.buttons.values())[-1]
        made = self.add_bar.add(key, label, act)
        QWidget.setTabOrder(before, made)
        return made

    # ---- what is in view

    def focus_field(self, field_id: str) -> None:
        """Open the section of a question and put the cursor there."""
        section = self.section_of(field_id)
        if section is not None and section.asked:
            section.open()
        super().focus_field(field_id)

    def fold_cards(self) -> None:
        """Fold every card of which all that must be answered is answered; open the others."""
        answers, asked = self.answers(), self.asked_now()
        wrong = {p.field for p in self._problems if p.severity is Severity.STOP} if self._fresh else set()
        for section in self.sections.values():
            if not section.spec.card or section.spec.id in self._put_away:
                continue
            questions = [q for q in self.order() if q.id in section.questions and q.id in asked]
            whole = bool(questions) and not any(
                (q.required and is_blank(q, answers[q.id])) or q.id in wrong for q in questions
            )
            held = section.spec.id in self._held_open
            section.fold_to(Fold.CARD if whole and not held else Fold.OPEN)

    def hold_open(self, sections: Collection[str]) -> None:
        """Open sections, and fold none of them until others are held."""
        self._held_open = frozenset(sections)
        for key in sections:
            self.sections[key].open()

    def put_away(self, sections: Collection[str]) -> None:
        """Put sections away that do not matter now; what was answered there stays, and a button opens them."""
        before, self._put_away = self._put_away, frozenset(sections)
        for key, section in self.sections.items():
            if key in self._put_away and key not in before:
                section.fold_to(Fold.AWAY)
            elif key in before - self._put_away:
                section.fold_to(Fold.OPEN)
        self.fold_cards()
        self._offer()

    def asked_now(self) -> frozenset[str]:
        """Return the questions that are asked now."""
        return self.asked_of(self.answers()) - self.NEVER_DRAWN

    def start(self) -> None:
        """Begin a new form: what is optional is put away."""
        super().start()
        self._put_away = frozenset()  # of the form before
        for section in self.sections.values():
            section.fold_to(Fold.AWAY if section.spec.style is Style.MORE else Fold.OPEN)

    def set_answers(self, answers: Mapping[str, str], *, keep_rest: bool = False) -> None:
        """Show these answers; an optional section that is answered opens."""
        super().set_answers(answers, keep_rest=keep_rest)
        for section in self.sections.values():
            if section.fold is Fold.AWAY and section.spec.style is Style.MORE and section.answered():
                section.open()

    def set_problems(self, problems: Sequence[Problem], found_in: Mapping[str, str] | None = None) -> None:
        """Take the present problems; a folded section with one that must be seen opens.

        A section that was answered otherwise since the problems were ``found_in`` stays as it is.
        """
        super().set_problems(problems)
        now = self.answers()
        for problem in problems:
            section = self.section_of(problem.field)
            if section is None or section.fold is not Fold.CARD or problem.severity is not Severity.STOP:
                continue
            if found_in is None or all(found_in.get(key, "") == now[key] for key in section.questions):
                section.open()

    def show_gp(self, *, told: bool) -> None:
        """Say at every question who sees its answer."""
        super().show_gp(told=told)
        for section in self.sections.values():
            section.show_gp(told=told)

    def _takes_cursor(self, question: FormField) -> bool:
        section = self.section_of(question.id)
        if section is None or section.fold is not Fold.OPEN:
            return (
                question.required
                and section is not None
                and section.fold is Fold.CARD
                and not self.skipped(question.id)
            )
        return super()._takes_cursor(question)

    def _show_asked(self) -> None:
        if not self.sections:
            return
        asked = self.asked_now()
        for key, field in self.fields.items():
            if field.isHidden() == (key in asked):
                field.setVisible(key in asked)
        for section in self.sections.values():
            section.show_asked(asked)
        self._offer()

    def _offer(self) -> None:
        away = [
            key
            for key, section in self.sections.items()
            if section.spec.adds and section.fold is Fold.AWAY and section.asked
        ]
        self.add_bar.offer([*(key for key, offered in self._actions.items() if offered()), *away])


def _focusable(widget: QWidget) -> list[QWidget]:
    """Return what takes the focus by Tab inside a widget, in the order in which it was made."""
    inside = [*widget.findChildren(QWidget)]
    return [one for one in inside if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None]
