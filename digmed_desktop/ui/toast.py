"""Says in passing what has just been done and whose it was, with one key that opens it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout

from digmed_desktop.ui.context import Acting
from digmed_desktop.ui.tokens import SIZE, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.words import Words, announce, breakable

STAYS_MS = 20_000
LONG = 40  # letters from which a name wraps


class Toast(QFrame):
    """Lies over the lower right of the page; it takes no focus and moves nothing. Ctrl+O opens what it is about."""

    opened = Signal(int)  # a notification

    def __init__(self, over: QStackedWidget, acting: Acting) -> None:
        super().__init__(over)
        self._acting = acting
        self.setObjectName("toast")
        self._over = over
        self._about: int | None = None
        self.head = Words("", bold=True, wrap=False)
        self.body = Words("", wrap=False)
        self.open_button = button("Open  Ctrl+O", tip="Open what was just sent (Ctrl+O)")
        self.open_button.setFocusPolicy(
            Qt.FocusPolicy.NoFocus
        )  # it never takes the cursor: Ctrl+O presses it
        self.open_button.clicked.connect(self._open)
        text = QVBoxLayout()
        text.setSpacing(SPACE.hair)
        text.addWidget(self.head)
        text.addWidget(self.body)
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE.large, SPACE.small, SPACE.medium, SPACE.small)
        line.setSpacing(SPACE.wide)
        line.addLayout(text)
        line.addWidget(self.open_button)
        self._away = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._away.timeout.connect(self.hide)
        QShortcut(QKeySequence("Ctrl+O"), over, self._open)
        acting.changed.connect(lambda _person: self.forget())
        over.installEventFilter(self)
        over.currentChanged.connect(
            lambda _page: self.raise_()
        )  # a page that comes into view comes to the top
        self.hide()

    def say(self, head: str, body: str, notification: int | None = None) -> None:
        """Say what was done, and have it read out; without a notification Ctrl+O opens what it opened before.

        It says nothing while nobody is signed in: an answer that comes late would name a patient over the locked page.
        """
        if self._acting.person is None:
            return
        self._about = self._about if notification is None else notification
        self.open_button.setVisible(notification is not None)
        self.head.setWordWrap(len(head) > LONG)
        self.head.setText(breakable(head))
        self.body.setWordWrap(max(map(len, body.split("\n"))) > LONG)
        self.body.setText(breakable(body))
        spoken = ". ".join(line.rstrip(".") for line in (head, *body.split("\n")) if line) + "."
        self.setAccessibleName(spoken)
        self.show()
        self.raise_()
        self._place()
        QTimer.singleShot(0, self, self._place)  # once its words have their size
        self._away.start()
        opens = " Control O opens it." if notification is not None else ""
        announce(self, f"{spoken}{opens}")

    def make_way(self) -> None:
        """Hide what is said of a record that was sent: the next patient is known, and their questions are answered."""
        if not self.open_button.isHidden():
            self.hide()

    def forget(self) -> None:
        """Hide, and keep no name: a screen reader reads hidden words of some systems too."""
        self._away.stop()
        self.hide()
        for words in (self.head, self.body):
            words.setText("")
        self.setAccessibleName("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        """Take the room of the words, at the right: what is asked next at the left stays free."""
        self.ensurePolished()
        layout = self.layout()
        if layout is not None:
            layout.activate()
        room = self._over.size()
        size = self.sizeHint().boundedTo(QSize(max(1, room.width() - 2 * SPACE.wide), room.height()))
        if layout is not None and layout.hasHeightForWidth():
            size.setHeight(layout.totalHeightForWidth(size.width()))
        self.resize(size)
        self.move(room.width() - size.width() - SPACE.wide, max(0, room.height() - size.height() - SIZE.foot))

    def _open(self) -> None:
        if self._about is not None:
            self.hide()
            self.opened.emit(self._about)
