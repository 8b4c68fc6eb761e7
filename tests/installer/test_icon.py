"""The icon of the launchers is the program's drawing."""

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from installer.making import icon


def test_the_icon_file_shows_the_drawing_in_every_size(qtbot: QtBot) -> None:
    found = icon.pictures(icon.ICON)
    assert set(found) == set(icon.SIZES)
    for pixels, png in found.items():
        shown = QImage.fromData(png).convertToFormat(QImage.Format.Format_ARGB32)
        assert shown == icon.draw(pixels)
