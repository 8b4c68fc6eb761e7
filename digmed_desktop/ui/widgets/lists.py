"""Lists of widgets that a page fills anew whenever it has read them."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLayout, QWidget

from digmed_desktop.ui.tokens import SPACE


def empty(layout: QLayout) -> None:
    """Take every widget out of a layout: hidden at once, deleted when Qt is back at its events."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def table(shares: Sequence[int], *, between_rows: int = SPACE.small) -> tuple[QWidget, QGridLayout]:
    """Return a widget and its empty grid; ``shares`` are the parts of the width that the columns take."""
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE.large)
    grid.setVerticalSpacing(between_rows)
    for column, share in enumerate(shares):
        grid.setColumnStretch(column, share)
    return holder, grid
