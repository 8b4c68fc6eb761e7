"""The shape of a page of cards: a title, cards of questions, and one primary action; two columns where there is room."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui.choices_made import ChoicesMade
from digmed_desktop.ui.context import Acting
from digmed_desktop.ui.pages.base import Answered, ScrolledPage
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.who_may import WhoMay
from digmed_desktop.ui.widgets.buttons import button as button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.columns import LEADS, CardColumns
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.problem_summary import ProblemSummary
from digmed_desktop.ui.widgets.words import heading, quiet, title

NO_OPTION = "Choose one from the list: the text there is not on it."


class ColumnPage(ScrolledPage):
    """A page of cards, in one column no wider than it reads well, or in two side by side."""

    WIDTH_EM = 80  # of one column
    COLUMN_EM = 38  # the least of each of two
    CENTRED = False  # a page with nothing beside it: signing in

    def __init__(self, title_text: str, lead: str = "") -> None:
        super().__init__()
        page = QWidget()
        page.setObjectName("page")
        outer = self._outer = QVBoxLayout(page)
        outer.setContentsMargins(*INSET.page)
        self._column = QWidget()
        if self.CENTRED:
            outer.addStretch(1)
        outer.addWidget(self._column)
        outer.addStretch(2)  # a centred page stands a little above the middle
        above = QVBoxLayout(self._column)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(SPACE.large)
        self.title = title(title_text)
        above.addWidget(self.title)
        if lead:
            above.addWidget(quiet(lead))
        self.summary = ProblemSummary()
        self.summary.chosen.connect(self.focus_field)
        above.addWidget(self.summary)
        self._parts = QWidget()
        self.body = CardColumns(self._parts, self.COLUMN_EM, is_first=_begins_a_column)
        above.addWidget(self._parts)
        self.fields: dict[str, Field] = {}
        self._typed: set[str] = set()  # fields that a person answered since what is kept was asked for
        self.area.setWidget(page)
        self.area.resized.connect(self._keep_width)

    def _keep_width(self) -> None:
        """Keep the column at its width by the margin: a layout asks for heights at the width that it gives."""
        em = self.fontMetrics().horizontalAdvance("m")
        widest = em * self.WIDTH_EM
        edge, above, _right, below = INSET.page
        if self.body.has_two(self.area.viewport().width() - 2 * edge):
            widest = 2 * widest + SPACE.broad
        spare = max(0, self.area.viewport().width() - 2 * edge - widest)
        left = spare // 2 if self.CENTRED else 0
        self._outer.setContentsMargins(edge + left, above, edge + spare - left, below)

    def card(self, heading_text: str, *widgets: QWidget) -> QFrame:
        """Add a card with a heading."""
        frame = QFrame()
        frame.setObjectName("card")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(*INSET.card)
        layout.setSpacing(SPACE.medium)
        if heading_text:
            layout.addWidget(heading(heading_text))
        for widget in widgets:
            layout.addWidget(widget)
            for field in [widget] if isinstance(widget, Field) else widget.findChildren(Field):
                if isinstance(field, Field):
                    self.fields[field.field_id] = field
                    field.edited.connect(self._note_typed)
                    field.left.connect(self._say_no_option)
        self.body.addWidget(frame)
        return frame

    def only_for(self, acting: Acting, permission: Permission, *parts: QWidget) -> WhoMay:
        """Let parts of the page be used only by who may do something; above the first, others read who may."""
        said = WhoMay(acting, permission, *parts)
        said.setProperty(LEADS, "true")
        self.body.insertWidget(self.body.indexOf(parts[0]), said)
        return said

    def show_set_by_it(self, made: ChoicesMade, settings: Mapping[str, str]) -> None:
        """Let fields only be read whose value of the settings, by field id, the administrators chose."""
        for field_id, name in settings.items():
            if made.is_set_by_it(name):
                self.fields[field_id].set_by_it()

    def _note_typed(self, field_id: str) -> None:
        self._typed.add(field_id)

    def _say_no_option(self, field_id: str) -> None:
        """Say of a list that was left whether something else stands there."""
        field = self.fields[field_id]
        no_option = isinstance(field.editor, ChoiceEditor) and field.editor.is_no_option
        if no_option or field.sentence == NO_OPTION:
            field.say(NO_OPTION if no_option else "")

    def expect_kept(self) -> None:
        """Wait for the stored answers: they replace what was typed before and not saved."""
        self._typed.clear()

    def show_kept(self, answers: Mapping[str, str]) -> None:
        """Show stored answers, however late they come; answers typed meanwhile stay."""
        for key, text in answers.items():
            if key not in self._typed:
                self.fields[key].editor.set_answer(text)

    def answers(self) -> dict[str, str]:
        """Return the answers of all fields."""
        return {key: field.editor.answer() for key, field in self.fields.items()}

    def scan_fields(self) -> Answered | None:
        """Return itself: its fields are the page's own."""
        return self

    def tell(self, problems: Sequence[Problem]) -> bool:
        """Show problems at their fields and on top; return whether there are none."""
        for key, field in self.fields.items():
            found = next((p for p in problems if p.field == key), None)
            field.say(found.sentence if found else "")
        self.summary.show_problems(problems)
        if problems:
            self.scroll_to_top()
            self.focus_field(problems[0].field)
        return not problems

    def say_not_kept(self, error: DigMedError) -> None:
        """Say on top that a choice could not be stored."""
        self.summary.show_problems((Problem("", str(error)),))
        self.scroll_to_top()

    def focus_field(self, field_id: str) -> None:
        """Put the cursor at a field."""
        if field_id in self.fields:
            self.fields[field_id].editor.focus()
            self.reveal(self.fields[field_id])


def _begins_a_column(widget: QWidget) -> bool:
    """Whether a widget is a card: what stands under one, such as its button, stays with it."""
    return widget.objectName() == "card"
