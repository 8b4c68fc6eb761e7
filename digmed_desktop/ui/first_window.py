"""The first thing seen, before the window behind it is loaded: the window's place, its colours, and that it opens."""

from PySide6.QtCore import QEventLoop, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QMainWindow

from digmed_desktop.settings.layout_file import WindowLayout
from digmed_desktop.ui.tokens import SIZE

PRODUCT = "DigMed Desktop"
PRACTICE_PRODUCT = f"{PRODUCT} – practice mode"
SHOWN_WITHIN_MS = 500
"""A window that is minimised, or behind others, may never be painted."""


class FirstWindow(QMainWindow):
    """Stands where the window will be, until it is there."""

    painted = Signal()

    def __init__(self, layout: WindowLayout, *, practice: bool) -> None:
        super().__init__()
        self.setWindowTitle(PRACTICE_PRODUCT if practice else PRODUCT)
        said = QLabel("Opening DigMed Desktop")
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCentralWidget(said)
        take_last_size(self, layout)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QTimer.singleShot(0, self, self.painted.emit)

    def show_now(self, *, maximized: bool) -> None:
        """Show it, and return once it is painted."""
        seen = QEventLoop()
        self.painted.connect(seen.quit)
        QTimer.singleShot(SHOWN_WITHIN_MS, seen, seen.quit)
        self.showMaximized() if maximized else self.show()
        seen.exec()


def take_last_size(window: QMainWindow, layout: WindowLayout) -> None:
    """Give a window the size that it had on this computer, as far as the screen has it; at first 1280 by 720."""
    room = window.screen().availableSize()
    wanted = QSize(*(layout.size or (SIZE.first_width, SIZE.first_height)))
    window.resize(wanted.boundedTo(room) if layout.size else wanted)
    if layout.maximized:
        window.setWindowState(Qt.WindowState.WindowMaximized)
