"""Widgets under each other, in two columns where there is room; they keep their order, parent and cursor."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


@dataclass(frozen=True, slots=True)
class _Place:
    item: QLayoutItem
    second: bool  # in the second column, where there are two


class ColumnsLayout(QLayout):
    """Lays out top to bottom; a widget added as ``second`` stands in the second column of a wide page."""

    LEAST_EM = 40  # letters of one column, below which there is one only

    def __init__(self, parent: QWidget, spacing: int, gap: int) -> None:
        super().__init__(parent)
        self._places: list[_Place] = []
        self._spacing, self._gap = spacing, gap
        self._adding_second = False
        self.setContentsMargins(0, 0, 0, 0)

    def add(self, widget: QWidget, *, second: bool) -> None:
        """Add a widget at the end of its column."""
        self._adding_second = second
        self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        self._places.append(_Place(item, self._adding_second))

    def count(self) -> int:
        return len(self._places)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._places[index].item if 0 <= index < len(self._places) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._places.pop(index).item if 0 <= index < len(self._places) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        sizes = [place.item.sizeHint() for place in self._places if not place.item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0),
            sum(size.height() + self._spacing for size in sizes),
        )

    def minimumSize(self) -> QSize:
        """Return the width of the widest widget; the height follows the width."""
        widths = [place.item.minimumSize().width() for place in self._places if not place.item.isEmpty()]
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
        for place in self._places:
            item = place.item
            if item.isEmpty():
                continue
            column = int(two and place.second)
            height = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
            if move:
                left = rect.x() + column * (width + self._gap)
                item.setGeometry(QRect(left, ends[column], width, height))
            ends[column] += height + self._spacing
        return max(max(ends) - self._spacing - rect.y(), 0)


class Columns(QWidget):
    """A widget that holds others in one column or two."""

    def __init__(self, spacing: int = 6, gap: int = 32) -> None:
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
