"""Two short fields side by side, one under the other where there is no room."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.field import Field


class Pair(QWidget):
    """Widgets beside each other that fold when narrow: the least width of each grows with the text."""

    LEAST_EM = 15
    LEAST_OF_MORE_EM = 13  # where more than two stand beside each other

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(SPACE.large)
        self._widgets = widgets
        for widget in widgets:
            self._box.addWidget(widget, 1, Qt.AlignmentFlag.AlignTop)

    def show_if_any(self) -> None:
        """Take no room while none of the widgets is shown."""
        self.setVisible(any(not widget.isHidden() for widget in self._widgets))
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fold()

    def _fold(self) -> None:
        em = self.fontMetrics().horizontalAdvance("m")
        shown = [widget for widget in self._widgets if not widget.isHidden()]
        least = self.LEAST_EM if len(shown) < 3 else self.LEAST_OF_MORE_EM
        narrow = self.width() < em * least * max(1, len(shown))
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._box.direction() != direction:
            self._box.setDirection(direction)
        self._line_up([] if narrow else shown)

    def _line_up(self, shown: Sequence[QWidget]) -> None:
        """Give the words over fields beside each other one height: the boxes under them stand in line."""
        heads = {one: one.head for one in self._widgets if isinstance(one, Field)}
        room = (self.width() - self._box.spacing() * (len(shown) - 1)) // max(len(shown), 1)
        highest = max((_height(heads[one], room) for one in shown if one in heads), default=0)
        for head in heads.values():
            head.setMinimumHeight(max(highest, 0))


def _height(head: QWidget, width: int) -> int:
    return head.heightForWidth(width) if head.hasHeightForWidth() else head.sizeHint().height()
