"""The one helper that makes a question: label, buddy, accessible name, hint, who sees it, and its error."""

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from digmed_desktop.ui.tokens import SPACE, TYPE
from digmed_desktop.ui.widgets.editors import Editor
from digmed_desktop.ui.widgets.flow import Flow, flow
from digmed_desktop.ui.widgets.words import Words, set_property

SENT, KEPT = "Sent to the GP", "Not shared"
SET_BY_IT = "Set by your IT support"
LOCKED = "cannot be changed here"
LONG_HINT = 34  # characters: a longer one stands on a line of its own


class Level(Enum):
    """Weight of a message at a field."""

    STOP = "stop"
    LOOK = "look"


class Field(QFrame):
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
        # a form has a hundred fields: the words that few of them say are made when they are first said
        self.optional = Words("optional", TYPE.small, role="quiet", wrap=False) if optional else None
        self.hint = Words(hint, TYPE.small, role="quiet", wrap=len(hint) > LONG_HINT) if hint else None
        self._to_gp = to_gp
        self._tag: Words | None = None
        self._set_by_it: Words | None = None
        self._error: Words | None = None
        self._locked: Words | None = None
        self._inner = QVBoxLayout(self)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(SPACE.tight)  # the ring round the editor fits in
        self._lay_out()
        self._under = self._inner.count()  # the place of what is said under the editor
        self._read_out = f"{hint} Optional.".strip() if optional else hint
        self._gp_sees: bool | None = None
        self.show_gp(told=True)
        editor.edited.connect(lambda: self.edited.emit(self.field_id))
        editor.left.connect(lambda: self.left.emit(self.field_id))

    def _lay_out(self) -> None:
        """Put the label, and what belongs to it, above the editor."""
        self.head: QWidget = self.label  # as high as that of a field beside it: the boxes stand in line
        self._above: QVBoxLayout | None = None
        self._line: Flow | None = None
        self.label.setAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        self._inner.addWidget(self.head)
        self._inner.addWidget(self.editor)
        if self.optional is not None:
            self._put_beside(self.optional)
        if self.hint is not None and not self.hint.wordWrap():
            self._put_beside(self.hint)
        elif self.hint is not None:
            self._put_below(self.hint)

    def _words_above(self) -> QVBoxLayout:
        """Return the layout of the words above the editor, made once there are others than the label."""
        if self._above is None:
            self.head.setMinimumHeight(0)
            self.head = QWidget()
            self._inner.insertWidget(0, self.head)
            self._above = QVBoxLayout(self.head)
            self._above.setContentsMargins(0, 0, 0, 0)
            self._above.setSpacing(SPACE.hair)
            self._above.addStretch(1)  # the words stand over their box, however high those beside them are
            self._above.addWidget(self.label)
        return self._above

    def _put_below(self, words: Words) -> None:
        """Put words on lines of their own, under all that stand above the editor."""
        self._words_above().addWidget(words)

    def _put_beside(self, words: Words) -> None:
        """Put words on the line of the label, on one under it where the label is long; a short hint stays last."""
        if self._line is None:
            above = self._words_above()
            first = [] if self.label.wordWrap() else [self.label]
            self._line = Flow(first, SPACE.small, SPACE.hair)
            above.insertWidget(1 + int(self.label.wordWrap()), self._line)
        self._line.add(words)
        if self.hint is not None and not self.hint.wordWrap() and words is not self.hint:
            self._line.add(self.hint)

    def measured_in(self, unit: str) -> None:
        """Say in which unit the answer counts; ``""`` says none."""
        if unit != self.unit:
            plain = self.label_text.removesuffix(f" ({self.unit})")
            self.unit, self.label_text = unit, f"{plain} ({unit})" if unit else plain
            self.label.setText(self.label_text)
            self._name_editor()

    def set_hint(self, hint: str) -> None:
        """Change the hint; ValueError for a field that was made without one."""
        if self.hint is None:
            raise ValueError(f"{self.field_id} has no hint")
        self.hint.setText(hint)
        self._read_out = hint if self.optional is None else f"{hint} Optional."
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
        self.mark_kept(on=self._to_gp is not None and self.marks_kept)
        self._name_editor()

    def mark_kept(self, *, on: bool) -> None:
        """Mark the answer as kept here, or leave that to the heading; an answer that goes to the practice has no mark."""
        marked = on and not self._gp_sees
        if marked and self._tag is None:
            self._tag = Words(KEPT, TYPE.small, role="tag", wrap=False)
            self._put_beside(self._tag)
        if self._tag is not None:
            self._tag.setHidden(not marked)

    def _name_editor(self) -> None:
        said = f"Problem: {self.spoken} " if self.sentence else ""
        seen_by = "" if self._to_gp is None else f"{SENT if self._gp_sees else KEPT}. "
        self.editor.name(self.label_text, said + seen_by + self._read_out)

    def set_by_it(self, shown: str = "") -> None:
        """Let the answer be read only. A line under it takes the focus, since what is disabled cannot be tabbed to."""
        self.editor.setEnabled(False)
        if self._set_by_it is None:
            self._set_by_it = Words(SET_BY_IT, TYPE.small, bold=True, wrap=False)
            self._set_by_it.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self._set_by_it.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the flags set one of their own
            self._inner.insertWidget(self._under, self._set_by_it)
            QWidget.setTabOrder([self.editor, *self.editor.parts()][-1], self._set_by_it)
        answer = shown or self.editor.spoken() or "empty"
        self._set_by_it.setAccessibleName(f"{self.label_text}: {answer}. {SET_BY_IT}.")

    def lock(self, *, locked: bool) -> None:
        """Let the answer be read and not changed, and say so in place of what it would need; or let it be typed again."""
        self.editor.lock(locked=locked)
        if locked and self._locked is None:
            self._locked = Words(LOCKED, TYPE.small, role="quiet", wrap=False)
            self._put_beside(self._locked)
        if self._locked is not None:
            self._locked.setHidden(not locked)
        for words in (self.optional, self.hint):
            if words is not None:
                words.setHidden(locked)

    @property
    def goes_to_gp(self) -> bool:
        """Whether its answer goes to the practice, if anything does."""
        return bool(self._to_gp)

    @property
    def sentence(self) -> str:
        """Return the words at the field now, or ``""``."""
        return self._error.text() if self._error is not None and not self._error.isHidden() else ""

    def say(self, sentence: str, level: Level = Level.STOP, *, spoken: str = "") -> None:
        """Say what is wrong and what to do; ``""`` takes it away. ``spoken`` is all of what ``sentence`` points to."""
        wrong = bool(sentence)
        self.spoken = spoken or sentence
        if wrong and self._error is None:
            self._error = Words("", bold=True)
            self._inner.insertWidget(self._under + (self._set_by_it is not None), self._error)
        if self._error is not None:
            self._error.setText(sentence)
            self._error.setVisible(wrong)
            set_property(self._error, "ink", level.value)
        set_property(self, "wrong", ("true" if level is Level.STOP else "look") if wrong else "false")
        self._inner.setContentsMargins(SPACE.small if wrong else 0, 0, 0, 0)
        self.editor.mark(wrong and level is Level.STOP)
        self._name_editor()


class RowField(Field):
    """A question as one row of a table: its words at the left, Yes and No in their columns at the right."""

    bold = False
    long_label = 48
    marks_kept = False  # the heading of the table says it

    def _lay_out(self) -> None:
        self.setProperty("row", "true")
        row = QHBoxLayout()
        row.setContentsMargins(SPACE.small, 0, 0, 0)
        row.setSpacing(SPACE.small)
        words = [one for one in (self.label, self.optional, self.hint) if one is not None]
        line = flow(*words) if len(words) > 1 else self.label
        row.addWidget(line, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.editor, 0, Qt.AlignmentFlag.AlignRight)
        self._inner.addLayout(row)
