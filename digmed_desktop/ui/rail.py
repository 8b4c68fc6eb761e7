"""The rail: the places in three groups, how the program stands with MESH, and the time."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.messaging.wording import needing
from digmed_desktop.ui import theme
from digmed_desktop.ui.theme import RAIL_EM, sized
from digmed_desktop.ui.tokens import INSET, SIZE, SPACE, TYPE
from digmed_desktop.ui.widgets.icons import Icon, draw, side_for
from digmed_desktop.ui.widgets.words import Words, set_property


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One line of the rail. ``group`` is the heading it stands under; its icon has the name of its key."""

    key: str
    title: str
    keys: str  # its function key
    group: str


class RailEntry(QPushButton):
    """A place: icon, title, how many need action there, and its key in line with those of the others."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.title)
        self._entry = entry
        self._count = 0
        self.setProperty("kind", "nav")
        self.setAccessibleName(entry.title)
        self.setToolTip(f"{entry.title} ({entry.keys})")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setCheckable(True)
        self.setAutoDefault(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_count(self, count: int) -> None:
        """Say how many there need action."""
        if count != self._count:
            self._count = count
            said = needing(count)
            self.setAccessibleDescription(said if count else "")
            self.setToolTip(f"{self._entry.title} ({self._entry.keys}){f': {said}' if count else ''}")
            self.update()

    def sizeHint(self) -> QSize:
        """Return the room for icon, title and key."""
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(f"{self._entry.title}{self._entry.keys}")
        width = 2 * SPACE.small + side_for(self) + 2 * SPACE.medium + words
        return QSize(width, max(SIZE.target, metrics.height() + SPACE.small))

    def minimumSizeHint(self) -> QSize:
        """Let the rail be narrower: the key gives way first."""
        return QSize(side_for(self) + 2 * SPACE.small, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground as the style does, and the parts in their columns."""
        painter = QStylePainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        look = theme.shown()
        ink = look.qcolor("act" if self.isChecked() else "text")
        side, height = side_for(self), self.height()
        draw(painter, self._entry.key, QRect(SPACE.small, 0, side, height), ink)
        left, right = 2 * SPACE.small + side, self.width() - SPACE.small
        title = sized(self.font(), TYPE.body, bold=self.isChecked())
        painter.setFont(title)
        needed = painter.fontMetrics().horizontalAdvance(self._entry.title)
        small = sized(self.font(), TYPE.small)
        painter.setFont(small)
        key = painter.fontMetrics().horizontalAdvance(self._entry.keys)
        if left + needed + SPACE.small + key <= right:
            painter.setPen(look.qcolor("quiet"))
            painter.drawText(
                QRect(right - key, 0, key, height), Qt.AlignmentFlag.AlignVCenter, self._entry.keys
            )
            right -= key + SPACE.small
        if self._count:
            right = self._draw_count(painter, right)
        painter.setFont(title)
        painter.setPen(ink)
        room = QRect(left, 0, max(0, right - left), height)
        words = painter.fontMetrics().elidedText(self._entry.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def _draw_count(self, painter: QPainter, right: int) -> int:
        """Draw the count that ends at ``right``, and return where it begins."""
        look, text = theme.shown(), str(self._count)
        high = painter.fontMetrics().height()
        wide = max(high, painter.fontMetrics().horizontalAdvance(text) + SPACE.small)
        badge = QRectF(right - wide, (self.height() - high) / 2, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.qcolor("stop"))
        painter.drawRoundedRect(badge, high / 2, high / 2)
        painter.setPen(look.qcolor("surface"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        return right - wide - SPACE.tight


class Rail(QFrame):
    """The places by groups, how it stands with MESH, and the time."""

    chosen = Signal(str)  # the key of a place

    def __init__(self, entries: Sequence[Entry], window: QWidget) -> None:
        super().__init__()
        self.setObjectName("rail")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE.small, 0, SPACE.small)
        layout.setSpacing(0)
        name = Words("DigMed", TYPE.title, bold=True)
        name.setContentsMargins(SPACE.large, 0, SPACE.small, SPACE.tight)
        layout.addWidget(name)
        self._scroll = QScrollArea()  # at twice the size of text the places need more height than there is
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entries: dict[str, RailEntry] = {}
        self._scroll.setWidget(self._places(entries, window))
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._foot())

    def _places(self, entries: Sequence[Entry], window: QWidget) -> QWidget:
        places = QWidget()
        places.setObjectName("page")
        column = QVBoxLayout(places)
        column.setContentsMargins(SPACE.small, 0, SPACE.small, 0)
        column.setSpacing(SPACE.hair)
        buttons = QButtonGroup(self)
        buttons.setExclusive(True)
        group = ""
        for entry in entries:
            if entry.group != group:
                group = entry.group
                heading = Words(group, TYPE.small, bold=True, role="quiet")
                heading.setContentsMargins(SPACE.small, SPACE.tight, 0, 0)
                column.addWidget(heading)
            made = RailEntry(entry)
            made.clicked.connect(lambda _on=False, key=entry.key: self.chosen.emit(key))
            QShortcut(QKeySequence(entry.keys), window, lambda key=entry.key: self.chosen.emit(key))
            buttons.addButton(made)
            column.addWidget(made)
            self.entries[entry.key] = made
        column.addStretch(1)
        return places

    def _foot(self) -> QWidget:
        """Return the sign of the connection, what waits, and the time."""
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(*INSET.card)
        column.setSpacing(SPACE.hair)
        self._sign = Icon("not_connected")
        self.connection = Words("")
        self.waiting = Words("", TYPE.small, role="quiet")
        self.clock = Words("", TYPE.small, role="quiet")
        line = QHBoxLayout()
        line.setSpacing(SPACE.small)
        line.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.connection, 1)
        column.addLayout(line)
        column.addWidget(self.waiting)
        column.addWidget(self.clock)
        self.waiting.hide()
        return foot

    def fit(self) -> None:
        """Take a width that follows the size of the text."""
        self.setFixedWidth(min(self.fontMetrics().horizontalAdvance("m") * RAIL_EM, SIZE.rail))

    def mark(self, key: str) -> None:
        """Mark the place that is in view."""
        for name, entry in self.entries.items():
            entry.setChecked(name == key)
        if key in self.entries:
            self._scroll.ensureWidgetVisible(self.entries[key], 0, SPACE.small)

    def show_connection(self, word: str, waiting: str, *, connected: bool, look: bool) -> None:
        """Say how it stands with MESH, and what waits."""
        self.connection.setText(word)
        self.waiting.setText(waiting)
        self.waiting.setVisible(bool(waiting))
        stands = "done" if connected else "text"
        set_property(self.connection, "ink", "look" if look else "done" if connected else "")
        self._sign.show_icon("connected" if connected else "not_connected", "look" if look else stands)

    def show_needs(self, count: int) -> None:
        """Say how many sent items need action: a sign beside that of the connection."""
        self.entries["sent"].show_count(count)
