"""Buttons: what they are called, their kind, their icon, and the key that presses them."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QPushButton, QStyle, QStyleOptionButton

from digmed_desktop.ui import theme
from digmed_desktop.ui.widgets.icons import icon, side_for

BEGINS = {
    "Print": "print",
    "Save as": "export",
    "Save for support": "export",
    "Export": "export",
    "Copy": "copy",
    "Add": "add",
    "Find": "search",
    "Search": "search",
}
"""The icon of what a button does, by the words that it begins with: one act has one icon on every page."""
INKS = {"primary": "on_act", "go": "on_act", "link": "act", "ident": "on_ident"}
"""The colour of the words of a kind; of any other it is that of text."""


class IconButton(QPushButton):
    """A button with an icon before its words, in their colour and size."""

    _icon_name = ""  # Qt tells of the font while the button is made

    def __init__(self, text: str, icon_name: str = "") -> None:
        super().__init__(text)
        self.show_icon(icon_name)

    def show_icon(self, name: str) -> None:
        """Show another icon, none with ``""``."""
        self._icon_name = name
        self._fit()

    def _fit(self) -> None:
        """Have room for the icon at the present size of text; its colour is taken when it is drawn."""
        side = side_for(self)
        self.setIconSize(QSize(side, side))
        self.setIcon(
            icon(self._icon_name, theme.shown().qcolor("text"), side) if self._icon_name else QIcon()
        )

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        """Have the style draw the icon in the colour of the words."""
        super().initStyleOption(option)
        if self._icon_name:
            enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
            ink = INKS.get(str(self.property("kind") or ""), "text") if enabled else "faint"
            option.icon = icon(self._icon_name, theme.shown().qcolor(ink), side_for(self))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()


def button(
    text: str, kind: str = "", *, shortcut: str = "", tip: str = "", icon_name: str = ""
) -> IconButton:
    """Return a button; its shortcut is shown in the tip."""
    by_words = next((one for words, one in BEGINS.items() if text.startswith(words)), "")
    made = IconButton(text, icon_name or by_words)
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


def menu_button(text: str, menu: QMenu, *, tip: str = "", icon_name: str = "") -> QPushButton:
    """Return a button that opens a menu."""
    made = button(text, tip=tip, icon_name=icon_name)
    made.setMenu(menu)
    made.setProperty("opens", "menu")
    return made
