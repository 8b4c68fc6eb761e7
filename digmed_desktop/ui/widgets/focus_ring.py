"""Show where the cursor is: two lines around what has it, which cover none of its colours."""

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QTextBrowser,
    QWidget,
)
from shiboken6 import isValid

from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.tokens import RADIUS, STROKE
from digmed_desktop.ui.widgets.words import application

INSIDE = (QAbstractItemView, QTabBar, QTextBrowser)
"""What fills its place to the edges has the ring inside."""
MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.EnabledChange,
)
AROUND = 2 * STROKE.mark
"""From the edge of a control to the outer edge of its ring; a label stands at least as far above its field."""


class FocusRing(QWidget):
    """Lies over a whole window and takes no press; it follows the focus, and whatever moves what has it."""

    def __init__(self, window: QWidget, appearance: Appearance) -> None:
        super().__init__(window)
        self._over = window
        self._appearance = appearance
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._whole = QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application().focusChanged.connect(self._follow)
        appearance.changed.connect(self.update)

    @property
    def target(self) -> QWidget | None:
        """Return what it lies around, or None."""
        return self._target if self.isVisible() else None

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        if not isValid(self) or not isValid(self._over):
            return  # a window that is taken apart moves the cursor too
        for one in self._watched:
            if isValid(one):
                one.removeEventFilter(self)
        self._watched = []
        window = self._over
        self._target = now if now is not None and now is not window and window.isAncestorOf(now) else None
        around = self._target
        while around is not None and around is not window:
            around.installEventFilter(self)
            self._watched.append(around)
            around = around.parentWidget()
        self._place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow what has the cursor, and all that it lies in."""
        if event.type() in MOVES:
            self._place()
        return False

    def _place(self) -> None:
        target = self._target
        if target is None or not isValid(target) or not target.isVisible() or _is_page(target):
            self.hide()
            return
        window = self._over
        whole = QRect(target.mapTo(window, target.rect().topLeft()), target.size())
        seen = _seen(target, window)
        if not _is_inside(target):
            whole = whole.adjusted(-AROUND, -AROUND, AROUND, AROUND)
        part = whole.intersected(seen)
        if part.isEmpty():
            self.hide()
            return
        self._whole = whole.translated(-part.topLeft())
        self.setGeometry(part)
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the outer line, and the inner one against it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, half = self._appearance.theme, STROKE.mark / 2
        box = QRectF(self._whole).adjusted(half, half, -half, -half)
        radius = RADIUS.control + STROKE.mark
        for role in ("focus", "on_focus"):
            painter.setPen(QPen(theme.qcolor(role), STROKE.mark))
            painter.drawRoundedRect(box, radius, radius)
            box = box.adjusted(STROKE.mark, STROKE.mark, -STROKE.mark, -STROKE.mark)
            radius -= STROKE.mark


def _is_inside(target: QWidget) -> bool:
    return isinstance(target, INSIDE) or (
        isinstance(target, QPushButton) and target.property("kind") == "nav"
    )


def _seen(target: QWidget, window: QWidget) -> QRect:
    """Return the part of the window in which the target can be seen: what scrolls around it cuts it off."""
    seen = window.rect()
    around = target.parentWidget()
    while around is not None and around is not window:
        if isinstance(around, QAbstractScrollArea) and around.viewport().isAncestorOf(target):
            port = around.viewport()
            seen = seen.intersected(QRect(port.mapTo(window, port.rect().topLeft()), port.size()))
        around = around.parentWidget()
    return seen


def _is_page(target: QWidget) -> bool:
    """Whether it is what scrolls around controls: a ring round the whole page would say nothing.

    What is read or chosen from is none, though it fills a tab.
    """
    fills = isinstance(target.parentWidget(), QStackedWidget) and not _is_inside(target)
    return isinstance(target, QScrollArea) or fills
