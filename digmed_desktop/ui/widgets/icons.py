"""Draw the program's icons from ``resources/icons/line.toml``, in the colour of the words beside them."""

from functools import cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from PySide6.QtGui import QColor, QIcon, QImage, QImageReader, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from digmed_desktop.data_files.source import OWN
from digmed_desktop.ui import theme
from digmed_desktop.ui.tokens import SIZE, STROKE

FILE = "icons/line.toml"
GRID = 20
SHARE = 1.25  # of the font's height


@cache
def _image(name: str, colour: str, side: int) -> QImage:
    """Return an icon as an image of ``side`` device pixels."""
    path = OWN.raw(FILE)[name]
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GRID} {GRID}"><path d="{path}" fill="none" '
        f'stroke="{colour}" stroke-width="{STROKE.fine}" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    buffer = QBuffer()
    buffer.setData(QByteArray(drawn.encode()))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(side, side))
    return reader.read()


def draw(painter: QPainter, name: str, box: QRect, colour: QColor) -> None:
    """Draw an icon in the middle of a box, as large as the box allows."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    side = min(box.width(), box.height())
    image = _image(name, colour.name(), max(1, round(side * ratio)))
    target = QRect(0, 0, side, side)
    target.moveCenter(box.center())
    painter.drawImage(target, image)


def icon(name: str, colour: QColor, side: int) -> QIcon:
    """Return an icon of ``side`` pixels for a control that the style draws, sharp on fine screens too."""
    made = QIcon()
    for ratio in (1, 2):
        drawn = QPixmap.fromImage(_image(name, colour.name(), side * ratio))
        drawn.setDevicePixelRatio(ratio)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):  # the style would draw its own grey one
            made.addPixmap(drawn, mode)
    return made


def side_for(widget: QWidget) -> int:
    """Return how large an icon is beside a widget's text."""
    return max(SIZE.icon, round(widget.fontMetrics().ascent() * SHARE))


class Icon(QWidget):
    """An icon beside words that say the same: a screen reader passes it over."""

    def __init__(self, name: str, tone: str = "text") -> None:
        super().__init__()
        self._name, self._tone = name, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, tone: str) -> None:
        """Show another icon, in the colour of ``tone``."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of an icon beside text."""
        return QSize(side_for(self), max(side_for(self), self.fontMetrics().height()))

    def follow_font(self) -> None:
        """Take the size of the application's text."""
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it in a colour of the look that is shown."""
        draw(QPainter(self), self._name, self.rect(), theme.shown().qcolor(self._tone))
