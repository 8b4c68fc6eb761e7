"""Show events one under the other, the newest first: an icon in a disc, what happened, when, and a note."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from digmed_desktop.ui import theme
from digmed_desktop.ui.tokens import SPACE, STROKE, TYPE
from digmed_desktop.ui.widgets.icons import draw, side_for
from digmed_desktop.ui.widgets.lists import empty
from digmed_desktop.ui.widgets.words import Words, breakable


@dataclass(frozen=True, slots=True, repr=False)
class Moment:
    """One event: its icon, what happened, when, who did it, and what was noted. ``tone`` colours the newest."""

    icon: str
    said: str
    when: str
    by: str = ""
    note: str = ""
    tone: str = "plain"


class _Mark(QWidget):
    """The disc of an event, and the line that leads down to the one before it."""

    def __init__(self, icon: str, tone: str, *, last: bool) -> None:
        super().__init__()
        self._icon, self._tone, self._last = icon, tone, last
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """Return the size of the disc."""
        return QSize(self._side(), self._side())

    def _side(self) -> int:
        return side_for(self) + SPACE.small

    def follow_font(self) -> None:
        """Take the size of the application's text."""
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line, the disc on it and the icon in that."""
        painter, look, side = QPainter(self), theme.shown(), self._side()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = side / 2
        if not self._last:
            painter.setPen(QPen(look.qcolor("line"), STROKE.mark))
            painter.drawLine(QPointF(middle, middle), QPointF(middle, self.height()))
        toned = self._tone in ("stop", "look", "done", "act")
        painter.setPen(QPen(look.qcolor(f"{self._tone}_edge" if toned else "line"), STROKE.line))
        painter.setBrush(look.qcolor(f"{self._tone}_soft" if toned else "raised"))
        edge = STROKE.line
        painter.drawEllipse(QRectF(edge, edge, side - 2 * edge, side - 2 * edge))
        inside = SPACE.tight + STROKE.line
        box = QRect(inside, inside, side - 2 * inside, side - 2 * inside)
        draw(painter, self._icon, box, look.qcolor(self._tone if toned else "quiet"))


def _line(moment: Moment, *, first: bool, last: bool) -> QWidget:
    line = QWidget()
    grid = QGridLayout(line)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE.small)
    grid.setVerticalSpacing(0)
    tone = moment.tone if first else "plain"
    said = Words(breakable(moment.said), bold=first)
    if tone in ("stop", "look", "done", "act"):
        said.setProperty("ink", tone)
    when = Words(moment.when, TYPE.small, role="quiet", wrap=False)
    top = Qt.AlignmentFlag.AlignTop
    said.setContentsMargins(0, SPACE.tight, 0, 0)
    when.setContentsMargins(0, SPACE.tight, 0, 0)
    beneath = [Words(moment.by, TYPE.small, role="quiet")] if moment.by else []
    if moment.note:
        beneath.append(Words(breakable(moment.note)))
    grid.addWidget(_Mark(moment.icon, tone, last=last), 0, 0, 2 + len(beneath), 1)
    grid.addWidget(said, 0, 1, top)
    grid.addWidget(when, 0, 2, top)
    for place, words in enumerate(beneath, 1):
        grid.addWidget(words, place, 1, 1, 2)
    grid.setRowMinimumHeight(1 + len(beneath), SPACE.medium)
    grid.setColumnStretch(1, 1)
    return line


class Timeline(QWidget):
    """Shows :class:`Moment` after :class:`Moment`."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(0)

    def show_moments(self, moments: Sequence[Moment]) -> None:
        """Show these in place of those before; the first is the newest."""
        empty(self._lines)
        for place, moment in enumerate(moments):
            self._lines.addWidget(_line(moment, first=place == 0, last=place == len(moments) - 1))
