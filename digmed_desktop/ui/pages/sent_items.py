"""Sent items: every notification with its state, and the story of one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.wording import Tone, words_of_row
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.theme import Theme
from digmed_desktop.ui.widgets.words import Notice, title

PAGE = 100
LEAST_EM = (10, 8, 8, 9, 20, 9, 6)
SHARES = (0.3, 0.0, 0.25, 0.2, 0.1, 0.0, 0.15)
COLUMNS = ("Patient", "NHS number", "What", "Practice", "State", "When", "By")
SIGN = {"done": "✓", "act": "→", "look": "!", "stop": "✕", "plain": "·"}


class SentModel(QAbstractTableModel):
    """The rows fetched so far; more are asked for when the table nears its end."""

    wants_more = Signal(object)  # id of the last row, or None

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.theme = theme
        self._now = now
        self.rows: list[NotificationRow] = []
        self._more = False
        self._busy = False

    def show_first(self, rows: Sequence[NotificationRow]) -> None:
        """Show the newest rows; those fetched before and unchanged in place stay."""
        if [r.id for r in rows] == [r.id for r in self.rows[: len(rows)]] and self.rows:
            changed = [i for i, r in enumerate(rows) if r != self.rows[i]]
            self.rows[: len(rows)] = rows
            for i in changed:
                self.dataChanged.emit(self.index(i, 0), self.index(i, len(COLUMNS) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self._more = len(rows) == PAGE
        self._busy = False
        self.endResetModel()

    def add(self, rows: Sequence[NotificationRow]) -> None:
        """Add the next rows."""
        self._busy = False
        self._more = len(rows) == PAGE
        if rows:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
            self.rows.extend(rows)
            self.endInsertRows()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def canFetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> bool:
        return not parent.isValid() and self._more and not self._busy

    def fetchMore(self, parent: QModelIndex | QPersistentModelIndex) -> None:
        if not parent.isValid() and self._more and not self._busy:
            self._busy = True
            self.wants_more.emit(self.rows[-1].id if self.rows else None)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid():
            return None
        item = self.rows[index.row()]
        words = words_of_row(item, Duty(), self._now())
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            texts = (
                item.patient_name,
                nhs_number.shown(item.nhs_number),
                item.what,
                item.practice_name,
                f"{SIGN[words.tone.value]}  {words.word}"
                + ("  · needs a person" if item.needs_person else ""),
                dates.shown_time(item.contact_at),
                item.by,
            )
            return texts[index.column()]
        if index.column() == 4 and role == Qt.ItemDataRole.ForegroundRole:
            return QColor(self.theme["text" if words.tone is Tone.PLAIN else words.tone])
        if index.column() == 4 and role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None


class SentPage(QWidget):
    """All notifications, newest first; Enter opens one."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.model = SentModel(context.appearance.theme, context.now)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName("Sent notifications")
        self.table.verticalHeader().setVisible(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.table.activated.connect(self._open)
        self.empty = Notice(
            "act",
            "Notifications you send appear here, with what became of each. Press F2 to record a vaccination.",
            "Nothing sent yet",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title("Sent items"))
        layout.addWidget(self.empty)
        layout.addWidget(self.table, 1)
        self.model.wants_more.connect(self._more)
        context.appearance.changed.connect(self._restyle)
        self._restyle()

    def history_moved(self) -> None:
        """Follow what became of notifications."""
        self.refresh()

    def _open(self, index: QModelIndex) -> None:
        self._context.navigate.to_notification.emit(self.model.rows[index.row()].id)

    def refresh(self) -> None:
        """Ask for the newest rows."""
        self._context.office.ask(lambda desk: desk.sent_items(None, PAGE), self._show)

    def arrive(self) -> None:
        """Put the focus in the table."""
        self.refresh()
        self.table.setFocus()

    def _more(self, last: int | None) -> None:
        self._context.office.ask(lambda desk: desk.sent_items(last, PAGE), self.model.add)

    def _show(self, rows: Sequence[NotificationRow]) -> None:
        self.model.show_first(rows)
        self.empty.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))
        if rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _restyle(self) -> None:
        self.model.theme = self._context.appearance.theme
        metrics = self.table.fontMetrics()
        self.table.verticalHeader().setDefaultSectionSize(metrics.height() + 16)
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out anew."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give each column its part of the width, but never less than its text needs."""
        em = self.table.fontMetrics().horizontalAdvance("m")
        spare = max(0, self.width() - 60 - em * sum(LEAST_EM))
        for column, (least, share) in enumerate(zip(LEAST_EM, SHARES, strict=True)):
            self.table.setColumnWidth(column, em * least + int(spare * share))
