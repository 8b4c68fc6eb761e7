"""The one law of keys: Ctrl+Enter is the page's main action and Esc goes back, on every page."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)
from shiboken6 import isValid

from digmed_desktop.ui.pages.base import Page, Pages
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.words import application

SEEN_MS = 700  # a page is in view for so long before Ctrl+Enter acts on it: one press is never two acts
MAIN = ("go", "primary")
SENDS = "go"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeyLaw(QObject):
    """Belongs to one window. ``leave`` goes back from a page that has no way of its own."""

    def __init__(self, window: QWidget, pages: Pages, leave: Callable[[], None]) -> None:
        super().__init__(window)
        self._pages, self._leave = pages, leave
        self._since = time.monotonic()
        self._at: QWidget | None = None  # has the cursor
        self._reached = 0.0  # when the cursor came to it
        application().focusChanged.connect(self._keep_in_view)
        pages.currentChanged.connect(lambda _n: self._arrived())
        for keys, act in (("Ctrl+Return", self.main), ("Ctrl+Enter", self.main), ("Esc", self.back)):
            shortcut = QShortcut(QKeySequence(keys), window, act)
            shortcut.setAutoRepeat(False)

    def _arrived(self) -> None:
        self._since = time.monotonic()

    def _watch(self, now: QWidget | None) -> None:
        """Watch what has the cursor: an Enter that is held down, or meant for the step before, is no press.

        The cursor goes from step to step by itself, so a held key would confirm one value after another and send, and a
        list that came meanwhile would lose the one marked, which nobody has read. In a text of several lines it is a line.
        """
        if self._at is not None and isValid(self._at):
            self._at.removeEventFilter(self)
        self._at = None if isinstance(now, QPlainTextEdit) else now
        if self._at is not None:
            self._at.installEventFilter(self)
            self._reached = time.monotonic()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not (
            isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in ENTER
        ):
            return False
        if event.isAutoRepeat():
            return True
        soon = (time.monotonic() - self._reached) * 1000 < SEEN_MS
        return soon and (watched.property("kind") == SENDS or bool(watched.property("decides")))

    def _keep_in_view(self, old: QWidget | None, now: QWidget | None) -> None:
        """Scroll what has the cursor into view, whatever scrolls around it; what is hidden leaves it to its page."""
        if not isValid(self._pages) or not self._pages.isVisible():
            return  # a window that is taken apart moves the cursor too
        self._watch(now)
        self._close_list(now)
        page = self._pages.in_view
        if old is not None and page is not None and page.isAncestorOf(old) and not old.isVisibleTo(page):
            QTimer.singleShot(0, self, self._come_back)
        if now is None or not self._pages.isAncestorOf(now):
            return
        around = now.parentWidget()
        while around is not None and around is not self._pages:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(now, SPACE.wide, SPACE.wide)
            around = around.parentWidget()

    def _close_list(self, now: QWidget | None) -> None:
        """Close a list of suggestions whose question the cursor has left.

        QCompleter keeps from its field that the focus went, so the field cannot do it.
        """
        popup = QApplication.activePopupWidget()
        field = popup.focusProxy() if isinstance(popup, QAbstractItemView) else None
        if popup is None or field is None or now is None or now is field or field.isAncestorOf(now):
            return
        if now is not popup and not popup.isAncestorOf(now):
            popup.hide()
            self._pages.window().activateWindow()  # some platforms leave the list that was closed active

    def _come_back(self) -> None:
        page = self._pages.in_view
        if page is not None and self._pages.isVisible():
            self.arrive(page)

    def enter(self, page: Page) -> None:
        """Let a page put the cursor where its work begins; one that does not has it at its first stop."""
        page.arrive()
        self.arrive(page)

    def arrive(self, page: QWidget) -> None:
        """Put the cursor at the first stop of a page that has not taken it itself."""
        now = QApplication.focusWidget()
        if now is not None and page.isAncestorOf(now) and now.isVisible():
            return
        first = page.nextInFocusChain()
        while first is not None and first is not page:
            stops = first.isVisible() and first.isEnabled() and first.focusPolicy() & Qt.FocusPolicy.TabFocus
            if stops and page.isAncestorOf(first):
                first.setFocus(Qt.FocusReason.TabFocusReason)
                return
            first = first.nextInFocusChain()

    def main(self) -> None:
        """Do the main action of the page in view; while it cannot be done, go to what is to be done first."""
        page = self._pages.in_view
        if page is None or page.main_action():
            return
        if (found := main_button(page)) is not None:
            if found.property("kind") == SENDS and (time.monotonic() - self._since) * 1000 < SEEN_MS:
                return
            found.click()
        else:
            page.arrive()

    def back(self) -> None:
        """Go one step back."""
        page = self._pages.in_view
        if page is None or not page.go_back():
            self._leave()


def main_button(page: QWidget) -> QPushButton | None:
    """Return the button of the main action: the nearest above the cursor, else the first."""
    shown = [
        one
        for one in page.findChildren(QPushButton)
        if one.isVisible() and one.isEnabled() and one.property("kind") in MAIN
    ]
    at: QWidget | None = QApplication.focusWidget()
    while at is not None and at is not page:
        beside = [one for one in shown if at.isAncestorOf(one)]
        if beside:
            return beside[0]
        at = at.parentWidget()
    return shown[0] if shown else None
