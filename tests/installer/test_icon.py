"""The icon of the launchers is the program's drawing."""

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from installer.making import icon

_ROUNDING = 2  # of 255: processors round smooth edges in their own ways


def _furthest(one: QImage, other: QImage) -> int:
    """Return the largest difference of a colour of two pictures of one size."""
    bytes_of = (bytes(each.convertToFormat(QImage.Format.Format_ARGB32).constBits()) for each in (one, other))
    return max(abs(a - b) for a, b in zip(*bytes_of, strict=True))


def test_the_icon_file_shows_the_drawing_in_every_size(qtbot: QtBot) -> None:
    found = icon.pictures(icon.ICON)
    assert set(found) == set(icon.SIZES)
    for pixels, png in found.items():
        drawn = icon.draw(pixels)
        assert _furthest(QImage.fromData(png), drawn) <= _ROUNDING
        assert _furthest(QImage.fromData(png), drawn.flipped()) > _ROUNDING
