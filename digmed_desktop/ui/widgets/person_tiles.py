"""Choose who is acting from tiles: initials, name and role of each, and the digit that chooses it."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton

from digmed_desktop.ui import theme
from digmed_desktop.ui.theme import sized
from digmed_desktop.ui.tokens import RADIUS, SPACE, STROKE, TYPE
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.options import OptionButton

BETWEEN = " · "
"""Stands between a person's name and role."""
TILE_EM, LEAST_EM = 20, 12
DISC_LINES = 1.9


def initials(name: str) -> str:
    """Return the first letter of the first and of the last part of a name."""
    parts = name.split()
    return "".join(dict.fromkeys(part[:1].upper() for part in (*parts[:1], *parts[-1:]))) if parts else ""


class PersonTile(OptionButton):
    """One person: a disc with initials, the name, the role under it, and the digit at the right."""

    def __init__(self, label: str, key: str) -> None:
        super().__init__(label, key)
        self._person, _, self._role = label.partition(BETWEEN)

    def _disc(self) -> int:
        return round(self.fontMetrics().height() * DISC_LINES)

    def sizeHint(self) -> QSize:
        """Return one size for every tile."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("m") * TILE_EM, self._disc() + 2 * SPACE.medium)

    def minimumSizeHint(self) -> QSize:
        """Let a tile be narrower: its words are then shortened."""
        return QSize(self.fontMetrics().horizontalAdvance("m") * LEAST_EM, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw frame, disc, name, role and digit."""
        painter, look = QPainter(self), theme.shown()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        painter.setPen(
            QPen(look.qcolor("act" if chosen else "border"), STROKE.mark if chosen else STROKE.line)
        )
        painter.setBrush(look.qcolor("act_soft" if chosen else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS.card, RADIUS.card)
        side, height = self._disc(), self.height()
        disc = QRectF(SPACE.medium, (height - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.qcolor("surface" if chosen else "act_soft"))
        painter.drawEllipse(disc)
        painter.setPen(look.qcolor("act"))
        painter.setFont(sized(self.font(), TYPE.body, bold=True))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials(self._person))
        right = self.width() - SPACE.medium
        painter.setFont(sized(self.font(), TYPE.small))
        if self.key:
            painter.setPen(look.qcolor("quiet"))
            wide = painter.fontMetrics().horizontalAdvance(self.key)
            painter.drawText(QRect(right - wide, 0, wide, height), Qt.AlignmentFlag.AlignVCenter, self.key)
            right -= wide + SPACE.small
        self._write(painter, QRect(round(disc.right()) + SPACE.medium, 0, 0, height), right, look)

    def _write(self, painter: QPainter, room: QRect, right: int, look: theme.Theme) -> None:
        """Write the name, and the role under it, as far as there is room."""
        room.setRight(right)
        name, small = sized(self.font(), TYPE.body, bold=True), sized(self.font(), TYPE.small)
        painter.setFont(name)
        line = painter.fontMetrics().height()
        painter.setFont(small)
        under = painter.fontMetrics().height() if self._role else 0
        top = (self.height() - line - under) // 2
        for text, font, ink, place, high in (
            (self._person, name, "text", top, line),
            (self._role, small, "quiet", top + line, under),
        ):
            painter.setFont(font)
            painter.setPen(look.qcolor(ink))
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(
                QRect(room.left(), place, room.width(), high), Qt.AlignmentFlag.AlignVCenter, words
            )


class PersonTiles(RadioEditor):
    """One of the people who work here."""

    def _make_button(self, label: str, key: str) -> QRadioButton:
        return PersonTile(label, key)
