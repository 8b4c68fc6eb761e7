"""The sections of a form as they are drawn: open, folded to one line, or put away behind a button."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from digmed_desktop.ui.forms.layout import SectionSpec, Style
from digmed_desktop.ui.tokens import SPACE, TYPE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.choices import RadioEditor, RowEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import FlowLayout, flow
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Words, breakable, heading

NOT_SHARED = "kept in this pharmacy, not sent"


class Fold(Enum):
    """Part of a section that is in view."""

    OPEN = "open"
    CARD = "card"  # one line that says what was answered
    AWAY = "away"  # nothing: a button under the form opens it


class Section(QWidget):
    """Questions under one heading. :attr:`folded` tells that it was opened or folded."""

    folded = Signal()

    def __init__(self, spec: SectionSpec, fields: Mapping[str, Field], before: QWidget | None = None) -> None:
        super().__init__()
        self.spec = spec
        self.questions = tuple(spec.questions())
        self._fields = {key: fields[key] for key in self.questions}
        self.fold = Fold.AWAY if spec.style is Style.MORE else Fold.OPEN
        self._asked: frozenset[str] = frozenset()
        self.note = Words("", TYPE.small, role="quiet")
        self.card = self._make_card()
        self.body = QWidget()
        inner = QVBoxLayout(self.body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0 if spec.style is Style.TABLE else SPACE.small)
        self._columns: list[tuple[Words, QWidget]] = []  # of a table, over their buttons
        self._head = self._make_head()
        inner.addWidget(self._head)
        self._head.setVisible(bool(spec.title))
        if before is not None:
            inner.addWidget(before)
        self._lines: list[QWidget] = []
        for line in spec.lines:
            asked = [self._fields[key] for key in line]
            widget = self._line(asked)
            inner.addWidget(widget)
            self._lines.append(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.card)
        layout.addWidget(self.body)
        self.summary: Callable[[], str] = self._spoken

    @staticmethod
    def _line(asked: Sequence[Field]) -> QWidget:
        """Return questions beside each other: strips as wide as they are, boxes in columns."""
        if len(asked) == 1:
            return asked[0]
        if all(isinstance(field.editor, RadioEditor) for field in asked):
            return flow(*asked, spacing=SPACE.small)
        return Pair(*asked)

    def _make_head(self) -> QWidget:
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(0, SPACE.hair, 0, SPACE.hair)
        line.setSpacing(SPACE.small)
        line.addWidget(heading(self.spec.title))
        line.addWidget(self.note, 1)
        if self.spec.style is Style.TABLE:
            first = next(f.editor for f in self._fields.values() if isinstance(f.editor, RowEditor))
            for words, part in zip(("Yes  1", "No  2"), first.parts(), strict=True):
                column = Words(words, TYPE.small, role="quiet", wrap=False)
                column.setAlignment(column.alignment().AlignCenter)
                column.setFixedWidth(part.sizeHint().width())
                line.addWidget(column)
                self._columns.append((column, part))
        return head

    def _make_card(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        line = QHBoxLayout(card)
        line.setContentsMargins(SPACE.medium, SPACE.hair, SPACE.small, SPACE.hair)
        line.setSpacing(SPACE.small)
        self.card_name = Words(self.spec.card, TYPE.small, role="quiet", wrap=False)
        self.card_text = Words("")
        self.change = button("Change", "link")
        self.change.setAccessibleName(f"Change {self.spec.card.lower()}")
        self.change.clicked.connect(lambda _on=False: self.open(focus=True))
        line.addWidget(self.card_name)
        line.addWidget(self.card_text, 1)
        line.addWidget(self.change)
        if self.spec.key:
            line.addWidget(Words(self.spec.key, TYPE.small, role="quiet", wrap=False))
            self.shortcut = QShortcut(QKeySequence(self.spec.key), self, lambda: self.open(focus=True))
        card.hide()
        return card

    def follow_font(self) -> None:
        """Keep the columns of a table as wide as their buttons."""
        for column, part in self._columns:
            column.setFixedWidth(part.sizeHint().width())

    # ---- what is in view

    def show_asked(self, asked: frozenset[str]) -> None:
        """Show what is asked of it."""
        self._asked = asked
        self.refresh()

    def refresh(self) -> None:
        """Show the section as it is folded now."""
        mine = [key for key in self.questions if key in self._asked]
        self.setVisible(bool(mine) and self.fold is not Fold.AWAY)
        self.card.setVisible(self.fold is Fold.CARD)
        self.body.setVisible(self.fold is not Fold.CARD)
        for line in self._lines:
            if isinstance(line, Pair):
                line.show_if_any()
        if self.fold is Fold.CARD:
            self.card_text.setText(breakable(self.summary()))

    def show_gp(self, *, told: bool) -> None:
        """Say in the heading where all of it is kept here."""
        kept = bool(self.spec.title) and not any(f.goes_to_gp for f in self._fields.values())
        self.note.setText(NOT_SHARED if kept or (self.spec.style is Style.TABLE and not told) else "")
        if kept:
            for field in self._fields.values():
                field.mark_kept(on=False)

    @property
    def asked(self) -> bool:
        """Whether anything of it is asked now."""
        return any(key in self._asked for key in self.questions)

    def answered(self) -> bool:
        """Whether any of it is answered."""
        return any(
            key in self._asked and field.editor.answer().strip() for key, field in self._fields.items()
        )

    def open(self, *, focus: bool = False) -> None:
        """Bring its questions into view."""
        if self.fold is not Fold.OPEN:
            self.fold = Fold.OPEN
            self.refresh()
            self.folded.emit()
        if focus:
            first = next((key for key in self.questions if key in self._asked), "")
            if first:
                self.wanted.emit(first)

    wanted = Signal(str)  # a question that should get the cursor

    def fold_to(self, fold: Fold) -> None:
        """Fold it."""
        if fold is not self.fold:
            self.fold = fold
            self.refresh()
            self.folded.emit()

    def _spoken(self) -> str:
        return " · ".join(
            f"{text} {field.unit}".rstrip()
            for field in (self._fields[key] for key in self.questions if key in self._asked)
            if (text := field.editor.spoken().replace("\n", ", "))
        )


class AddBar(QWidget):
    """The buttons of the sections that are put away, in lines that wrap."""

    def __init__(self) -> None:
        super().__init__()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, SPACE.tight, 0, 0)
        self._layout.setSpacing(SPACE.tight)
        self._holder = QWidget()
        self._flow = FlowLayout(self._holder, SPACE.tight)
        self._flow.addWidget(Words("Add if needed:", role="quiet", wrap=False))
        policy = self._holder.sizePolicy()
        policy.setHeightForWidth(True)
        self._holder.setSizePolicy(policy)
        self._layout.addWidget(self._holder)
        self.buttons: dict[str, QPushButton] = {}

    def add(self, key: str, label: str, press: Callable[[], None]) -> QPushButton:
        """Add a button."""
        made = button(f"+ {label}", "link")
        made.setAccessibleName(f"Add: {label}")
        made.clicked.connect(lambda _on=False: press())
        self._flow.addWidget(made)
        self.buttons[key] = made
        return made

    def offer(self, keys: Sequence[str]) -> None:
        """Show these buttons only."""
        for key, made in self.buttons.items():
            made.setVisible(key in keys)
        self.setVisible(bool(keys))
