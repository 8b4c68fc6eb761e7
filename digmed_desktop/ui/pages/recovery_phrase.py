"""The recovery phrase on a page: shown for a PIN, written down or printed, and the paper tried by three of its words."""

import secrets
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui import printing
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Notice, Words

WORDS = 24
ASKED = 3
WHAT_IT_IS = (
    "24 words that open the records when the keyring of this computer is lost. Write them on paper, and keep the paper "
    "in the safe."
)
ONLY_YOU = (
    "Nobody but you should see the words: anyone with them and this computer's data can read every record."
)
NO_PRINTER = "No printer is set up on this computer. Write the words down by hand."
Who = Callable[[], tuple[int | None, str]]
"""Returns the person who asks for the words and the PIN that they typed."""


class RecoveryPhrase(QObject):
    """The widgets, for a card of any page. The words are on it only between Show and the leaving of the page."""

    noted = Signal()  # the paper was tried
    shown = Signal()
    refused = Signal(str)  # why the words are not shown

    def __init__(self, context: Context, who: Who, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._who = context, who
        self.show_button = button("Show the words")
        self.words = Words("", bold=True)
        self.words.setAccessibleName("Recovery phrase")
        self.print_button = button("Print them …")
        self.checks = [TextEditor() for _ in range(ASKED)]
        self.asked: list[int] = []
        self.check_fields = [Field(f"recovery.word{n}", "Word", one) for n, one in enumerate(self.checks)]
        self.done = button("I have written it down", "primary")
        self.said = Notice("look")
        self.show_button.clicked.connect(self.ask)
        self.print_button.clicked.connect(self.print_words)
        self.done.clicked.connect(self.check)
        self._done_row = flow(self.done)
        self._after = (self.words, *self.check_fields, self._done_row)
        self.hide_words()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """The widgets in their order."""
        return (
            flow(self.show_button, self.print_button),
            self.words,
            *self.check_fields,
            self._done_row,
            self.said,
        )

    def ask(self) -> None:
        """Fetch the words and show them."""
        self._fetch(self.show_words)

    def print_words(self) -> None:
        """Fetch the words, print them, and show them too: the paper is held against the screen."""
        self._fetch(self._print)

    def _fetch(self, then: Callable[[tuple[str, ...]], None]) -> None:
        by, pin = self._who()
        if by is None or not pin:
            self.refused.emit("Type your PIN to see the words.")
            return
        self._context.office.ask(
            lambda desk: desk.backups.phrase_for(by, pin, desk.sign_in),
            then,
            lambda error: self.refused.emit(str(error)),
        )

    def _print(self, words: Sequence[str]) -> None:
        self.show_words(words)
        kept = tuple(words)
        self._context.office.ask(lambda desk: desk.backups.phrase_on_paper(kept), self._send_to_printer)

    def _send_to_printer(self, printed: Printed) -> None:
        printing.print_on_paper(
            self._context,
            self.words,
            printed,
            self._not_printed,
            note=lambda desk, _printed: desk.backups.note_phrase_printed(),
        )

    def _not_printed(self, error: DigMedError) -> None:
        none = error.happened == printing.NO_PRINTER.happened
        self._say(NO_PRINTER if none else error.happened)

    def show_words(self, words: Sequence[str]) -> None:
        """Show the words, and ask for three of them from the paper."""
        lines = [
            "   ".join(f"{n + 1}. {words[n]}" for n in range(first, first + 4))
            for first in range(0, WORDS, 4)
        ]
        self.words.setText("\n".join(lines))
        self.asked = sorted(secrets.SystemRandom().sample(range(1, WORDS + 1), ASKED))
        for number, field, editor in zip(self.asked, self.check_fields, self.checks, strict=True):
            field.label.setText(f"To be sure: word {number} on your paper")
            field.label_text = f"Word {number} on your paper"
            field.say("")
            editor.set_answer("")
        for part in self._after:
            part.setHidden(False)
        self.said.setHidden(True)
        self.shown.emit()

    def check(self) -> None:
        """Hold what was typed from the paper against the words."""
        asked, typed = list(self.asked), [one.answer() for one in self.checks]
        self._context.office.ask(lambda desk: desk.backups.phrase_written_down(asked, typed), self._checked)

    def _checked(self, wrong: str) -> None:
        if wrong:
            self._say(wrong)
            return
        self.hide_words()
        self._say("Noted. Keep the paper in the safe, not beside this computer.", tone="done")
        self.noted.emit()

    def _say(self, sentence: str, tone: str = "look") -> None:
        self.said.say(sentence, tone=tone)
        self.said.setHidden(False)

    def hide_words(self) -> None:
        """Take the words off the page."""
        self.words.setText("")
        for editor in self.checks:
            editor.set_answer("")
        for part in (*self._after, self.said):
            part.setHidden(True)
