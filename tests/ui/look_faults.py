"""Looks at a page as it is drawn: what is cut off, too low, hard to read, or has the cursor out of view."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from digmed_desktop.ui.tokens import SIZE
from digmed_desktop.ui.widgets.problem_summary import LinkButton
from tests.ui.test_look import clipped

LEAST_CONTRAST = 3.0
"""Of the darkest dot of a text: its thin strokes are drawn lighter than its colour, which has 4.5."""
DOTS = 4


def look_faults(window: QWidget) -> Iterator[str]:
    """Yield what is wrong with the page in view."""
    yield from clipped(window)
    yield from low(window)
    yield from sideways(window)
    yield from faint(window)


def low(window: QWidget) -> Iterator[str]:
    """Yield what can be pressed and is lower than it has to be; a link within a sentence is as high as its line."""
    for one in window.findChildren(QWidget):
        if not one.isVisible() or not one.isEnabled():
            continue
        pressed = isinstance(one, QAbstractButton | QLineEdit | QComboBox) and not isinstance(one, LinkButton)
        inside = isinstance(one.parentWidget(), QComboBox) or one.objectName().startswith("qt_")
        if pressed and not inside and one.height() < SIZE.target:
            yield f"{type(one).__name__} {said(one)!r} is {one.height()} px high"
        if pressed and not inside and one.height() + 1 < one.minimumSizeHint().height():
            yield f"{type(one).__name__} {said(one)!r} is squeezed to {one.height()} px"
        if isinstance(one, QAbstractItemView) and one.model() is not None and one.model().rowCount():
            row = one.sizeHintForRow(0)
            if 0 < row < SIZE.target - 1:
                yield f"the rows of {one.accessibleName()!r} are {row} px high"


def said(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def sideways(window: QWidget) -> Iterator[str]:
    """Yield what would have to be scrolled sideways."""
    for area in window.findChildren(QAbstractScrollArea):
        bar = area.horizontalScrollBar()
        if area.isVisible() and bar.isVisible() and bar.maximum() > 0:
            yield f"{type(area).__name__} {area.accessibleName()!r} scrolls sideways by {bar.maximum()}"


def faint(window: QWidget) -> Iterator[str]:
    """Yield texts that stand out too little from their ground, as they are drawn."""
    drawn = dots(window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
    light = luminance(drawn)
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text().strip() or not label.isEnabled():
            continue
        box = seen(label, window)
        if box.width() < DOTS or box.height() < DOTS:
            continue
        part = light[box.top() : box.bottom() + 1, box.left() : box.right() + 1].ravel()
        ground = np.median(part)
        strongest = max(ratio(part.max(), ground), ratio(part.min(), ground))
        if 1.0 < strongest < LEAST_CONTRAST:
            yield f"{label.text()[:40]!r} has a contrast of {strongest:.1f}"


def dots(image: QImage) -> NDArray[np.uint8]:
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return whole[:, : image.width(), 2::-1].copy()  # the image goes, and its dots with it


def luminance(drawn: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the relative luminance of every dot (WCAG 2.2)."""
    parts = drawn.astype(np.float64) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    weighed: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weighed


def ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def seen(widget: QWidget, window: QWidget) -> QRect:
    """Return the part of a widget that is in view, in dots of the window."""
    box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).intersected(window.rect())
    around = widget.parentWidget()
    while around is not None and around is not window:
        if isinstance(around, QAbstractScrollArea):
            port = around.viewport()
            box = box.intersected(QRect(port.mapTo(window, QPoint(0, 0)), port.size()))
        around = around.parentWidget()
    return box


def unseen_cursor(window: QWidget, widgets: list[QWidget]) -> Iterator[str]:
    """Yield what can have the cursor and is not in view then, or has no ring."""
    from digmed_desktop.ui.widgets.focus_ring import FocusRing

    ring = window.findChild(FocusRing)
    for one in widgets:
        one.setFocus(Qt.FocusReason.TabFocusReason)
        if not one.hasFocus():
            continue
        box = seen(one, window)
        if box.width() < min(one.width(), 40) or box.height() < min(one.height(), 20):
            yield f"{type(one).__name__} {said(one)!r} has the cursor out of view"
        elif ring is not None and ring.target is not one:
            yield f"{type(one).__name__} {said(one)!r} has no ring"
