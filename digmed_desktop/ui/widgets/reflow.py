"""Widgets side by side, as many to a line as fit: at twice the size of text they stand one under the other."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from digmed_desktop.ui.tokens import SPACE


class Reflow(QWidget):
    """Lays its widgets out in columns of at least ``least_em`` letters."""

    def __init__(self, widgets: Sequence[QWidget], least_em: int, spacing: int = SPACE.medium) -> None:
        super().__init__()
        self._widgets, self._least_em = list(widgets), least_em
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(spacing)
        self._columns = 0
        for widget in widgets:
            widget.setParent(self)
        self._lay_out(len(widgets))

    def show_only_if(self, widget: QWidget, *, shown: bool) -> None:
        """Show or hide one of the widgets; the others take its place."""
        if widget.isHidden() is shown:
            widget.setHidden(not shown)
            self._columns = 0
            self._fit()

    def _lay_out(self, columns: int) -> None:
        there = [widget for widget in self._widgets if not widget.isHidden()]
        columns = max(1, min(columns, len(there)))
        if columns == self._columns:
            return
        for column in range(len(self._widgets)):
            self._grid.setColumnStretch(column, 0)
        self._columns = columns
        for widget in self._widgets:
            self._grid.removeWidget(widget)
        for place, widget in enumerate(there):
            self._grid.addWidget(widget, place // columns, place % columns)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    def _fit(self) -> None:
        least = self.fontMetrics().horizontalAdvance("m") * self._least_em
        self._lay_out(max(1, (self.width() + self._grid.spacing()) // (least + self._grid.spacing())))

    def minimumSizeHint(self) -> QSize:
        """Ask for the width of one widget only: the others then stand under it."""
        widest = max(widget.minimumSizeHint().width() for widget in self._widgets)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many columns as fit now."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
