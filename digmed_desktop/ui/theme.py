"""Colours, type and spacing of the window, from ``resources/styles``; light and dark follow the system.

Colours go into the palette; the style sheet holds only what a palette cannot say. It never holds a font size: a
size there would switch ``QApplication.setFont`` off, and with it the text-size setting.
"""

from dataclasses import dataclass
from functools import cache
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from digmed_desktop import resources
from digmed_desktop.data_files.source import OWN
from digmed_desktop.ui import system_look, tokens
from digmed_desktop.ui.tokens import TYPE

PER_CENT = 100
PRESSED_SHARE = 0.2  # of the text's colour in a button under the mouse
SCROLL_SHARE = 0.7  # of the border's colour in the handle of a scroll bar
RAIL_EM = 15  # widths of the frame are in characters, so that they grow with the text


@dataclass(frozen=True)
class Theme:
    """One set of colours by role."""

    name: str
    colours: dict[str, str]

    def __getitem__(self, role: str) -> str:
        """Return the colour of ``role`` as #rrggbb."""
        return self.colours[role]

    def qcolor(self, role: str) -> QColor:
        """Return the colour of ``role``."""
        return QColor(self.colours[role])


@cache
def load(name: str) -> Theme:
    """Return the theme ``name``: light, dark or high-contrast."""
    return Theme(name, dict(OWN.raw("styles/themes.toml")[name]))


_SHOWN: list[Theme] = []


def shown() -> Theme:
    """Return the theme that the application shows now: what is painted by hand takes its colours."""
    return _SHOWN[-1] if _SHOWN else load("light")


def mixed(one: str, other: str, share: float) -> str:
    """Return ``one`` with ``share`` (0 to 1) of ``other`` mixed in."""
    a, b = QColor(one), QColor(other)
    parts = (a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF())
    return QColor.fromRgbF(*(x + (y - x) * share for x, y in parts)).name()


def palette_of(theme: Theme) -> QPalette:
    """Return Qt's palette for a theme."""
    palette = QPalette()
    role = QPalette.ColorRole
    for target, source in (
        (role.Window, "window"),
        (role.WindowText, "text"),
        (role.Base, "surface"),
        (role.AlternateBase, "window"),
        (role.Text, "text"),
        (role.Button, "surface"),
        (role.ButtonText, "text"),
        (role.BrightText, "stop"),
        (role.Highlight, "act"),
        (role.HighlightedText, "on_act"),
        (role.Link, "act"),
        (role.LinkVisited, "act"),
        (role.PlaceholderText, "faint"),
        (role.ToolTipBase, "surface"),
        (role.ToolTipText, "text"),
        (role.Mid, "line"),
        (role.Dark, "border"),
        (role.Light, "surface"),
    ):
        palette.setColor(target, theme.qcolor(source))
    for text_role in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, text_role, theme.qcolor("faint"))
    for drawn, source in ((role.Highlight, "faint"), (role.Dark, "line")):  # the options of a choice
        palette.setColor(QPalette.ColorGroup.Disabled, drawn, theme.qcolor(source))
    return palette


def style_sheet(theme: Theme) -> str:
    """Return the small style sheet with the colours of a theme."""
    sheet = resources.text("styles/window.qss")
    shade = "light" if theme.name == "light" else "dark"
    values = {
        **theme.colours,
        **tokens.for_the_style_sheet(),
        "act_pressed": mixed(theme["act"], theme["text"], PRESSED_SHARE),
        "done_pressed": mixed(theme["done"], theme["text"], PRESSED_SHARE),
        "scroll": mixed(theme["window"], theme["border"], SCROLL_SHARE),
        "off": "dashed" if theme.name == "high-contrast" else "solid",
        "tick": resources.path(f"icons/tick-{shade}.svg").as_posix(),
        "chevron": resources.path(f"icons/chevron-{shade}.svg").as_posix(),
    }
    for name, value in values.items():
        sheet = sheet.replace("{" + name + "}", value)
    return sheet


def dress_alone(popup: QWidget) -> None:
    """Put the style sheet on a window of its own, such as a list of suggestions, as the look is now."""
    if popup.property("look") != shown().name:
        popup.setProperty("look", shown().name)
        popup.setStyleSheet(style_sheet(shown()))


def sized(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """Return ``font`` at ``factor`` times its size."""
    changed = QFont(font)
    changed.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        changed.setWeight(QFont.Weight.DemiBold)
    return changed


@runtime_checkable
class FollowsFont(Protocol):
    """A widget with a size of text of its own, in proportion to the application's."""

    def follow_font(self) -> None:
        """Take the application's present font."""
        ...


class Appearance(QObject):
    """Holds the look of the window; pages listen to :attr:`changed`.

    ``choice`` is system, light, dark or high-contrast; ``text_percent`` is the size of all text (100 to 200).
    """

    changed = Signal()

    def __init__(
        self, app: QApplication, choice: str = "system", text_percent: int = 100, family: str = ""
    ) -> None:
        super().__init__()
        self._app = app
        self._family = family
        self.choice = choice
        self.text_percent = text_percent
        self.theme = load("light")
        self._dressed: list[QWidget] = []
        if app.style().name() != "fusion":  # setting it again would polish every widget anew
            app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        app.styleHints().accessibility().contrastPreferenceChanged.connect(self._system_changed)
        self.apply()

    def set(self, choice: str | None = None, text_percent: int | None = None) -> None:
        """Change the theme, the text size or both, at once."""
        self.choice = choice or self.choice
        self.text_percent = text_percent or self.text_percent
        self.apply()

    def apply(self) -> None:
        """Put the present choice on the whole application."""
        name = self.choice
        if name == "system":
            name = system_look.name_of(self._app.styleHints())
        self.theme = load(name)
        _SHOWN[:] = [self.theme]
        font = QFont(self._family or QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family())
        percent = max(self.text_percent, system_look.text_percent())  # as large as either asks for
        font.setPointSizeF(TYPE.points * percent / PER_CENT)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        self._app.setFont(font)
        self._app.setPalette(palette_of(self.theme))
        for window in self._dressed:
            window.setStyleSheet(style_sheet(self.theme))
        for widget in self._app.allWidgets():
            if isinstance(widget, FollowsFont):
                widget.follow_font()
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Put the style sheet on a window, now and whenever the look changes.

        It is the window's, not the application's: a page that is built before it joins the window is then styled
        once, instead of at every step of its building.
        """
        self._dressed.append(window)
        window.setStyleSheet(style_sheet(self.theme))

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.apply()
