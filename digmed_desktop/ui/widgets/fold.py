"""Hide what few people need behind its title, until one of them opens it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from digmed_desktop.ui.tokens import INSET, SPACE, TYPE
from digmed_desktop.ui.widgets.buttons import IconButton
from digmed_desktop.ui.widgets.words import Words


class Fold(QFrame):
    """A card that shows its title and a few words about what is in it; pressed, it shows the whole."""

    def __init__(self, title: str, inside: QWidget) -> None:
        super().__init__()
        self.setObjectName("card")
        self._title, self.inside = title, inside
        self.button = IconButton(title, "chevron-right")
        self.button.setProperty("kind", "fold")
        self.button.setCheckable(True)
        self.button.setAutoDefault(True)
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.toggled.connect(lambda _on: self._show())
        self.note = Words("", TYPE.small, role="quiet")
        head = QHBoxLayout()
        head.setSpacing(SPACE.small)
        head.addWidget(self.button)
        head.addWidget(self.note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.notice)
        layout.setSpacing(SPACE.small)
        layout.addLayout(head)
        layout.addWidget(inside)
        self.say("")
        self._show()

    def say(self, note: str) -> None:
        """Say in a few words what is in it."""
        self.note.setText(note)
        self.button.setAccessibleName(f"{self._title}: {note}" if note else self._title)

    def open(self, *, opens: bool = True) -> None:
        """Show what is in it, or only its title."""
        self.button.setChecked(opens)

    @property
    def is_open(self) -> bool:
        """Whether all of it is shown."""
        return self.button.isChecked()

    def _show(self) -> None:
        opens = self.is_open
        self.inside.setVisible(opens)
        self.button.show_icon("chevron-down" if opens else "chevron-right")
        self.button.setAccessibleDescription("Open" if opens else "Closed")
