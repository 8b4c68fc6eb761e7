"""A place with nothing in it: what is so, what will be here, and the one act that brings it."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from digmed_desktop.ui import theme
from digmed_desktop.ui.tokens import INSET, SPACE, TYPE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.icons import draw
from digmed_desktop.ui.widgets.words import Words

WIDTH_EM = 40


class _Disc(QWidget):
    """An icon in a disc."""

    LINES = 2.6

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of the disc."""
        side = round(self.fontMetrics().height() * self.LINES)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the disc and the icon in it."""
        painter, look = QPainter(self), theme.shown()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.qcolor("act_soft"))
        painter.drawEllipse(self.rect())
        quarter = self.width() // 4
        box = QRect(quarter, quarter, self.width() - 2 * quarter, self.height() - 2 * quarter)
        draw(painter, self._name, box, look.qcolor("act"))


class EmptyState(QFrame):
    """Stands where a list would; :attr:`wanted` says that its act was pressed."""

    wanted = Signal()

    def __init__(
        self, icon: str, text: str, heading_text: str, act: str = "", *, in_card: bool = False
    ) -> None:
        """``in_card``: a card stands round it already, and the page has its own main action."""
        super().__init__()
        self.setObjectName("" if in_card else "card")
        self.head = Words(heading_text, TYPE.heading, bold=True)
        self.body = Words(text, role="quiet")
        self.act = button(act, "" if in_card else "primary")
        self.act.clicked.connect(self.wanted)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.column)
        layout.setSpacing(SPACE.small)
        layout.addStretch(1)
        layout.addWidget(_Disc(icon), 0, centre)
        for words in (self.head, self.body):
            words.setAlignment(centre)
            layout.addWidget(words)
        layout.addSpacing(SPACE.tight)
        layout.addWidget(self.act, 0, centre)
        layout.addStretch(2)
        self.say(text, heading_text, act)

    def say(self, text: str, heading_text: str, act: str = "") -> None:
        """Say why there is nothing, and name the act that brings something; without one there is no button."""
        self.head.setText(heading_text)
        self.body.setText(text)
        self.act.setText(act)
        self.act.setAccessibleName(act)
        self.act.setVisible(bool(act))
        self.setAccessibleName(f"{heading_text}. {text}")
