"""The one helper that makes a question: label, buddy, accessible name, hint, who sees it, and its error."""

from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from digmed_desktop.ui.widgets.editors import Editor
from digmed_desktop.ui.widgets.words import Words, set_property

SENT, KEPT = "Sent to the GP", "Kept here"


class Level(Enum):
    """How a message at a field is meant."""

    STOP = "stop"
    LOOK = "look"


class Field(QWidget):
    """A question with its label above it. No page makes a question in any other way."""

    edited = Signal(str)
    left = Signal(str)

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
        self.setObjectName(field_id)
        self.label = Words(label + (" (optional)" if optional else ""), bold=True)
        parts = editor.parts()
        if parts:
            self.label.setBuddy(parts[0])
        self._bar = QFrame()
        self._bar.setObjectName("fieldBar")
        inner = QVBoxLayout(self._bar)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(3)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(8)
        top.addWidget(self.label, 1)
        self._to_gp = to_gp
        self._tag = Words("", 0.82, wrap=False)
        if to_gp is not None:
            top.addWidget(self._tag, 0, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(top)
        self.hint = Words(hint, role="quiet")
        inner.addWidget(self.hint)
        self.hint.setHidden(not hint)
        self.error = Words("", bold=True)
        self.error.setProperty("ink", "stop")
        self.error.setVisible(False)
        inner.addWidget(self.error)
        inner.addWidget(editor)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._bar)
        self._inner = inner
        self._hint_text = hint
        self._gp_sees: bool | None = None
        self.show_gp(told=True)
        editor.edited.connect(lambda: self.edited.emit(self.field_id))
        editor.left.connect(lambda: self.left.emit(self.field_id))

    def add_below(self, widget: QWidget) -> None:
        """Put something under the editor that belongs to the question."""
        self._inner.addWidget(widget)

    def show_gp(self, *, told: bool) -> None:
        """Say who sees the answer; where the practice is not ``told``, what else goes to it is kept here too."""
        sees = bool(self._to_gp) and told
        if sees is self._gp_sees:
            return
        self._gp_sees = sees
        self._tag.setText(SENT if sees else KEPT)
        set_property(self._tag, "role", "tag-sent" if sees else "tag")
        self._name_editor()

    def _name_editor(self) -> None:
        said = f"Problem: {self.sentence} " if self.sentence else ""
        seen_by = "" if self._to_gp is None else f"{SENT if self._gp_sees else KEPT}. "
        self.editor.name(self.label_text, said + seen_by + self._hint_text)

    @property
    def sentence(self) -> str:
        """What is said at the field now, or ``""``."""
        return self.error.text() if not self.error.isHidden() else ""

    def say(self, sentence: str, level: Level = Level.STOP) -> None:
        """Say what is wrong and what to do; ``""`` takes it away."""
        wrong = bool(sentence)
        self.error.setText(sentence)
        self.error.setVisible(wrong)
        set_property(self.error, "ink", level.value)
        set_property(self._bar, "wrong", ("true" if level is Level.STOP else "look") if wrong else "false")
        self._inner.setContentsMargins(10 if wrong else 0, 0, 0, 0)
        self.editor.mark(wrong and level is Level.STOP)
        self._name_editor()
