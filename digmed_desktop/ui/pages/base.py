"""The base of every page: the acts that the window, the keys and the scanner ask of whatever is in view."""

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from digmed_desktop.scanning.burst import Burst
from digmed_desktop.scanning.pack import Scan
from digmed_desktop.ui.patient_banner import BannerView
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.field import Field


class Answered(Protocol):
    """Fields and their answers, by field id."""

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields."""

    def answers(self) -> dict[str, str]:
        """Return the answers of all fields."""


class Page(QWidget):
    """Fills the window beside the rail. A page overrides what it does in its own way; the rest does nothing.

    :attr:`rail_key` is the key of the entry of the rail that is marked while the page is in view, ``""`` for none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rail_key = ""

    @property
    def help_topic(self) -> str:
        """The file of ``resources/help`` about this page, ``""`` for that of its place."""
        return ""

    # ---- coming and going

    def arrive(self) -> None:
        """Bring the page up to date when it comes into view, and put the cursor where its work begins."""

    def go_back(self) -> bool:
        """Go back one step on the page; return whether there was one, else the window leaves the page."""
        return False

    def history_moved(self) -> None:
        """Follow what became of a notification while the page is in view."""

    # ---- keys

    def main_action(self) -> bool:
        """Do the main action, if no button of the page stands for it; return whether it was done."""
        return False

    def put_back(self) -> None:
        """Put back what the page emptied last."""

    # ---- the patient

    def banner(self) -> BannerView | None:
        """Return the patient whom the page is about, None without one."""
        return None

    # ---- the scanner

    @property
    def tries_scanner(self) -> bool:
        """Whether the page takes everything that comes quickly, codes or not."""
        return False

    @property
    def takes_scans(self) -> bool:
        """Whether :meth:`take_scanned` takes what is scanned now. A form has its own way."""
        return False

    def take_scanned(self, burst: Burst, scan: Scan) -> None:
        """Take a scan; called only while :attr:`takes_scans`."""

    def scan_fields(self) -> Answered | None:
        """Return the fields whose answers a scan may change, None if there are none."""
        return None


class _Area(QScrollArea):
    """Scrolls up and down, takes no cursor, and says when it has another width."""

    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab never stops at what cannot be seen

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


class ScrolledPage(Page):
    """A page that scrolls as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.area = _Area()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.area)

    def scroll_to_top(self) -> None:
        """Show the top of the page."""
        self.area.verticalScrollBar().setValue(0)

    def reveal(self, widget: QWidget) -> None:
        """Scroll a part of the page into view."""
        self.area.ensureWidgetVisible(widget, SPACE.large, SPACE.wide)


class Pages(QStackedWidget):
    """The pages of a window, one of them in view."""

    @property
    def in_view(self) -> Page | None:
        """The page in view."""
        page = self.currentWidget()
        return page if isinstance(page, Page) else None
