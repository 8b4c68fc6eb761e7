"""The scanner: a filter before every field that keeps scans away from them and gives typing through.

A scanner that acts as a keyboard types at whatever has the focus. Keys are held back for the blink of an eye (see
:mod:`digmed_desktop.scanning.burst`); typing then goes on to its field in order, a scan never does, so the field, its
selection and its undo are untouched.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from digmed_desktop.scanning.burst import SEPARATOR, Burst, Collector, Verdict

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_SHIFTS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_CapsLock, Qt.Key.Key_AltGr)
_LEAST_FOR_SEPARATOR = 3  # signs held before F8 is a separator and not the key of a page
_SPARE_MS = 15  # beyond the wait itself, for timers that run early


def event_time(event: QKeyEvent) -> float:
    """Return when a key went down, in milliseconds: by the system, or by this clock where it does not say."""
    stamp = event.timestamp()
    return float(stamp) if stamp else time.monotonic() * 1000


class Wedge(QObject):
    """Install with :meth:`watch`. :attr:`scanned` carries a ``Burst``; :attr:`touched` tells of any key or click."""

    scanned = Signal(object)
    touched = Signal()

    def __init__(
        self, parent: QObject | None = None, *, when: Callable[[QKeyEvent], float] = event_time
    ) -> None:
        super().__init__(parent)
        self._collector = Collector()
        self._held: list[QKeyEvent] = []
        self._taken: list[QKeyEvent] = []  # the keys of the last scan, until they are given back
        self._swallowed: set[int] = set()  # keys of a scan that are still to come up
        self._when = when
        self._passing = 0
        self._silence = QTimer(self, singleShot=True)
        self._silence.timeout.connect(self._nothing_came)

    def watch(self, app: QApplication) -> None:
        """Begin to look at every key."""
        app.installEventFilter(self)

    def leave(self, app: QApplication) -> None:
        """Stop looking."""
        self._release()
        app.removeEventFilter(self)

    def set_prefix(self, prefix: str) -> None:
        """Take what the scanner sends before each scan; with one, typing is never held back."""
        self._release()
        self._collector = Collector(prefix)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Pass every key through, for a test or tour that types faster than a person."""
        self._release()
        self._passing += 1
        try:
            yield
        finally:
            self._passing -= 1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._release()
            self.touched.emit()
            return False
        if kind == QEvent.Type.InputMethod or kind == QEvent.Type.ApplicationDeactivate:
            self._release()
            return False
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride):
            return False
        if self._passing or not isinstance(event, QKeyEvent) or watched is not _target():
            return False
        if kind == QEvent.Type.ShortcutOverride:
            if self._is_separator(event):
                event.accept()  # in the middle of a scan it is no shortcut
                return True
            return False
        if kind == QEvent.Type.KeyRelease:
            return self._released(event)
        self.touched.emit()
        return self._pressed(watched, event)

    def _pressed(self, watched: QObject, event: QKeyEvent) -> bool:
        if isinstance(watched, QLineEdit) and watched.echoMode() != QLineEdit.EchoMode.Normal:
            return False  # a PIN, perhaps by a password manager
        if event.key() in _SHIFTS:
            return False
        if event.key() in _ENDS and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            return self._ended(event)
        sign = SEPARATOR if self._is_separator(event) else event.text()
        plain = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier
            | Qt.KeyboardModifier.KeypadModifier
            | Qt.KeyboardModifier.GroupSwitchModifier
        )
        if sign != SEPARATOR and (len(sign) != 1 or not sign.isprintable() or plain or event.isAutoRepeat()):
            self._release()
            return False
        verdict = self._collector.add(sign, self._when(event))
        if verdict is Verdict.RELEASE:
            self._replay()
        if verdict is Verdict.TYPING:
            self._replay()
            return False
        self._held.append(event.clone())
        self._silence.start(int(self._collector.wait_ms) + _SPARE_MS)
        return True

    def _is_separator(self, event: QKeyEvent) -> bool:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_BracketRight and control:
            return True
        if event.text() == SEPARATOR:
            return True
        return event.key() == Qt.Key.Key_F8 and self._collector.holding >= _LEAST_FOR_SEPARATOR

    def _ended(self, event: QKeyEvent) -> bool:
        self._silence.stop()
        burst = self._collector.end(self._when(event))
        if burst is None:
            self._release()
            return False
        self._swallowed.add(event.key())
        self._take(burst, event)
        return True

    def _released(self, event: QKeyEvent) -> bool:
        if any(held.key() == event.key() for held in self._held):
            self._held.append(event.clone())
            return True
        if event.key() in self._swallowed:
            self._swallowed.discard(event.key())
            return True
        return False

    def _nothing_came(self) -> None:
        burst = self._collector.silence()
        if burst is None:
            self._replay()
        else:
            self._take(burst)

    def give_back(self) -> None:
        """Give the keys of the last scan to whatever has the focus, once: they were typing."""
        self._release()
        self._held, self._taken = self._taken, []
        self._replay()

    def _take(self, burst: Burst, end: QKeyEvent | None = None) -> None:
        ending = {end.key()} if end is not None else set()
        self._swallowed = ending | {held.key() for held in self._held if held.type() == QEvent.Type.KeyPress}
        for held in self._held:
            if held.type() == QEvent.Type.KeyRelease:
                self._swallowed.discard(held.key())
        self._taken = [*self._held, *([end.clone()] if end is not None else [])]
        self._held.clear()
        self.scanned.emit(burst)

    def _release(self) -> None:
        self._silence.stop()
        self._collector.clear()
        self._replay()

    def _replay(self) -> None:
        """Give held keys to whatever has the focus, one after the other: it may move on between two."""
        held, self._held = self._held, []
        if not held:
            return
        self._passing += 1
        try:
            for event in held:
                target = _target()
                if target is not None:
                    QCoreApplication.sendEvent(target, event)
        finally:
            self._passing -= 1


def _target() -> QWidget | None:
    """Return the widget that Qt would give a key to."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup.focusWidget() or popup
    return QApplication.focusWidget() or QApplication.activeWindow()
