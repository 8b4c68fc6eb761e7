"""Find or do: one line that finds pages, actions, patients and recent searches, by keyboard alone."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from digmed_desktop.ui import theme
from digmed_desktop.ui.theme import sized
from digmed_desktop.ui.tokens import INSET, SIZE, SPACE, TYPE
from digmed_desktop.ui.widgets.icons import draw, side_for
from digmed_desktop.ui.widgets.search_box import READ_MS
from digmed_desktop.ui.widgets.words import Words, announce

KEYS = "Ctrl+K"
WAIT_MS = 120  # after the last key, before patients are looked for
WIDTH_EM, MOST_IN_VIEW = 46, 9
HINT = "Type a page, an action or a patient"
HELP = "↑ ↓ choose · Enter opens · Ctrl+Enter begins a vaccination for the patient marked · Esc closes"
HELP_WITHOUT = "↑ ↓ choose · Enter opens · Esc closes"
NOTHING = "Nothing found. Type the beginning of a word, or an NHS number."
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One line. ``act`` is done by Enter, ``also`` by Ctrl+Enter. ``more`` are words that find it and are not shown.

    ``waits``: it came late, so Enter takes it only once it can have been read.
    """

    group: str
    icon: str
    title: str
    act: Callable[[], None]
    note: str = ""
    keys: str = ""
    also: Callable[[], None] | None = None
    more: str = ""
    waits: bool = False
    marks: bool = True  # whether it may be marked without an arrow


def fits(entry: Entry, typed: str) -> bool:
    """Whether each word that was typed begins a word of an entry."""
    words = f"{entry.title} {entry.more}".casefold().replace("’", "'").split()
    return all(any(word.startswith(one) for word in words) for one in typed.casefold().split())


class _Line(QStyledItemDelegate):
    """Draws an entry: icon, title, a quiet note, and its key at the right; or the heading of a group."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(Qt.ItemDataRole.UserRole)
        look, box = theme.shown(), option.rect
        painter.save()
        if not isinstance(entry, Entry):
            painter.setFont(sized(QApplication.font(), TYPE.small, bold=True))
            painter.setPen(look.qcolor("quiet"))
            painter.drawText(
                box.adjusted(SPACE.medium, 0, 0, -SPACE.hair),
                Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft,
                str(index.data()),
            )
            painter.restore()
            return
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, option.widget)
        side = side_for(option.widget)
        draw(
            painter,
            entry.icon,
            QRect(box.left() + SPACE.medium, box.top(), side, box.height()),
            look.qcolor("act"),
        )
        left, right = box.left() + 2 * SPACE.medium + side, box.right() - SPACE.medium
        small = sized(QApplication.font(), TYPE.small)
        painter.setFont(small)
        painter.setPen(look.qcolor("quiet"))
        middle = Qt.AlignmentFlag.AlignVCenter
        if entry.keys:
            wide = painter.fontMetrics().horizontalAdvance(entry.keys)
            painter.drawText(QRect(right - wide, box.top(), wide + 1, box.height()), middle, entry.keys)
            right -= wide + SPACE.medium
        painter.setFont(QApplication.font())
        painter.setPen(look.qcolor("text"))
        wide = min(painter.fontMetrics().horizontalAdvance(entry.title) + 1, right - left)
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(QRect(left, box.top(), wide, box.height()), middle, title)
        left += wide + SPACE.small
        if entry.note and left < right:
            painter.setFont(small)
            painter.setPen(look.qcolor("quiet"))
            note = painter.fontMetrics().elidedText(entry.note, Qt.TextElideMode.ElideRight, right - left)
            painter.drawText(QRect(left, box.top(), right - left, box.height()), middle, note)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        height = QFontMetrics(QApplication.font()).height()
        is_entry = isinstance(index.data(Qt.ItemDataRole.UserRole), Entry)
        return QSize(0, max(SIZE.row, height + SPACE.medium) if is_entry else height + SPACE.small)


class Palette(QFrame):
    """Lies over the window while it is open; Esc, a choice, or a press beside it closes it.

    :attr:`asked` carries a text that patients may be looked for; what is found comes by :meth:`show_late`.
    """

    asked = Signal(str)
    lost = Signal()  # closed, and what had the cursor before is there no more

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("palette")
        self.setAccessibleName("Search pages, actions and patients")
        self._over = over
        self._entries: Sequence[Entry] = ()
        self._late: Sequence[Entry] = ()
        self._came_at = 0.0
        self._before: QWidget | None = None
        self.line = QLineEdit()
        self.line.setPlaceholderText(HINT)
        self.line.setAccessibleName("Search pages, actions and patients")
        self.line.setAccessibleDescription(HELP)
        self.list = QListWidget()
        self.list.setObjectName("popup")
        self.list.setAccessibleName("Found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Line(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._take_item)
        self.none = Words(NOTHING, role="quiet")
        self.help = Words(HELP, TYPE.small, role="quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.notice)
        layout.setSpacing(SPACE.small)
        for part in (self.line, self.none, self.list, self.help):
            layout.addWidget(part)
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(lambda: self.asked.emit(self.text))
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        over.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """Return what was typed."""
        return " ".join(self.line.text().split())

    def open(self, entries: Sequence[Entry], help_line: str = HELP) -> None:
        """Open it with what can be found and done now, and with the keys that do something."""
        if self.isVisible():
            self.put_away()
            return
        self._before = QApplication.focusWidget()
        self._entries, self._late = entries, ()
        self.help.setText(help_line)
        self.line.setAccessibleDescription(help_line)
        self.line.clear()
        self._list()
        self.show()
        self.raise_()
        self._place()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_away(self) -> None:
        """Close it, and put the cursor back where it was."""
        if self.isHidden():
            return
        self._timer.stop()
        before, self._before = self._before, None
        self._entries = self._late = ()
        self.line.clear()
        self.list.clear()  # no name of a patient stays in it
        self.hide()
        if before is None:
            return
        if isValid(before) and before.isVisible():  # a page lays its lines anew while this lies over it
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.lost.emit()

    def show_late(self, text: str, entries: Sequence[Entry]) -> None:
        """Add what was found for a text below the rest: what is marked stays marked."""
        if text != self.text or self.isHidden():
            return
        self._late, self._came_at = entries, time.monotonic()
        self._list()
        if entries and not any(fits(one, text) for one in self._entries):
            announce(self, f"{len(entries)} found. {entries[0].title}")

    # ---- the list

    def _typed(self) -> None:
        self._late = ()
        self._list()
        self._timer.start()

    def _list(self) -> None:
        marked = self._marked()
        text = self.text
        shown = [one for one in self._entries if fits(one, text)]
        shown += self._late
        self.list.clear()
        group = ""
        for entry in shown:
            if entry.group != group:
                group = entry.group
                head = QListWidgetItem(group)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(head)
            item = QListWidgetItem(f"{entry.title} {entry.note}".strip())
            item.setData(Qt.ItemDataRole.UserRole, entry)
            self.list.addItem(item)
        places = self._places()
        kept = next((n for n in places if marked is not None and self._at(n) == marked), None)
        first = next(iter(places), -1)
        leads = self._at(first)
        self.list.setCurrentRow(kept if kept is not None else first if leads and leads.marks else -1)
        self.none.setVisible(not places and bool(text) and not self._timer.isActive())
        self.list.setVisible(bool(places))
        self._place()

    def _places(self) -> list[int]:
        return [n for n in range(self.list.count()) if self._at(n) is not None]

    def _at(self, place: int) -> Entry | None:
        item = self.list.item(place)
        entry = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return entry if isinstance(entry, Entry) else None

    def _marked(self) -> Entry | None:
        return self._at(self.list.currentRow())

    def _move(self, step: int) -> None:
        places = self._places()
        if not places:
            return
        now = self.list.currentRow()
        at = places.index(now) + step if now in places else (0 if step > 0 else -1)
        self.list.setCurrentRow(places[at % len(places)])
        self._came_at = 0.0  # who chooses has read it
        if (entry := self._marked()) is not None:
            announce(self, " ".join(part for part in (entry.title, entry.note) if part))

    def _take_item(self, item: QListWidgetItem) -> None:
        entry = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(entry, Entry):
            self.put_away()
            entry.act()

    def _enter(self, *, also: bool) -> None:
        entry = self._marked()
        if entry is None or (entry.waits and (time.monotonic() - self._came_at) * 1000 < READ_MS):
            return
        act = entry.also if also else entry.act
        if act is not None:
            self.put_away()
            act()

    # ---- keys, and where it lies

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over:
            if event.type() == QEvent.Type.Resize:
                self._place()
            return False
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            QTimer.singleShot(0, self, self._left)
            return False
        if not isinstance(event, QKeyEvent) or watched is not self.line:
            return False
        key, ctrl = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        ours = key in (Qt.Key.Key_Escape, *ENTER)
        if event.type() == QEvent.Type.ShortcutOverride and (ours or not self._leads_on(event)):
            event.accept()  # it would act on the page under it, which nobody sees whole
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._move(1 if key == Qt.Key.Key_Down else -1)
        elif key in ENTER and not event.isAutoRepeat():
            self._enter(also=ctrl)
        elif key == Qt.Key.Key_Escape:
            self.put_away()
        return ours or key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)

    def _leads_on(self, event: QKeyEvent) -> bool:
        """Whether a key is one that a line names, or that closes this: others would act on the page under it."""
        pressed = QKeySequence(event.keyCombination())
        return any(
            pressed == QKeySequence(keys) for keys in (KEYS, *(one.keys for one in self._entries)) if keys
        )

    def _left(self) -> None:
        """Close where the cursor went elsewhere: a press beside it, or a key of another page."""
        now = QApplication.focusWidget()
        if self.isVisible() and now is not None and now is not self.line:
            self._before = None
            self.put_away()

    def _place(self) -> None:
        """Lie in the upper middle, as wide as its words need and no higher than the window."""
        room = self._over.size()
        em = self.fontMetrics().horizontalAdvance("m")
        width = min(em * WIDTH_EM, room.width() - 2 * SPACE.wide)
        rows = [self.list.sizeHintForRow(n) for n in range(min(self.list.count(), 2 * MOST_IN_VIEW))]
        top = room.height() // 8
        others = self.line.sizeHint().height() + self.help.heightForWidth(width) + 6 * SPACE.medium
        most = max(SIZE.row, room.height() - top - others - SPACE.wide)
        self.list.setFixedHeight(min(sum(rows) + 2 * self.list.frameWidth() + SPACE.small, most))
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(width, max(layout.totalHeightForWidth(width), layout.totalMinimumSize().height()))
        self.move((room.width() - width) // 2, top)
