"""The contents of the help: every text by its title, and those that say what is searched for."""

from datetime import date
from functools import cache

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from digmed_desktop import resources
from digmed_desktop.clinical import rule_tables
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.words import Words

TOPIC = Qt.ItemDataRole.UserRole
FIRST = ("today", "vaccinate", "supply")
"""What most people look for stands first; the others follow by title."""
NOTHING = "No help text has these words."


@cache
def topics() -> tuple[tuple[str, str], ...]:
    """Return every text of the help as topic and title, in the order of the contents."""
    found = []
    for name in resources.names("help", ".md"):
        first_line = resources.text(name).partition("\n")[0]
        found.append((name.rpartition("/")[2].removesuffix(".md"), first_line.removeprefix("# ").strip()))
    found += [(topic, title) for topic, (title, _make) in rule_tables.TABLES.items()]
    last = len(FIRST)
    return tuple(
        sorted(found, key=lambda one: (FIRST.index(one[0]) if one[0] in FIRST else last, one[1].casefold()))
    )


@cache
def _words_of(topic: str, today: date) -> str:
    try:
        return rule_tables.text(topic, today).casefold()
    except DataFileError:
        return ""


def found(text: str, today: date) -> list[tuple[str, str]]:
    """Return the texts that have every word of ``text``, those with one in the title first."""
    wanted = text.casefold().split()
    hits = [
        (topic, title)
        for topic, title in topics()
        if all(word in title.casefold() or word in _words_of(topic, today) for word in wanted)
    ]
    return sorted(hits, key=lambda one: not any(word in one[1].casefold() for word in wanted))


class HelpContents(QWidget):
    """A line to search in and the list of what there is; :attr:`chosen` carries a topic."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._today = date.min
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the help")
        self.search.setAccessibleName("Search the help")
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._take_first)
        self.list = QListWidget()
        self.list.setAccessibleName("Contents of the help")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._choose)
        self.nothing = Words(NOTHING, role="quiet")
        self.nothing.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE.small)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(self.list, 1)

    def mark(self, topic: str, today: date) -> None:
        """Mark the text in view."""
        self._today = today
        if not self.list.count() and not self.search.text():
            self._fill("")
        blocker = QSignalBlocker(self.list)
        for place in range(self.list.count()):
            if self.list.item(place).data(TOPIC) == topic:
                self.list.setCurrentRow(place)
                break
        else:
            self.list.setCurrentRow(-1)
        blocker.unblock()

    def _fill(self, text: str) -> None:
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        for topic, title in found(text, self._today):
            item = QListWidgetItem(title)
            item.setData(TOPIC, topic)
            self.list.addItem(item)
        self.list.setCurrentRow(-1)
        blocker.unblock()
        self.nothing.setVisible(not self.list.count())

    def _take_first(self) -> None:
        if self.list.count():
            self.list.setCurrentRow(0)

    def _choose(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is not None:
            self.chosen.emit(str(item.data(TOPIC)))
