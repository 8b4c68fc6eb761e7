"""The list of suggestions under a line: one style for all, in the look that is shown when it opens."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QObject, QStringListModel, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCompleter, QListView

from digmed_desktop.ui import theme


class SuggestionList(QListView):
    """The pop-up of a completer. It is a window of its own, so that the style sheet of the window misses it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("popup")

    def showEvent(self, event: QShowEvent) -> None:
        """Take the look of the program."""
        theme.dress_alone(self)
        super().showEvent(event)


class Suggestions(QCompleter):
    """Finds any part of a text, and lists what it found in the program's look."""

    def __init__(self, model: QAbstractItemModel, parent: QObject) -> None:
        super().__init__(model, parent)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self._list = SuggestionList()
        self.setPopup(self._list)


def suggestions(texts: Sequence[str], parent: QObject) -> Suggestions:
    """Return the suggestions of these texts; a line drops those that it was given before, if it is their parent."""
    model = QStringListModel(list(texts))
    made = Suggestions(model, parent)
    model.setParent(made)
    return made
