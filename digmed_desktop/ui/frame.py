"""The frame above the pages: practice mode's band, and what concerns everyone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.words import Notice, Words


def practice_band() -> QFrame:
    """Return the band that marks every page of practice mode."""
    band = QFrame()
    band.setObjectName("band")
    line = QHBoxLayout(band)
    line.setContentsMargins(SPACE.large, SPACE.hair, SPACE.large, SPACE.hair)
    line.addWidget(
        Words("PRACTICE MODE – fictional patients only. Nothing leaves this computer.", bold=True), 1
    )
    return band


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
        holder.setContentsMargins(SPACE.wide, SPACE.small, SPACE.wide, 0)
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
