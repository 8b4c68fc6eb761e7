"""Say that the program works on something, once that takes longer than a second."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QStackedWidget

from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.words import Words, announce

BAR_EM = 6
SAID = "Working …"


class Working(QFrame):
    """Lies over the lower left of the pages; it takes no cursor and moves nothing."""

    def __init__(self, over: QStackedWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setObjectName("card")
        self.setAccessibleName(SAID)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        line = QHBoxLayout(self)
        line.setContentsMargins(*INSET.notice)
        line.setSpacing(SPACE.small)
        line.addWidget(self.bar)
        line.addWidget(Words(SAID, wrap=False))
        over.installEventFilter(self)
        over.currentChanged.connect(
            lambda _page: self.raise_()
        )  # a page that comes into view comes to the top
        self.hide()

    def show_if(self, slow: bool) -> None:
        """Show it while something takes long."""
        self.setVisible(slow)
        if slow:
            self._place()
            self.repaint()  # what the window's own thread does keeps it from painting later
            announce(self, SAID)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        self.bar.setFixedWidth(self.fontMetrics().horizontalAdvance("m") * BAR_EM)
        self.adjustSize()
        self.move(SPACE.wide, self._over.height() - self.height() - SPACE.wide)
        self.raise_()
