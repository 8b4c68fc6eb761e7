"""Make digmed.ico of the program's drawing. Run by hand when the drawing changes; a test compares the two."""

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from installer.making import places

SIZES = (16, 20, 24, 32, 48, 64, 128, 256)
DRAWING = places.ROOT / "resources" / "icons" / "digmed.svg"
ICON = places.HOME / "launcher" / "digmed.ico"


def draw(pixels: int) -> QImage:
    """Return the drawing at one size."""
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    return image


def pictures(icon: Path) -> dict[int, bytes]:
    """Return the PNG of each size in an icon file."""
    raw = icon.read_bytes()
    found = {}
    for number in range(struct.unpack_from("<H", raw, 4)[0]):
        width, *_rest, length, start = struct.unpack_from("<BBBBHHII", raw, 6 + 16 * number)
        found[width or 256] = raw[start : start + length]
    return found


def write(icon: Path = ICON) -> None:
    """Write the icon file: one PNG for each size."""
    parts = []
    for pixels in SIZES:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        draw(pixels).save(buffer, b"PNG")
        parts.append((pixels, bytes(buffer.data().data())))
    head, body, start = struct.pack("<HHH", 0, 1, len(parts)), b"", 6 + 16 * len(parts)
    for pixels, png in parts:
        head += struct.pack("<BBBBHHII", pixels % 256, pixels % 256, 0, 0, 1, 32, len(png), start + len(body))
        body += png
    icon.write_bytes(head + body)


if __name__ == "__main__":
    write()
