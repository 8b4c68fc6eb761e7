"""The settings page: its sections at the left, the one chosen beside them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QStackedWidget, QWidget

from digmed_desktop.scanning.burst import Burst
from digmed_desktop.scanning.pack import Scan
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.settings.scanner import ScannerSection
from digmed_desktop.ui.pages.settings.sections import SECTIONS
from digmed_desktop.ui.tokens import SPACE

LIST_EM = 13


class SettingsPage(QWidget):
    """Everything takes effect at once and is kept for this computer account, unless a section says otherwise."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.list = QListWidget()
        self.list.setObjectName("sections")
        self.list.setAccessibleName("Sections of the settings")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}
        for section in SECTIONS:
            self.list.addItem(section.title)
        self.list.currentRowChanged.connect(self._choose)
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE.wide, SPACE.large, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.list)
        line.addWidget(self.stack, 1)
        context.appearance.changed.connect(self._fit)
        self._fit()
        self.list.setCurrentRow(0)

    @property
    def help_topic(self) -> str:
        """The help text of the section in view."""
        return SECTIONS[max(self.list.currentRow(), 0)].help_topic

    def section(self, key: str) -> QWidget:
        """Bring a section into view and return it."""
        self.list.setCurrentRow([section.key for section in SECTIONS].index(key))
        return self._made[key]

    def take_scanned(self, burst: Burst, scan: Scan) -> None:
        """Give a scan to the section in view, if it takes any."""
        taker = getattr(self.stack.currentWidget(), "take_scanned", None)
        if callable(taker):
            taker(burst, scan)

    def tries_scanner(self) -> bool:
        """Whether everything that comes quickly is wanted here, codes or not."""
        return isinstance(self.stack.currentWidget(), ScannerSection)

    def arrive(self) -> None:
        """Put the cursor at the list of sections, and bring the section in view up to date."""
        self._arrive_at(self.stack.currentWidget())
        self.list.setFocus()

    def _choose(self, place: int) -> None:
        section = SECTIONS[place]
        if section.key not in self._made:
            self._made[section.key] = section.make(self._context)
            self.stack.addWidget(self._made[section.key])
        self.stack.setCurrentWidget(self._made[section.key])
        if self.isVisible():
            self._arrive_at(self._made[section.key])
            self.list.setFocus()

    @staticmethod
    def _arrive_at(section: QWidget | None) -> None:
        arrive = getattr(section, "arrive", None)
        if callable(arrive):
            arrive()

    def _fit(self) -> None:
        self.list.setFixedWidth(self.fontMetrics().horizontalAdvance("m") * LIST_EM)
