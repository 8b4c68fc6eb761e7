"""A line of a list with what can be done about it at its right, or under it where both have no room."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from digmed_desktop.ui.tokens import SPACE


class ActLine(QWidget):
    """Words that take the room there is, and the acts beside them."""

    FOLDS_EM = 32
    """Letters below which the acts stand under the words."""
    _is_made = False  # Qt tells of the font while the line is made

    def __init__(self, words: QWidget, acts: QWidget) -> None:
        super().__init__()
        self._words, self._acts = words, acts
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(SPACE.small)
        self._box.addWidget(words, 1)
        self._box.addWidget(acts, 0, Qt.AlignmentFlag.AlignVCenter)
        self._is_made = True

    def minimumSizeHint(self) -> QSize:
        """Ask for the wider of both, since they can stand one under the other: a page never scrolls sideways."""
        least = max(part.minimumSizeHint().width() for part in (self._words, self._acts))
        return QSize(least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold where there is no room."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._is_made:
            self._fit()

    def _fit(self) -> None:
        beside = (
            sum(part.minimumSizeHint().width() for part in (self._words, self._acts)) + self._box.spacing()
        )
        narrow = self.width() < max(beside, self.fontMetrics().horizontalAdvance("m") * self.FOLDS_EM)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._box.direction() != direction:
            self._box.setDirection(direction)
            self._box.setAlignment(
                self._acts, Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag.AlignVCenter
            )
