"""A notification of Windows from the task that sends: that something is late, and no more. No patient, no practice."""

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.messaging.story import QueueStanding

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

TITLE = "DigMed Desktop"
SECONDS = (
    8.0  # that Windows is given to show it; it stays in the list of notifications no longer than its icon
)
_NOTIFIED = "sync.notified"


def due(store: "Store", standing: QueueStanding, now: datetime) -> str:
    """Return what is to be said, or "" when nothing is late or it was said today already. Notes that it was said.

    Each day once, and again when more has become late since.
    """
    late = standing.needs_person
    if not late:
        return ""
    today = now.astimezone(dates.ENGLAND).date().isoformat()
    said = store.profile.remembered(_NOTIFIED, lambda found: (found["day"], int(found["count"])))
    if said is not None and said[0] == today and late <= said[1]:
        return ""
    store.profile.put(_NOTIFIED, json.dumps({"day": today, "count": late}))
    many = "1 notification" if late == 1 else f"{late} notifications"
    return f"Action needed for {many}. Open DigMed Desktop to see which."


def show(text: str) -> bool:
    """Show a notification of Windows; return whether Windows took it. Elsewhere there is none."""
    return sys.platform == "win32" and _show(text)


if sys.platform == "win32":
    import ctypes
    import time
    from ctypes import wintypes

    _ADD, _DELETE = 0, 2
    _ICON, _TIP, _INFO = 0x2, 0x4, 0x10
    _WARNING_SIGN = 0x2
    _MESSAGES_ONLY = -3  # a window that nobody sees
    _SIGN = 32515  # Windows' own warning sign, for a launcher without an icon

    class _Notice(ctypes.Structure):
        """NOTIFYICONDATAW."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("window", wintypes.HWND),
            ("id", wintypes.UINT),
            ("flags", wintypes.UINT),
            ("message", wintypes.UINT),
            ("icon", wintypes.HICON),
            ("tip", wintypes.WCHAR * 128),
            ("state", wintypes.DWORD),
            ("state_mask", wintypes.DWORD),
            ("info", wintypes.WCHAR * 256),
            ("version", wintypes.UINT),
            ("title", wintypes.WCHAR * 64),
            ("info_flags", wintypes.DWORD),
            ("guid", ctypes.c_byte * 16),
            ("balloon_icon", wintypes.HICON),
        )

    def _show(text: str) -> bool:
        user = ctypes.WinDLL("user32")
        shell = ctypes.WinDLL("shell32")
        user.CreateWindowExW.restype = wintypes.HWND
        user.CreateWindowExW.argtypes = (
            wintypes.DWORD, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_int, ctypes.c_int, ctypes.c_int,
            ctypes.c_int, wintypes.HWND, wintypes.HMENU, wintypes.HINSTANCE, wintypes.LPVOID,
        )  # fmt: skip
        user.DestroyWindow.argtypes = (wintypes.HWND,)
        user.LoadIconW.restype = wintypes.HICON
        user.LoadIconW.argtypes = (wintypes.HINSTANCE, ctypes.c_void_p)
        shell.ExtractIconW.restype = wintypes.HICON
        shell.ExtractIconW.argtypes = (wintypes.HINSTANCE, wintypes.LPCWSTR, wintypes.UINT)
        window = user.CreateWindowExW(0, "STATIC", TITLE, 0, 0, 0, 0, 0, _MESSAGES_ONLY, None, None, None)
        icon = shell.ExtractIconW(None, sys.orig_argv[0], 0) or user.LoadIconW(None, _SIGN)
        notice = _Notice(
            size=ctypes.sizeof(_Notice),
            window=window,
            id=1,
            flags=_ICON | _TIP | _INFO,
            icon=icon,
            tip=TITLE,
            info=text,
            title=TITLE,
            info_flags=_WARNING_SIGN,
        )
        taken = bool(shell.Shell_NotifyIconW(_ADD, ctypes.byref(notice)))
        if taken:
            time.sleep(SECONDS)
            shell.Shell_NotifyIconW(_DELETE, ctypes.byref(notice))
        user.DestroyWindow(window)
        return taken
