"""Finding the GP practice: at once in the list kept here, and on request in the national directory."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical.identity import folded
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.forms.closed_practice import ClosedPracticePanel
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.search_box import Hit, SearchBox
from digmed_desktop.ui.widgets.words import row

if TYPE_CHECKING:
    from digmed_desktop.clinical.record import Organisation
    from digmed_desktop.desk.views.general import PracticeFound


class PracticeSearch(QWidget):
    """Stands in the group of the practice. :attr:`chosen` carries the organisation."""

    chosen = Signal(object)
    passed = Signal()  # Enter, and nothing typed: on to the questions

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._turn = 0  # counts forms and choices: what comes late for one is not taken for the next
        self._answers: Callable[[], Mapping[str, str]] = dict
        self.box = SearchBox(
            "practice.search",
            "Find the practice",
            "Name, town, postcode or ODS code. Press Enter to select.",
            "Practices found",
        )
        self.online = button("Search the national directory", tip="Ask the directory over the internet")
        self.online.clicked.connect(self._ask_directory)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.tight)
        layout.addWidget(self.box)
        layout.addWidget(row(self.online, None))
        self.closed = ClosedPracticePanel(context)
        self.closed.taken.connect(self._heir_taken)
        layout.addWidget(self.closed)
        self.box.wanted.connect(self._search)
        self.box.taken.connect(self._take)
        self.box.refused.connect(self._is_closed)
        self.box.nothing_taken.connect(self._nothing)

    def follow(self, answers: Callable[[], Mapping[str, str]]) -> None:
        """Take nothing that comes late once the answers about the practice are others."""
        self._answers = answers

    def focus(self) -> None:
        """Put the cursor in the box."""
        self.box.editor.focus()

    def clear(self) -> None:
        """Forget what was searched: another form."""
        self._turn += 1
        self.box.clear()
        self.closed.clear()
        self.online.setEnabled(True)

    def say(self, sentence: str) -> None:
        """Say what became of the practice."""
        self.box.say(sentence, "look")

    def _search(self, text: str) -> None:
        self._context.office.ask(
            lambda desk: desk.directory.search(text),
            lambda found: self._show(text, found, "Not in the list on this computer: search the directory."),
        )

    def _show(self, text: str, found: "Sequence[PracticeFound]", none: str) -> None:
        named = Counter(folded(one.organisation.name) for one in found)
        alike = [named[folded(one.organisation.name)] > 1 for one in found]
        hits = [Hit(one.label, one, one.refusal, one.fit, a) for one, a in zip(found, alike, strict=True)]
        self.box.show_hits(text, hits, none)

    def _nothing(self, text: str) -> None:
        if text:
            self._ask_directory()
        else:
            self.passed.emit()

    def _ask_directory(self) -> None:
        text = self.box.text
        if not text:
            self.box.say("Type a name, postcode or ODS code first.", "look")
            self.box.editor.focus()
            return
        self.online.setEnabled(False)
        self.box.say("Asking the directory. You can continue while you wait.")
        self._context.office.errand(
            lambda desk: desk.directory.search_directory(text),
            lambda found: self._answered(text, found),
            self._failed,
        )

    def _answered(self, text: str, found: "Sequence[PracticeFound]") -> None:
        self.online.setEnabled(True)
        self._show(text, found, "The directory does not list an open practice like this. Check the spelling.")

    def _failed(self, error: DigMedError) -> None:
        self.online.setEnabled(True)
        self.box.say(str(error), "look")

    def _take(self, found: "PracticeFound") -> None:
        self._turn += 1
        if found.organisation.address.lines:
            self._chosen(found)
            return
        asked = self._turn, dict(self._answers())
        self._context.office.errand(
            lambda desk: desk.directory.whole(found),
            lambda whole: self._arrived(asked, whole),
            lambda _error: self._arrived(asked, found),
        )

    def _arrived(self, asked: tuple[int, dict[str, str]], found: "PracticeFound") -> None:
        """Take what was chosen, unless something else was chosen or typed meanwhile."""
        if asked == (self._turn, dict(self._answers())):
            self._chosen(found)

    def _chosen(self, found: "PracticeFound") -> None:
        if found.refusal:
            self._is_closed(found)
            return
        self.box.clear()
        self.chosen.emit(found.organisation)

    def _is_closed(self, found: "PracticeFound") -> None:
        self.box.show_hits(self.box.text, ())  # the panel says it
        self.box.say("")
        self.closed.choose(found.organisation.ods_code, found.organisation.name, found.refusal)

    def _heir_taken(self, organisation: "Organisation") -> None:
        self._turn += 1
        self.box.clear()
        self.chosen.emit(organisation)
