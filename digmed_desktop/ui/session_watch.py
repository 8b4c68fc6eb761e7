"""Watch the person's session under Windows: the computer is locked, or the session is about to end."""

import ctypes
import sys
from collections.abc import Callable
from ctypes import wintypes

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray
from PySide6.QtWidgets import QApplication, QWidget

WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK = 0x02B1, 0x7
_THIS_SESSION = 0


class SessionWatch(QAbstractNativeEventFilter):
    """Locks the window with the computer, and has what is typed kept before a session ends.

    Signing out and a restart after an update send no close event; the program is simply ended.
    """

    def __init__(self, app: QApplication, lock: Callable[[], None], keep: Callable[[], None]) -> None:
        super().__init__()
        self._lock = lock
        app.commitDataRequest.connect(lambda _manager: keep())
        app.installNativeEventFilter(self)

    def begin(self, window: QWidget) -> bool:
        """Ask Windows to tell ``window`` of locks; return whether it will. Other systems are not asked."""
        if sys.platform == "win32":
            asked = ctypes.windll.wtsapi32.WTSRegisterSessionNotification(int(window.winId()), _THIS_SESSION)
            return bool(asked)
        return False

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        """Look at a message of Windows; every one goes on to the window."""
        if (kind.data() if isinstance(kind, QByteArray) else bytes(kind)) == b"windows_generic_MSG":
            said = wintypes.MSG.from_address(int(message))
            if said.message == WM_WTSSESSION_CHANGE and said.wParam == WTS_SESSION_LOCK:
                self._lock()
        return False, 0
