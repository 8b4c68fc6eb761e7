"""The list on top of a form: there is a problem; each line leads to its field."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.ui.tokens import INSET, SPACE, TYPE
from digmed_desktop.ui.widgets.words import Words, announce

MOST_LINES = 8
MOST_STEPS = 1000  # along the chain of focus


class LinkButton(QAbstractButton):
    """A sentence that can be pressed; it wraps and grows instead of being cut."""

    PAD = SPACE.tight
    LEAST_EM, WHOLE_EM = 8, 10_000

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def hasHeightForWidth(self) -> bool:
        """Say that the height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that all of the sentence needs."""
        room = QRect(0, 0, max(width - 2 * self.PAD, 40), 10_000)
        return self.fontMetrics().boundingRect(room, self._flags(), self.text()).height() + 2 * self.PAD

    def sizeHint(self) -> QSize:
        """Return the size of the sentence on one line."""
        return QSize(
            self.fontMetrics().horizontalAdvance(self.text()) + 2 * self.PAD,
            self.heightForWidth(self._em(self.WHOLE_EM)),
        )

    def minimumSizeHint(self) -> QSize:
        """Return the least width; the height follows."""
        return QSize(self._em(self.LEAST_EM), self.heightForWidth(max(self.width(), self._em(self.LEAST_EM))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the layout ask for the height again."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the sentence underlined; the ring of the window shows the focus."""
        painter = QPainter(self)
        colour = self.palette().color(QPalette.ColorRole.Link)
        font = painter.font()
        font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(colour)
        room = self.rect().adjusted(self.PAD, self.PAD, -self.PAD, -self.PAD)
        painter.drawText(room, self._flags(), self.text())

    def _em(self, letters: int) -> int:
        return self.fontMetrics().horizontalAdvance("m") * letters

    @staticmethod
    def _flags() -> int:
        return (
            int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)
        )


class ProblemSummary(QFrame):
    """The problems to mend first, in the order of the form."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("tone", "stop")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(*INSET.card)
        self._layout.setSpacing(SPACE.hair)
        self._head = Words("There is a problem", TYPE.heading, bold=True)
        self._layout.addWidget(self._head)
        self._lines: list[LinkButton] = []
        self.setVisible(False)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """List those that stop; none hides the list."""
        for line in self._lines:
            self._layout.removeWidget(line)
            line.deleteLater()
        self._lines = []
        stops = [p for p in problems if p.severity is Severity.STOP]
        for problem in stops[:MOST_LINES]:
            self._add(problem.sentence, problem.field)
        if len(stops) > MOST_LINES:
            self._add(f"and {len(stops) - MOST_LINES} more, from here on", stops[MOST_LINES].field)
        self._head.setText("There is a problem" if len(stops) == 1 else f"There are {len(stops)} problems")
        self.setVisible(bool(stops))
        self._stand_first()
        if stops:
            announce(self, f"{self._head.text()}. {stops[0].sentence}", urgent=True)

    def _add(self, sentence: str, field: str) -> None:
        line = LinkButton(sentence)
        line.clicked.connect(lambda _on=False: self.chosen.emit(field))
        self._layout.addWidget(line)
        self._lines.append(line)

    def _stand_first(self) -> None:
        """Let Tab come to the lines where they stand: before what stands under them."""
        before = self.previousInFocusChain()
        for _ in range(MOST_STEPS):
            if before is None or before.focusPolicy() & Qt.FocusPolicy.TabFocus:
                break
            before = before.previousInFocusChain()
        for line in self._lines:
            if before is not None:
                QWidget.setTabOrder(before, line)
            before = line

    def lines(self) -> list[QWidget]:
        """Return the lines, in order."""
        return list(self._lines)
