"""Read the system's wishes for the look of programs: contrast and the size of text."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QStyleHints

LEAST, MOST = 100, 200  # per cent, as the program's own setting


def name_of(hints: QStyleHints) -> str:
    """Return the theme that follows the system: a contrast theme before light or dark."""
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return "high-contrast"
    return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"


def text_percent() -> int:
    """Return the size of text that Windows' accessibility settings ask for; 100 on other systems."""
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\Microsoft\Accessibility") as key:
                found, kind = winreg.QueryValueEx(key, "TextScaleFactor")
        except OSError:  # never changed
            return LEAST
        return min(max(found, LEAST), MOST) if kind == winreg.REG_DWORD else LEAST
    return LEAST
