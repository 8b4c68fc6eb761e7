"""The session strip: who is acting, and what stays from patient to patient, each value a chip that one key changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from digmed_desktop.desk.views import PersonView
from digmed_desktop.ui.widgets.words import Words

CHIP_EM = 8  # the least width of a chip, in characters
MARK = "↻ "  # stands before a value that was carried over and is not confirmed


@dataclass(frozen=True, slots=True)
class Chip:
    """One value of the session as it is now."""

    title: str
    text: str
    field: str
    short: str = ""  # where the whole text is too long for a chip
    carried: bool = False


class ChipButton(QPushButton):
    """A value in a rounded frame; a long one ends in dots, its whole text is in the tip and the accessible name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "value")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return a width that leaves room for a few letters."""
        return QSize(self.fontMetrics().horizontalAdvance("m") * 6, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button with as much of its text as fits."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.width() - (28 if self.menu() is None else 48)
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)


class Strip(QFrame):
    """Who is acting, and the session of the form in view. Alt and a digit leads to a value."""

    lock = Signal()
    wanted = Signal(str)  # the field to change

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(24, 6, 24, 6)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self.who = ChipButton(self)
        self.who.setProperty("kind", "chip")
        self.who.setText("Nobody signed in")
        menu = QMenu(self.who)
        menu.addAction("Switch person", self.lock.emit)
        menu.addAction("Lock   Ctrl+L", self.lock.emit)
        self.who.setMenu(menu)
        self.programme = Words("", role="quiet")
        self.pharmacy = Words("", role="quiet")
        self.pharmacy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.chips: list[ChipButton] = []
        self._values: Sequence[Chip] = ()
        for digit in range(1, 10):
            QShortcut(QKeySequence(f"Alt+{digit}"), self, lambda n=digit: self._press(n - 1))
        self._laid = (0, 0)
        self._lay()

    def show_session(self, values: Sequence[Chip]) -> None:
        """Show the values of a form's session; none hides them."""
        if values == self._values:
            return
        self._values = values
        while len(self.chips) < len(values):
            chip = ChipButton(self)
            place = len(self.chips)
            chip.clicked.connect(lambda _on=False, n=place: self._press(n))
            self.chips.append(chip)
        for place, chip in enumerate(self.chips):
            chip.setVisible(place < len(values))
            if place < len(values):
                value = values[place]
                text = value.short or value.text or f"{value.title}?"
                chip.setText((MARK if value.carried else "") + text.replace("&", "&&"))
                carried = ", carried over from the last patient" if value.carried else ""
                chip.setAccessibleName(f"{value.title}: {value.text or 'not set'}{carried}")
                chip.setToolTip(f"{value.title}: {value.text or 'not set'} (Alt+{place + 1})")
        self._lay()

    def show_person(self, person: PersonView | None) -> None:
        """Say who is acting."""
        self.who.setText(person.label if person else "Nobody signed in")
        self.who.setAccessibleName(f"Acting: {person.label}" if person else "Nobody signed in")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the chips in as many rows as they need."""
        super().resizeEvent(event)
        self._lay()

    def _press(self, place: int) -> None:
        if place < len(self._values):
            self.wanted.emit(self._values[place].field)

    def _lay(self) -> None:
        parts: list[QWidget] = [self.who, *self.chips[: len(self._values)]]
        room = max(self.width() - 48, 1)
        fit = max(room // (self.fontMetrics().horizontalAdvance("m") * CHIP_EM), 1)
        rows = -(-len(parts) // fit)
        columns = -(-len(parts) // rows)  # rows of even length
        if (columns, len(parts)) == self._laid:
            return
        self._laid = (columns, len(parts))
        while self._grid.count():
            self._grid.takeAt(0)
        for column in range(12):
            self._grid.setColumnStretch(column, 0)
        alone = not self._values
        self.programme.setVisible(alone)
        self.pharmacy.setVisible(alone)
        if alone:
            for column, part in enumerate((self.who, self.programme, self.pharmacy)):
                self._grid.addWidget(part, 0, column)
                self._grid.setColumnStretch(column, min(column, 1))
            return
        for place, part in enumerate(parts):
            self._grid.addWidget(part, place // columns, place % columns)
            self._grid.setColumnStretch(place % columns, 1)
