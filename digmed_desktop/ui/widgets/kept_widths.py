"""Widths of a table's columns that a person drew: kept in letters, so that they follow the size of the text."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QAbstractItemView, QHeaderView
from shiboken6 import isValid

from digmed_desktop.settings.layout_file import WindowLayout


class KeptWidths:
    """Remembers the widths of one table; the column that fills what is left has none of its own."""

    def __init__(
        self,
        header: QHeaderView,
        table: str,
        layout: WindowLayout,
        person: Callable[[], int | None],
        usual_em: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        """``usual_em``: letters of a column, by its place, where they are others than its text needs."""
        self._usual_em = usual_em
        self._header, self._table, self._layout, self._person = header, table, layout, person
        self._own = False  # whether the program sets widths, not a person
        header.sectionResized.connect(self._keep)

    def fit(self) -> None:
        """Give each column the width its person chose, else that of what stands in it."""
        if not isValid(self._header):
            return  # the list came after its window was closed
        self._own = True
        chosen, em = self._layout.widths(self._table, self._person()), self._em()
        for column in range(self._header.count()):
            if self._is_drawn(column):
                width = chosen[column] * em // 10 if column in chosen else self._needs(column)
                self._header.resizeSection(column, width)
        self._own = False

    def _needs(self, column: int) -> int:
        if column in self._usual_em:
            return self._usual_em[column] * self._em()
        view = self._header.parentWidget()
        cells = view.sizeHintForColumn(column) if isinstance(view, QAbstractItemView) else 0
        return max(self._header.sectionSizeHint(column), cells)

    def _em(self) -> int:
        return self._header.fontMetrics().horizontalAdvance("m")

    def _is_drawn(self, column: int) -> bool:
        last = self._header.stretchLastSection() and column == self._header.count() - 1
        return not last and self._header.sectionResizeMode(column) is QHeaderView.ResizeMode.Interactive

    def _keep(self, column: int, _before: int, width: int) -> None:
        if isValid(self._header) and not self._own and width and self._is_drawn(column):
            self._layout.keep_width(self._table, self._person(), column, round(10 * width / self._em()))
