"""Widgets one after the other like words: what does not fit goes on the next line. Hidden ones take no room."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

from digmed_desktop.ui.tokens import SPACE


class PlacedLayout(QLayout):
    """A layout whose height follows its width: one method places the items, and says how high they are together."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        # until something changes: Qt asks again and again
        self._heights: dict[int, int] = {}  # by width
        self._hint: QSize | None = None
        self._least: QSize | None = None
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def invalidate(self) -> None:
        """Forget what was measured: an item has changed its size, or is shown or hidden."""
        self._heights.clear()
        self._hint = self._least = None
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        if self._hint is None:
            self._hint = self._measure()
        return self._hint

    def minimumSize(self) -> QSize:
        if self._least is None:
            self._least = self._measure_least()
        return self._least

    def _place(self, rect: QRect, *, move: bool) -> int:
        raise NotImplementedError

    def _measure(self) -> QSize:
        """Return the size that the items ask for together."""
        raise NotImplementedError

    def _measure_least(self) -> QSize:
        """Return the size below which they do not fit."""
        raise NotImplementedError


class FlowLayout(PlacedLayout):
    """Lays out in lines."""

    def __init__(self, parent: QWidget, spacing: int = SPACE.small, lines: int | None = None) -> None:
        """``lines``: pixels between lines, where they are others than between widgets."""
        super().__init__(parent)
        self._gap = spacing
        self._between = spacing if lines is None else lines

    def _measure(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self._gap * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def _measure_least(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y = rect.x(), rect.y()
        line: list[tuple[QLayoutItem, int, QSize]] = []  # with the left edge and the size of each
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if item.hasHeightForWidth():  # words that wrap are as high as their width needs
                width = min(size.width(), rect.width())
                size = QSize(width, item.heightForWidth(width))
            if x > rect.x() and x + size.width() > rect.right() + 1:
                y += self._set(line, y, rect, move=move) + self._between
                x, line = rect.x(), []
            line.append((item, x, size))
            x += size.width() + self._gap
        return y + self._set(line, y, rect, move=move) - rect.y()

    @staticmethod
    def _set(line: Sequence[tuple[QLayoutItem, int, QSize]], y: int, rect: QRect, *, move: bool) -> int:
        """Set the items of one line in its middle, and return its height."""
        tallest = max((size.height() for _item, _x, size in line), default=0)
        for item, x, size in line if move else ():
            top = y + (tallest - size.height()) // 2
            item.setGeometry(QRect(QPoint(x, top), QSize(min(size.width(), rect.width()), size.height())))
        return tallest


class EvenFlowLayout(FlowLayout):
    """Lays out in one line, or in columns of one width where a line has no room for all."""

    def _place(self, rect: QRect, *, move: bool) -> int:
        shown = [item for item in self._items if not item.isEmpty()]
        widths = [item.sizeHint().width() for item in shown]
        if sum(widths) + self._gap * (len(shown) - 1) <= rect.width() or not shown:
            return super()._place(rect, move=move)
        columns = max(1, (rect.width() + self._gap) // (max(widths) + self._gap))
        each = (rect.width() - self._gap * (columns - 1)) // columns if columns > 1 else max(widths)
        each = min(each, rect.width())
        y = rect.y()
        for first in range(0, len(shown), columns):
            line = shown[first : first + columns]
            tallest = max(item.sizeHint().height() for item in line)
            for place, item in enumerate(line) if move else ():
                item.setGeometry(QRect(rect.x() + place * (each + self._gap), y, each, tallest))
            y += tallest + self._between
        return y - self._between - rect.y()


class Flow(QWidget):
    """A widget that holds others in lines that wrap."""

    def __init__(self, widgets: Sequence[QWidget], spacing: int, lines: int | None = None) -> None:
        """``lines``: pixels between lines, where they are others than between widgets."""
        super().__init__()
        layout = FlowLayout(self, spacing, lines)
        for widget in widgets:
            layout.addWidget(widget)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """Put a widget last, also one that stands here already."""
        layout = self.layout()
        if layout is not None:
            layout.removeWidget(widget)
            layout.addWidget(widget)

    def show_in_order(self, widgets: Sequence[QWidget]) -> None:
        """Put these widgets first, in this order, for Tab too; the others stay where they were after them."""
        layout = self.layout()
        if layout is None:
            return
        there = [item.widget() for n in range(layout.count()) if (item := layout.itemAt(n)) is not None]
        order = [*widgets, *(one for one in there if one is not None and one not in widgets)]
        if order == there:
            return
        for one in order:
            layout.removeWidget(one)
            layout.addWidget(one)
        for first, then in pairwise(order):
            QWidget.setTabOrder(first, then)

    def first(self) -> QWidget | None:
        """Return the first widget that is shown."""
        layout = self.layout()
        items = [] if layout is None else [layout.itemAt(n) for n in range(layout.count())]
        widgets = [item.widget() for item in items if item is not None]
        return next((one for one in widgets if one is not None and not one.isHidden()), None)


def flow(*widgets: QWidget, spacing: int = SPACE.small) -> Flow:
    """Return widgets in lines that wrap."""
    return Flow(widgets, spacing)
