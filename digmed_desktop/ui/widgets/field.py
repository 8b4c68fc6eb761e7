"""The one helper that makes a question: label, buddy, accessible name, hint, who sees it, and its error."""

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from digmed_desktop.ui.tokens import SPACE, TYPE
from digmed_desktop.ui.widgets.editors import Editor
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, set_property

SENT, KEPT = "Sent to the GP", "Not shared"
SET_BY_IT = "Set by your IT support"
LONG_HINT = 34  # characters: a longer one stands on a line of its own


class Level(Enum):
    """Weight of a message at a field."""

    STOP = "stop"
    LOOK = "look"


class Field(QWidget):
    """A question with its label above it. No page makes a question in any other way."""

    edited = Signal(str)
    left = Signal(str)
    bold = True  # its words, over the answer
    long_label = LONG_HINT
    marks_kept = True  # whether it says itself that its answer is kept here

    def __init__(
        self,
        field_id: str,
        label: str,
        editor: Editor,
        *,
        hint: str = "",
        to_gp: bool | None = None,
        optional: bool = False,
    ) -> None:
        super().__init__()
        self.field_id, self.label_text, self.editor = field_id, label, editor
        self.unit = ""
        self.spoken = ""  # what is read out at the field, where it says less than that
        self.setObjectName(field_id)
        self.label = Words(label, bold=self.bold, wrap=len(label) > self.long_label)
        parts = editor.parts()
        if parts:
            self.label.setBuddy(parts[0])
        self.optional = Words("optional" if optional else "", TYPE.small, role="quiet", wrap=False)
        self.hint = Words(hint, TYPE.small, role="quiet", wrap=len(hint) > LONG_HINT)
        for empty in (self.optional, self.hint):
            if not empty.text():
                empty.hide()
        self._to_gp = to_gp
        self._tag = Words("", TYPE.small, role="tag", wrap=False)
        self._tag.setHidden(True)
        self._set_by_it = Words("", TYPE.small, bold=True, wrap=False)
        self._set_by_it.setHidden(True)
        self.error = Words("", bold=True)
        self.error.setProperty("ink", "stop")
        self.error.setVisible(False)
        self._bar = QFrame()
        self._bar.setObjectName("fieldBar")
        self._inner = QVBoxLayout(self._bar)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(SPACE.tight)  # the ring round the editor fits in
        self._lay_out()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._bar)
        self._hint_text = hint if not optional else f"{hint} Optional.".strip()
        self._gp_sees: bool | None = None
        self.show_gp(told=True)
        editor.edited.connect(lambda: self.edited.emit(self.field_id))
        editor.left.connect(lambda: self.left.emit(self.field_id))

    def _lay_out(self) -> None:
        """Put the label, and what belongs to it, above the editor, and what is wrong under it."""
        head = [self.optional, self._tag]
        self.head = QWidget()  # as high as that of a field beside it, so that the boxes stand in line
        above = QVBoxLayout(self.head)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(SPACE.hair)
        if self.label.wordWrap():
            above.addWidget(self.label)
        else:
            head.insert(0, self.label)
        if len(self.hint.text()) <= LONG_HINT:
            head.append(self.hint)
        above.addWidget(flow(*head))
        if self.hint not in head:
            above.addWidget(self.hint)
        above.addStretch(1)
        self._inner.addWidget(self.head)
        self._inner.addWidget(self.editor)
        self._inner.addWidget(self._set_by_it)
        self._inner.addWidget(self.error)

    def measured_in(self, unit: str) -> None:
        """Say in which unit the answer counts; ``""`` says none."""
        if unit != self.unit:
            plain = self.label_text.removesuffix(f" ({self.unit})")
            self.unit, self.label_text = unit, f"{plain} ({unit})" if unit else plain
            self.label.setText(self.label_text)
            self._name_editor()

    def add_below(self, widget: QWidget) -> None:
        """Put something under the editor that belongs to the question."""
        self._inner.addWidget(widget)

    def show_gp(self, *, told: bool) -> None:
        """Say who sees the answer; where the practice is not ``told``, what else goes to it is kept here too."""
        sees = bool(self._to_gp) and told
        if sees is self._gp_sees:
            return
        self._gp_sees = sees
        self._tag.setText(SENT if sees else KEPT)  # only the exception is marked
        self._tag.setHidden(sees or self._to_gp is None or not self.marks_kept)
        self._name_editor()

    def mark_kept(self, *, on: bool) -> None:
        """Mark the answer as kept here, or leave that to the heading."""
        self._tag.setHidden(not on or bool(self._gp_sees))

    def _name_editor(self) -> None:
        said = f"Problem: {self.spoken} " if self.sentence else ""
        seen_by = "" if self._to_gp is None else f"{SENT if self._gp_sees else KEPT}. "
        self.editor.name(self.label_text, said + seen_by + self._hint_text)

    def set_by_it(self, shown: str = "") -> None:
        """Let the answer be read only. A line under it takes the focus, since what is disabled cannot be tabbed to."""
        self.editor.setEnabled(False)
        if not self._set_by_it.text():
            self._set_by_it.setText(SET_BY_IT)
            self._set_by_it.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self._set_by_it.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the flags set one of their own
        self._set_by_it.setHidden(False)
        answer = shown or self.editor.spoken() or "empty"
        self._set_by_it.setAccessibleName(f"{self.label_text}: {answer}. {SET_BY_IT}.")

    @property
    def goes_to_gp(self) -> bool:
        """Whether its answer goes to the practice, if anything does."""
        return bool(self._to_gp)

    @property
    def sentence(self) -> str:
        """Return the words at the field now, or ``""``."""
        return self.error.text() if not self.error.isHidden() else ""

    def say(self, sentence: str, level: Level = Level.STOP, *, spoken: str = "") -> None:
        """Say what is wrong and what to do; ``""`` takes it away. ``spoken`` is all of what ``sentence`` points to."""
        wrong = bool(sentence)
        self.spoken = spoken or sentence
        self.error.setText(sentence)
        self.error.setVisible(wrong)
        set_property(self.error, "ink", level.value)
        set_property(self._bar, "wrong", ("true" if level is Level.STOP else "look") if wrong else "false")
        self._inner.setContentsMargins(SPACE.small if wrong else 0, 0, 0, 0)
        self.editor.mark(wrong and level is Level.STOP)
        self._name_editor()


class RowField(Field):
    """A question as one row of a table: its words at the left, Yes and No in their columns at the right."""

    bold = False
    long_label = 48
    marks_kept = False  # the heading of the table says it

    def _lay_out(self) -> None:
        set_property(self._bar, "row", "true")
        row = QHBoxLayout()
        row.setContentsMargins(SPACE.small, 0, 0, 0)
        row.setSpacing(SPACE.small)
        words = flow(self.label, self.optional, self._tag, self.hint)
        row.addWidget(words, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.editor, 0, Qt.AlignmentFlag.AlignRight)
        self._inner.addLayout(row)
        self._inner.addWidget(self._set_by_it)
        self._inner.addWidget(self.error)
