"""The last page of first run: the recovery phrase, which can wait."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent

from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.pages.recovery_phrase import ONLY_YOU, WHAT_IT_IS, RecoveryPhrase
from digmed_desktop.ui.widgets.words import Notice, Words, quiet, row


class RecoveryPage(ColumnPage):
    """Offers the phrase to the person who has just been set up: show, print, or later with one key."""

    CENTRED = True
    done = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Before you begin: the recovery phrase",
            "Without it the records are lost with this computer or its keyring. It can wait: "
            "Today reminds you.",
        )
        self._person: int | None = None
        self._pin = ""
        self.phrase = RecoveryPhrase(context, lambda: (self._person, self._pin), self)
        self.trouble = Notice("look")
        self.trouble.setHidden(True)
        self.card("Recovery phrase", Words(WHAT_IT_IS), quiet(ONLY_YOU), self.trouble, *self.phrase.parts)
        self.later = button("Later")
        self.later.clicked.connect(self._go_on)
        self.body.addWidget(row(self.later, Words("Esc", role="quiet", wrap=False), None))
        self.phrase.noted.connect(self._noted)
        self.phrase.refused.connect(self._refused)

    def begin(self, person: int, pin: str) -> None:
        """Offer the words to this person, whose PIN opens them; it is forgotten when the page is left."""
        self._person, self._pin = person, pin
        self.later.setText("Later")

    def arrive(self) -> None:
        """Put the focus on showing the words; Escape puts it off."""
        self.phrase.show_button.setFocus()

    def go_back(self) -> bool:
        """Put it off."""
        self._go_on()
        return True

    def _refused(self, why: str) -> None:
        self.trouble.say(why)
        self.trouble.setHidden(False)

    def _noted(self) -> None:
        self.later.setText("Continue")
        self.later.setAccessibleName("Continue")
        self.later.setFocus()

    def _go_on(self) -> None:
        self.phrase.hide_words()
        self._person, self._pin = None, ""
        self.done.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Never leave the words or the PIN on a page that is out of view."""
        self.phrase.hide_words()
        if not event.spontaneous():  # the window is only minimised
            self._pin = ""
        super().hideEvent(event)
