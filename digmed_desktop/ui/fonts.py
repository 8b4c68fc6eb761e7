"""The program's own fonts: for paper everywhere, for the window where the system has none."""

from functools import cache

from PySide6.QtGui import QFontDatabase

from digmed_desktop import resources

FAMILY = "Open Sans"


@cache
def family() -> str:
    """Return the name of the program's own typeface, which Qt knows from then on."""
    for name in resources.names("fonts", ".ttf"):
        QFontDatabase.addApplicationFont(str(resources.path(name)))
    return FAMILY
