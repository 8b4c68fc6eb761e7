"""Widgets under each other, in two columns where there is room; they keep their order, parent and cursor."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.flow import PlacedLayout


class ColumnsLayout(PlacedLayout):
    """Lays out top to bottom; a widget added as ``second`` stands in the second column of a wide page."""

    LEAST_EM = 40  # letters of one column, below which there is one only

    def __init__(self, parent: QWidget, spacing: int, gap: int) -> None:
        super().__init__(parent)
        self._second: set[QWidget] = set()
        self._spacing, self._gap = spacing, gap

    def add(self, widget: QWidget, *, second: bool) -> None:
        """Add a widget at the end of its column."""
        if second:
            self._second.add(widget)
        self.addWidget(widget)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0),
            sum(size.height() + self._spacing for size in sizes),
        )

    def minimumSize(self) -> QSize:
        """Return the width of the widest widget; the height follows the width."""
        widths = [item.minimumSize().width() for item in self._items if not item.isEmpty()]
        return QSize(max(widths, default=0), 0)

    def has_two(self, width: int) -> bool:
        """Whether a width has room for two columns."""
        holder = self.parentWidget()
        letter = holder.fontMetrics().horizontalAdvance("m") if holder is not None else 10
        return width >= 2 * self.LEAST_EM * letter + self._gap

    def _place(self, rect: QRect, *, move: bool) -> int:
        two = self.has_two(rect.width())
        width = (rect.width() - self._gap) // 2 if two else rect.width()
        ends = [rect.y(), rect.y()]
        for item in self._items:
            if item.isEmpty():
                continue
            column = int(two and item.widget() in self._second)
            height = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
            if move:
                left = rect.x() + column * (width + self._gap)
                item.setGeometry(QRect(left, ends[column], width, height))
            ends[column] += height + self._spacing
        return max(max(ends) - self._spacing - rect.y(), 0)


class Columns(QWidget):
    """A widget that holds others in one column or two."""

    def __init__(self, spacing: int = SPACE.tight, gap: int = SPACE.broad) -> None:
        super().__init__()
        self._columns = ColumnsLayout(self, spacing, gap)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget, *, second: bool = False) -> None:
        """Add a widget at the end of its column."""
        self._columns.add(widget, second=second)

    @property
    def has_two(self) -> bool:
        """Whether there are two columns now."""
        return self._columns.has_two(self.width())


LEADS = "leads"
"""The property of what is said above a card and stays with it."""


class CardColumns(PlacedLayout):
    """Cards under each other, in two columns where there is room: the first half of them at the left.

    Which card stands where depends on their number alone, so that none moves while its answers are typed.
    """

    def __init__(self, parent: QWidget, least_em: int, *, is_first: Callable[[QWidget], bool]) -> None:
        """``least_em``: letters of one column; ``is_first``: whether a widget may begin the second one."""
        super().__init__(parent)
        self._least_em, self._is_first = least_em, is_first
        policy = parent.sizePolicy()
        policy.setHeightForWidth(True)
        parent.setSizePolicy(policy)

    def insertWidget(self, place: int, widget: QWidget) -> None:
        """Put a widget before the one at a place."""
        self.addWidget(widget)
        self._items.insert(place, self._items.pop())

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0),
            sum(size.height() + SPACE.large for size in sizes),
        )

    def minimumSize(self) -> QSize:
        """Return the width of the widest widget; the height follows the width."""
        widths = [item.minimumSize().width() for item in self._items if not item.isEmpty()]
        return QSize(max(widths, default=0), 0)

    def has_two(self, width: int) -> bool:
        """Whether a width has room for two columns, and there is something for each."""
        holder = self.parentWidget()
        letter = holder.fontMetrics().horizontalAdvance("m") if holder is not None else 1
        return self._second_from() > 0 and width >= 2 * self._least_em * letter + SPACE.broad

    def _second_from(self) -> int:
        """Return the place of the widget that begins the second column, 0 where one is enough."""
        firsts = [
            place
            for place, item in enumerate(self._items)
            if (widget := item.widget()) is not None and self._is_first(widget) and not widget.isHidden()
        ]
        if len(firsts) < 2:
            return 0
        begin = firsts[(len(firsts) + 1) // 2]
        while (before := self._items[begin - 1].widget()) is not None and before.property(LEADS):
            begin -= 1
        return begin

    def _place(self, rect: QRect, *, move: bool) -> int:
        two = self.has_two(rect.width())
        second = self._second_from() if two else len(self._items)
        width = (rect.width() - SPACE.broad) // 2 if two else rect.width()
        ends = [rect.y(), rect.y()]
        for place, item in enumerate(self._items):
            if item.isEmpty():
                continue
            column = int(place >= second)
            height = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
            if move:
                item.setGeometry(
                    QRect(rect.x() + column * (width + SPACE.broad), ends[column], width, height)
                )
            ends[column] += height + SPACE.large
        return max(max(ends) - SPACE.large - rect.y(), 0)
