"""The frame round the pages: practice mode's band, the rail of places, the strip that says who is acting."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.ui.theme import RAIL_EM
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.words import Notice, Words, set_property


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the rail."""

    key: str
    title: str
    keys: str  # its function key


def practice_band() -> QFrame:
    """Return the band that marks every page of practice mode."""
    band = QFrame()
    band.setObjectName("band")
    line = QHBoxLayout(band)
    line.setContentsMargins(16, 3, 16, 3)
    line.addWidget(
        Words("PRACTICE MODE – fictional patients only. Nothing leaves this computer.", bold=True), 1
    )
    return band


class Rail(QFrame):
    """The places, how it stands with MESH, and the time."""

    chosen = Signal(str)  # the key of a place

    WIDEST = 320

    def __init__(self, entries: Sequence[Entry], window: QWidget) -> None:
        super().__init__()
        self.setObjectName("rail")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 12)
        layout.setSpacing(2)
        name = Words("DigMed", 1.45, bold=True)
        name.setContentsMargins(16, 0, 8, 10)
        layout.addWidget(name)
        places = QWidget()
        places.setObjectName("page")
        column = QVBoxLayout(places)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._scroll = QScrollArea()  # at twice the size of text the places need more height than there is
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(places)
        self.entries: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        group.setExclusive(True)
        for entry in entries:
            made = button(f"{entry.title}   {entry.keys}", "nav", tip=f"{entry.title} ({entry.keys})")
            made.setAccessibleName(entry.title)
            made.setCheckable(True)
            made.clicked.connect(lambda _on=False, key=entry.key: self.chosen.emit(key))
            QShortcut(QKeySequence(entry.keys), window, lambda key=entry.key: self.chosen.emit(key))
            group.addButton(made)
            column.addWidget(made)
            self.entries[entry.key] = made
        column.addStretch(1)
        layout.addWidget(self._scroll, 1)
        self.connection = Words("", role="quiet")
        self.connection.setContentsMargins(16, 0, 8, 0)
        self.clock = Words("", role="quiet")
        self.clock.setContentsMargins(16, 0, 8, 0)
        layout.addWidget(self.connection)
        layout.addWidget(self.clock)

    def fit(self) -> None:
        """Take a width that follows the size of the text."""
        self.setFixedWidth(min(self.fontMetrics().horizontalAdvance("m") * RAIL_EM, self.WIDEST))

    def mark(self, key: str) -> None:
        """Mark the place that is in view."""
        for name, entry in self.entries.items():
            entry.setChecked(name == key)
        if key in self.entries:
            self._scroll.ensureWidgetVisible(self.entries[key], 0, 8)

    def show_connection(self, lines: Sequence[str], *, look: bool) -> None:
        """Say how it stands with MESH and what waits."""
        self.connection.setText("\n".join(part for part in lines if part))
        set_property(self.connection, "ink", "look" if look else "")


OFFER_KEY = "Alt+H"


class Banner(QWidget):
    """One sentence above the page about what concerns everyone; it takes no room when there is none.

    It may offer one act, by a button or :data:`OFFER_KEY`; :attr:`taken` says that it was taken.
    """

    taken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.notice = Notice("look")
        self.offer = button("")
        self.offer.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.offer.clicked.connect(self._take)
        self.offer.hide()
        self._key = QShortcut(QKeySequence(OFFER_KEY), self, self._take)
        self._key.setContext(Qt.ShortcutContext.WindowShortcut)
        holder = QVBoxLayout(self)
        holder.setContentsMargins(24, 8, 24, 0)
        holder.addWidget(self.notice)
        holder.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(False)
        self._is_anyone_in = self._is_for_all = False

    @property
    def head(self) -> str:
        """Return its subject."""
        return self.notice.head.text()

    def say(self, tone: str, text: str, head: str = "", *, offer: str = "", for_all: bool = False) -> None:
        """Say something, or nothing with an empty text; ``offer`` names the act that is offered.

        ``for_all``: it is about the program and names nobody, so it stands over the locked page too. All else waits
        until somebody is signed in.
        """
        self.notice.say(text, head, tone)
        if head:
            self.notice.head.setText(head)
        self.offer.setText(f"{offer}  {OFFER_KEY}")
        self.offer.setAccessibleName(offer)
        self.offer.setVisible(bool(offer))
        self._is_for_all = for_all
        self._show()

    def follow(self, person: object | None) -> None:
        """Show what is only for who works here while somebody is signed in."""
        self._is_anyone_in = person is not None
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self.notice.body.text()) and (self._is_for_all or self._is_anyone_in))

    def _take(self) -> None:
        if self.isVisible() and not self.offer.isHidden():
            self.offer.hide()
            self.taken.emit()
