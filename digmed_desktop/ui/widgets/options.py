"""The buttons of a choice: radio buttons to a screen reader, painted with the digit that chooses each."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy

from digmed_desktop.ui.theme import mixed, sized
from digmed_desktop.ui.tokens import RADIUS, SIZE, SPACE, STROKE, TYPE

SOFT = 0.12  # of the colour of actions in the ground of what is chosen
ROW_EM, CELL_LINES = 5.2, 1.6  # one cell of a table
ANSWER_LINES, LEAST_EM = 1.7, 8
TICK_SHARE = 9  # the height of a tick over the width of its line


def soft(palette: QPalette) -> QColor:
    """Return the ground of what is chosen."""
    return QColor(mixed(palette.base().color().name(), palette.highlight().color().name(), SOFT))


def draw_tick(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a tick in a box."""
    pen = QPen(colour, max(STROKE.fine, box.height() / TICK_SHARE))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    left, top, w, h = box.left(), box.top(), box.width(), box.height()
    painter.drawPolyline(
        [
            QPoint(round(left + 0.24 * w), round(top + 0.52 * h)),
            QPoint(round(left + 0.43 * w), round(top + 0.70 * h)),
            QPoint(round(left + 0.76 * w), round(top + 0.32 * h)),
        ]
    )


class OptionButton(QRadioButton):
    """One answer in a frame: its digit, or a tick once it is chosen, and its words."""

    def __init__(self, label: str, key: str) -> None:
        super().__init__(label.replace("&", "&&"))
        self.key = key
        self._label = label
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _cap(self) -> int:
        return round(self.fontMetrics().height() * 1.05)

    def sizeHint(self) -> QSize:
        """Return the room for digit and words, bold as when it is chosen."""
        metrics = self.fontMetrics()
        cap = self._cap() + SPACE.tight if self.key else 0
        bold = sized(self.font(), TYPE.body, bold=True)
        words = QFontMetrics(bold).horizontalAdvance(self._label)
        return QSize(words + cap + SPACE.wide, max(round(metrics.height() * ANSWER_LINES), SIZE.option))

    def minimumSizeHint(self) -> QSize:
        return QSize(
            min(self.sizeHint().width(), self.fontMetrics().horizontalAdvance("m") * LEAST_EM),
            self.sizeHint().height(),
        )

    def hitButton(self, pos: QPoint) -> bool:
        """Take a press anywhere in the frame."""
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw frame, digit or tick, and words."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        chosen = self.isChecked()
        act = palette.highlight().color()
        painter.setPen(
            QPen(act if chosen else palette.dark().color(), STROKE.mark if chosen else STROKE.line)
        )
        painter.setBrush(soft(palette) if chosen else palette.base().color())
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS.control, RADIUS.control)
        left = SPACE.small
        if self.key:
            cap = QRectF(left, (box.height() - self._cap()) / 2, self._cap(), self._cap())
            if chosen:
                draw_tick(painter, cap, act)
            else:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(palette.dark().color(), STROKE.line))
                painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS.cap, RADIUS.cap)
                painter.setPen(palette.windowText().color())
                painter.setFont(sized(self.font(), TYPE.small))
                painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.key)
            left += self._cap() + SPACE.tight
        painter.setFont(sized(self.font(), TYPE.body, bold=chosen))
        painter.setPen(act if chosen else palette.windowText().color())
        room = QRect(left, 0, self.width() - left - SPACE.tight, self.height())
        words = painter.fontMetrics().elidedText(self._label, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


class DotButton(QRadioButton):
    """One answer of a row of a table: a circle in the column of its answer."""

    def __init__(self, label: str, key: str) -> None:
        super().__init__("")
        self.key = key
        self.setAccessibleName(label)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of one cell."""
        metrics = self.fontMetrics()
        return QSize(
            round(metrics.horizontalAdvance("m") * ROW_EM),
            max(round(metrics.height() * CELL_LINES), SIZE.target),
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Take a press anywhere in the cell."""
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the circle, filled with a tick once it is chosen."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        size = self.fontMetrics().height() * 0.95
        circle = QRectF((box.width() - size) / 2, (box.height() - size) / 2, size, size)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.highlight().color())
            painter.drawEllipse(circle)
            draw_tick(painter, circle, palette.highlightedText().color())
        else:
            painter.setPen(QPen(palette.dark().color(), STROKE.fine))
            painter.setBrush(palette.base().color())
            painter.drawEllipse(circle.adjusted(0.8, 0.8, -0.8, -0.8))
