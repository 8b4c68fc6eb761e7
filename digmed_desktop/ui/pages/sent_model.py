"""The rows of a search as Qt's tables want them: fetched page by page, never all, and never inside Qt's own call."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.story import NotificationRow, RecordKind
from digmed_desktop.messaging.wording import Tone, record_word, words_of_row
from digmed_desktop.ui.theme import Theme
from digmed_desktop.ui.tokens import SIZE
from digmed_desktop.ui.widgets.icons import icon

PAGE = 100
MOST_ROWS = 5000
"""More are not fetched into the window: the search is to be narrowed."""
COLUMNS = ("Patient", "NHS number", "Record", "What", "Practice", "State", "When", "By")
STATE, RECORD, WHAT = (COLUMNS.index(one) for one in ("State", "Record", "What"))
SORTS: tuple[Sort | None, ...] = (
    Sort.PATIENT,
    None,
    None,
    Sort.WHAT,
    Sort.PRACTICE,
    Sort.STATE,
    Sort.CONTACT,
    Sort.BY,
)
RECORD_ICONS = {
    RecordKind.GIVEN: "vaccinate",
    RecordKind.NOT_GIVEN: "cross",
    RecordKind.SUPPLIED: "supply",
    RecordKind.NOT_SUPPLIED: "cross",
    RecordKind.CORRECTION: "swap",
    RecordKind.WITHDRAWAL: "undo",
    RecordKind.UNKNOWN: "look",
}
NO_FIRST_VERSION = (RecordKind.CORRECTION, RecordKind.WITHDRAWAL)
"""The kinds that are no first version: each with an icon of its own, never by its colour alone."""
_TEXTS = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)
_Index = QModelIndex | QPersistentModelIndex


def bold(font: QFont) -> QFont:
    """Return a font as states are written in."""
    made = QFont(font)
    made.setWeight(QFont.Weight.DemiBold)
    return made


class SentModel(QAbstractTableModel):
    """Asks for pages by :attr:`wanted` and takes them by :meth:`got`; an answer to an older search is dropped."""

    wanted = Signal(int, object, object)  # ticket, Search, the last row fetched or None

    def __init__(self, theme: Theme, now: Callable[[], datetime], duty: Callable[[], Duty] = Duty) -> None:
        super().__init__()
        self.theme = theme
        self._now, self._duty = now, duty
        self.icon_side = SIZE.icon
        self.short: Mapping[str, str] = {}  # names of vaccines for the table; the tip has the whole name
        self.shown_name: Callable[[str], str] = lambda name: name  # or its initials, where onlookers can read
        self.shown_number: Callable[[str], str] = nhs_number.shown  # or its last digits
        self.rows: list[NotificationRow] = []
        self.search = Search()
        self.ticket = 0
        self._more = self._busy = False
        self._begun = self._once_more = (
            False  # a first page is on its way; and what it shows has changed meanwhile
        )

    # ---- searching

    def begin(self, search: Search) -> None:
        """Show another search, from its first page."""
        self.ticket += 1
        self.search = search
        self.beginResetModel()
        self.rows, self._more, self._busy = [], True, False
        self._begun = self._once_more = False
        self.endResetModel()
        self.fetchMore(QModelIndex())

    def again(self) -> None:
        """Ask for what is shown once more, to see what has changed; where that is on its way, as soon as it came."""
        if self._begun:
            self._once_more = True
            return
        self.ticket += 1
        self._busy = self._begun = True
        self.wanted.emit(self.ticket, self.search, None)

    def got(self, ticket: int, page: Sequence[NotificationRow], *, first: bool) -> None:
        """Take a page. A first page takes the place of the rows that it repeats."""
        if ticket != self.ticket:
            return
        self._busy = False
        if first:
            self._begun = False
            self._replace(page)
            self._ask_once_more()
            return
        self._more = len(page) >= PAGE and len(self.rows) + len(page) < MOST_ROWS
        if page:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(page) - 1)
            self.rows.extend(page)
            self.endInsertRows()

    def failed(self, ticket: int) -> None:
        """Take it that no page comes."""
        if ticket == self.ticket:
            self._busy = self._more = self._begun = self._once_more = False

    def _ask_once_more(self) -> None:
        if self._once_more:
            self._once_more = False
            self.again()

    def _replace(self, page: Sequence[NotificationRow]) -> None:
        if self.rows and [r.id for r in page] == [r.id for r in self.rows[: len(page)]]:
            changed = [place for place, row in enumerate(page) if row != self.rows[place]]
            self.rows[: len(page)] = page
            for place in changed:
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows = list(page)
        self._more = len(page) >= PAGE
        self.endResetModel()

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than are fetched into the window."""
        return len(self.rows) >= MOST_ROWS

    def place_of(self, notification: int) -> int:
        """Return the place of a notification among the rows fetched, -1 when it is not there."""
        return next((place for place, row in enumerate(self.rows) if row.id == notification), -1)

    # ---- what Qt asks

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section] if 0 <= section < len(COLUMNS) else None
        return None

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and self._more and not self._busy

    def fetchMore(self, parent: _Index) -> None:
        if parent.isValid() or not self._more or self._busy:
            return
        self._busy = True
        self._begun = not self.rows
        self.wanted.emit(self.ticket, self.search, self.rows[-1] if self.rows else None)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        item = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() == WHAT:
            return self.short.get(item.what, item.what)
        if role in _TEXTS:
            return self._text(item, index.column())
        if index.column() == STATE:
            return self._state(item, role)
        if index.column() == RECORD:
            ink = QColor(self.theme["look" if item.record_kind in NO_FIRST_VERSION else "text"])
            if role == Qt.ItemDataRole.ForegroundRole:
                return ink
            if role == Qt.ItemDataRole.DecorationRole:
                return icon(RECORD_ICONS[item.record_kind], ink, self.icon_side)
        return None

    def _state(self, item: NotificationRow, role: int) -> Any:
        """Return how the state of a row looks: bold only where somebody has to act."""
        words = words_of_row(item, self._duty(), self._now())
        ink = QColor(self.theme["text" if words.tone is Tone.PLAIN else words.tone])
        if role == Qt.ItemDataRole.ForegroundRole:
            return ink
        if role == Qt.ItemDataRole.DecorationRole:
            return icon(words.icon, ink, self.icon_side)
        if role == Qt.ItemDataRole.FontRole and item.needs_person:
            return bold(QFont())
        return None

    def state_text(self, item: NotificationRow) -> str:
        """Return how a notification stands; its icon stands before it."""
        words = words_of_row(item, self._duty(), self._now())
        return f"{words.word} · action needed" if item.needs_person else words.word

    def _text(self, item: NotificationRow, column: int) -> str:
        if column == STATE:
            return self.state_text(item)
        texts = {
            "Patient": self.shown_name(item.patient_name),
            "NHS number": self.shown_number(item.nhs_number),
            "Record": record_word(item),
            "What": item.what,
            "Practice": item.practice_name,
            "When": dates.shown_time(item.contact_at) if item.has_time else "",
            "By": item.by,
        }
        return texts[COLUMNS[column]]
