"""Copied text: marked so that Windows keeps no copy of it, and taken off the clipboard at the lock."""

from functools import partial
from weakref import ref

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from digmed_desktop.ui.widgets.words import application

MARKS = {
    "ExcludeClipboardContentFromMonitorProcessing": (1).to_bytes(4, "little"),
    "CanIncludeInClipboardHistory": bytes(4),
    "CanUploadToCloudClipboard": bytes(4),
}
"""The formats by which Windows leaves something out of clipboard history and cloud clipboard, with their values.

Source: Microsoft, Win32 documentation, "Clipboard Formats", section on cloud clipboard and clipboard history. Qt
registers a type that it does not know with Windows under the type's own name.
"""
_SAY_WHOSE = ("windows", "xcb")
"""Platforms of Qt that know whether the clipboard is ours; on others it is what changed while we were in front."""
_COPY, _CUT = "edit-copy", "edit-cut"  # Qt's names of the actions in its menus
_TEXTS = (QTextEdit, QPlainTextEdit)


def put(copied: QMimeData) -> None:
    """Put something on the clipboard, with the marks; in new data, for that of a text does not name all it holds."""
    data = QMimeData()
    for name in copied.formats():
        data.setData(name, copied.data(name))
    for name, value in MARKS.items():
        data.setData(name, value)
    application().clipboard().setMimeData(data)


def put_text(text: str) -> None:
    """Put a text on the clipboard, with the marks."""
    data = QMimeData()
    data.setText(text)
    put(data)


class Copied(QObject):
    """Marks all that is copied from this program, and takes it off the clipboard; what others put there stays.

    Windows tells its history of a copy before Qt tells us, so keys and menus that copy are taken before Qt acts on
    them. What comes another way is marked as soon as it is there.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._clipboard = application().clipboard()
        self._ours = ""  # for systems that do not say whose it is
        self._marking = False  # whether the next change is the one that adds the marks
        self._clipboard.dataChanged.connect(self._changed)
        self._watched: list[QWidget] = []
        application().focusChanged.connect(self._follow)
        self._follow(None, application().focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy and cut in our own way, by key and from the menu of a text."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QWidget):
            cut = event.matches(QKeySequence.StandardKey.Cut)
            return (cut or event.matches(QKeySequence.StandardKey.Copy)) and _copied(watched, cut=cut)
        if kind == QEvent.Type.ContextMenu:
            QTimer.singleShot(0, self, self._menu_opened)  # Qt makes the menu while it handles the event
        return False

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Watch the widget with the cursor alone: a filter of the whole program would slow every event."""
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = [now] if now is not None else []
        if isinstance(now, QAbstractScrollArea):
            self._watched.append(now.viewport())  # the mouse asks there for the menu
        for widget in self._watched:
            widget.installEventFilter(self)

    def _menu_opened(self) -> None:
        menu = application().activePopupWidget()
        if isinstance(menu, QMenu):
            _take_over(menu)

    def forget(self) -> None:
        """Take it off."""
        if self._clipboard.ownsClipboard() or (self._ours and self._clipboard.text() == self._ours):
            self._clipboard.clear()
        if self._clipboard.ownsSelection():
            self._clipboard.clear(QClipboard.Mode.Selection)
        self._ours = ""

    def _changed(self) -> None:
        active = application().applicationState() is Qt.ApplicationState.ApplicationActive
        self._ours = self._clipboard.text() if active else ""
        if self._marking:
            self._marking = False
            return
        says = QGuiApplication.platformName() in _SAY_WHOSE
        given = self._clipboard.mimeData()
        if not (self._clipboard.ownsClipboard() if says else active) or given is None or not given.formats():
            return
        if not all(given.hasFormat(name) for name in MARKS):
            self._marking = True
            put(given)


def _copied(place: QWidget, *, cut: bool) -> bool:
    """Copy what is selected, or cut it; return whether this place has anything to copy in our way."""
    if isinstance(place, QLineEdit):
        if place.echoMode() != QLineEdit.EchoMode.Normal or not place.hasSelectedText():
            return False
        put_text(place.selectedText())
        if cut and not place.isReadOnly():
            place.del_()
    elif isinstance(place, _TEXTS):
        if not place.textCursor().hasSelection():
            return False
        put(place.createMimeDataFromSelection())
        if cut and not place.isReadOnly():
            place.textCursor().removeSelectedText()
    elif isinstance(place, QLabel) and place.hasSelectedText():
        put_text(place.selectedText())
    elif isinstance(place, QAbstractItemView) and place.currentIndex().isValid() and not cut:
        put_text(str(place.currentIndex().data() or ""))
    else:
        return False
    return True


def _take_over(menu: QMenu) -> None:
    """Have the menu that Qt shows over a text copy and cut in our way."""
    place = menu.parent()
    while place is not None and not isinstance(place, (QLineEdit, QLabel, *_TEXTS)):
        place = place.parent()
    if place is None:
        return
    for action in menu.actions():
        if action.objectName() in (_COPY, _CUT):
            action.triggered.disconnect()
            # held weakly: a menu must not be what keeps its text alive
            action.triggered.connect(partial(_by_menu, ref(place), cut=action.objectName() == _CUT))


def _by_menu(of: ref[QWidget], _checked: bool = False, *, cut: bool) -> None:
    if (place := of()) is not None:
        _copied(place, cut=cut)
