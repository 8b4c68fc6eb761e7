"""Buttons: what they are called, their kind, and the key that presses them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton


def button(text: str, kind: str = "", *, shortcut: str = "", tip: str = "") -> QPushButton:
    """Return a button; its shortcut is shown in the tip."""
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    made.setAccessibleName(text.replace("&&", "\0").replace("&", "").replace("\0", "&"))
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(True)  # Enter presses it, wherever it stands
    if shortcut:
        made.setShortcut(shortcut)
        made.setToolTip(f"{tip or made.accessibleName()} ({shortcut})")
    elif tip:
        made.setToolTip(tip)
    return made


def menu_button(text: str, menu: QMenu, *, tip: str = "") -> QPushButton:
    """Return a button that opens a menu."""
    made = button(text, tip=tip)
    made.setMenu(menu)
    made.setProperty("opens", "menu")
    return made
