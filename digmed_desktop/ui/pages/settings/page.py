"""Show the sections of the settings on the left, and the chosen one next to them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout

from digmed_desktop.scanning.burst import Burst
from digmed_desktop.scanning.pack import Scan
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.base import Page, Pages
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from digmed_desktop.ui.tokens import INSET

LIST_EM = 13


class SettingsPage(Page):
    """Everything takes effect at once and is stored for this computer account, unless a section says otherwise."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.list = QListWidget()
        self.list.setObjectName("sections")
        self.list.setAccessibleName("Sections of the settings")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.stack = Pages()
        self._made: dict[str, Page] = {}
        for section in SECTIONS:
            self.list.addItem(section.title)
        self.list.currentRowChanged.connect(self._choose)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        beside = QVBoxLayout()
        beside.setContentsMargins(*INSET.page)
        beside.addWidget(self.list)
        line.addLayout(beside)
        line.addWidget(self.stack, 1)
        context.appearance.changed.connect(self._fit)
        self._fit()
        self.list.setCurrentRow(0)

    @property
    def help_topic(self) -> str:
        """The help text of the section in view."""
        return SECTIONS[max(self.list.currentRow(), 0)].help_topic

    def section(self, key: str) -> Page:
        """Bring a section into view and return it."""
        self.list.setCurrentRow([section.key for section in SECTIONS].index(key))
        return self._made[key]

    def take_scanned(self, burst: Burst, scan: Scan) -> None:
        """Give a scan to the section in view."""
        if (section := self.stack.in_view) is not None:
            section.take_scanned(burst, scan)

    @property
    def takes_scans(self) -> bool:
        """Whether the section in view takes scans."""
        return self.stack.in_view is not None and self.stack.in_view.takes_scans

    @property
    def tries_scanner(self) -> bool:
        """Whether the section in view takes everything that comes quickly, codes or not."""
        return self.stack.in_view is not None and self.stack.in_view.tries_scanner

    def arrive(self) -> None:
        """Put the cursor at the list of sections, and bring the section in view up to date."""
        self._arrive()

    def _choose(self, place: int) -> None:
        section = SECTIONS[place]
        if section.key not in self._made:
            self._made[section.key] = section.make(self._context)
            self.stack.addWidget(self._made[section.key])
        self.stack.setCurrentWidget(self._made[section.key])
        if self.isVisible():
            self._arrive()

    def _arrive(self) -> None:
        if (section := self.stack.in_view) is not None:
            section.arrive()
        self.list.setFocus()

    def _fit(self) -> None:
        self.list.setFixedWidth(self.fontMetrics().horizontalAdvance("m") * LIST_EM)
