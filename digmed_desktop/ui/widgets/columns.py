"""Widgets under each other, in two columns where there is room; they keep their order, parent and cursor."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.flow import PlacedLayout


class TwoColumns(PlacedLayout):
    """Lays out top to bottom, in one column or two; subclasses say which items stand in the second."""

    def __init__(self, parent: QWidget, least_em: int, spacing: int, gap: int) -> None:
        """``least_em``: letters of one column, below which there is one only; ``spacing`` and ``gap`` in pixels."""
        super().__init__(parent)
        self._least_em, self._spacing, self._gap = least_em, spacing, gap

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def _measure(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0),
            sum(size.height() + self._spacing for size in sizes),
        )

    def _measure_least(self) -> QSize:
        """Return the width of the widest widget; the height follows the width."""
        widths = [item.minimumSize().width() for item in self._items if not item.isEmpty()]
        return QSize(max(widths, default=0), 0)

    def has_two(self, width: int) -> bool:
        """Whether a width has room for two columns."""
        holder = self.parentWidget()
        letter = holder.fontMetrics().horizontalAdvance("m") if holder is not None else 10
        return width >= 2 * self._least_em * letter + self._gap

    def _in_second(self) -> set[int]:
        """Return the places of the items in the second column."""
        raise NotImplementedError

    def _place(self, rect: QRect, *, move: bool) -> int:
        two = self.has_two(rect.width())
        second = self._in_second() if two else set()
        width = (rect.width() - self._gap) // 2 if two else rect.width()
        ends = [rect.y(), rect.y()]
        for place, item in enumerate(self._items):
            if item.isEmpty():
                continue
            column = int(place in second)
            height = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
            if move:
                left = rect.x() + column * (width + self._gap)
                item.setGeometry(QRect(left, ends[column], width, height))
            ends[column] += height + self._spacing
        return max(max(ends) - self._spacing - rect.y(), 0)


class ColumnsLayout(TwoColumns):
    """Lays out top to bottom; a widget added as ``second`` stands in the second column of a wide page."""

    LEAST_EM = 40

    def __init__(self, parent: QWidget, spacing: int, gap: int) -> None:
        super().__init__(parent, self.LEAST_EM, spacing, gap)
        self._second: set[QWidget] = set()

    def add(self, widget: QWidget, *, second: bool) -> None:
        """Add a widget at the end of its column."""
        if second:
            self._second.add(widget)
        self.addWidget(widget)

    def _in_second(self) -> set[int]:
        return {place for place, item in enumerate(self._items) if item.widget() in self._second}


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


class CardColumns(TwoColumns):
    """Cards under each other, in two columns where there is room: the first half of them at the left.

    Which card stands where depends on their number alone, so that none moves while its answers are typed.
    """

    def __init__(self, parent: QWidget, least_em: int, *, is_first: Callable[[QWidget], bool]) -> None:
        """``least_em``: letters of one column; ``is_first``: whether a widget may begin the second one."""
        super().__init__(parent, least_em, SPACE.large, SPACE.broad)
        self._is_first = is_first
        policy = parent.sizePolicy()
        policy.setHeightForWidth(True)
        parent.setSizePolicy(policy)

    def insertWidget(self, place: int, widget: QWidget) -> None:
        """Put a widget before the one at a place."""
        self.addWidget(widget)
        self._items.insert(place, self._items.pop())

    def has_two(self, width: int) -> bool:
        """Whether a width has room for two columns, and there is something for each."""
        return bool(self._in_second()) and super().has_two(width)

    def _in_second(self) -> set[int]:
        firsts = [
            place
            for place, item in enumerate(self._items)
            if (widget := item.widget()) is not None and self._is_first(widget) and not widget.isHidden()
        ]
        if len(firsts) < 2:
            return set()
        begin = firsts[(len(firsts) + 1) // 2]
        while (before := self._items[begin - 1].widget()) is not None and before.property(LEADS):
            begin -= 1
        return set(range(begin, len(self._items)))
