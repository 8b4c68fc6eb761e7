"""A practice that is closed: since when, who took over, asking the directory for it, and taking it with one key."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from digmed_desktop.desk.views.general import ClosedPractice
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words

ASKING = "Asking the national directory who took over. You can continue while you wait."


class ClosedPracticePanel(QFrame):
    """Offers the successor of a closed practice, and replaces nothing until a person agrees.

    :attr:`taken` carries the practice chosen.
    """

    taken = Signal(object)  # Organisation
    opened = Signal()  # someone has to decide here: it should be seen

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._closed: ClosedPractice | None = None
        self._followed = self._wanted = ""  # the practice on the form; the one asked about last
        self._asking = False
        self.setProperty("tone", "look")
        self.head = Words("", bold=True)
        self.said = Words("")
        self.note = Words("", role="quiet")
        self.take = button("", "primary")
        self.ask = button("Ask the directory who &took over", tip="Ask over the internet (Alt+T)")
        for each in (self.take, self.ask):
            each.setAutoDefault(True)  # Enter presses it
        self.take.clicked.connect(self._take)
        self.ask.clicked.connect(self._ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.notice)
        layout.setSpacing(SPACE.tight)
        for part in (self.head, self.said, self.note, flow(self.take, self.ask)):
            layout.addWidget(part)
        self.setVisible(False)

    def clear(self) -> None:
        """Forget the practice."""
        self._closed = None
        self._followed = self._wanted = ""
        self.setVisible(False)

    def follow(self, ods_code: str) -> None:
        """Follow the practice on the form: where it is closed, say so."""
        code = ods_code.strip().upper()
        if code == self._followed:
            return
        self._followed = self._wanted = code
        if not code:
            self._closed = None
            self.setVisible(False)
            return
        self._context.office.ask(
            lambda desk: desk.directory.closed(code), lambda closed: self._have(code, closed)
        )

    def _have(self, code: str, closed: ClosedPractice | None) -> None:
        if code != self._wanted:
            return
        if closed is None:
            self._closed = None
            self.setVisible(False)
        else:
            self._show(closed)

    def choose(self, ods_code: str, name: str, refusal: str) -> None:
        """Say of a practice that someone wanted to take that it is closed, and put the cursor at what can be done."""
        code = ods_code.strip().upper()
        self._wanted = code

        def have(closed: ClosedPractice | None) -> None:
            if code == self._wanted:
                self._show(closed or ClosedPractice(code, name, refusal))
                self._focus()

        self._context.office.ask(lambda desk: desk.directory.closed(code), have)

    def _show(self, closed: ClosedPractice) -> None:
        self._closed = closed
        self.head.setText(f"{closed.name} ({closed.ods_code}) is closed")
        self.said.setText(closed.sentence)
        self.note.setVisible(False)
        heir = closed.heir
        self.take.setVisible(heir is not None)
        if heir is not None:
            name = f"{heir.name} ({heir.ods_code})"
            self.take.setText(f"&Use {name.replace('&', '&&')}")
            self.take.setAccessibleName(f"Use {name}")
            self.take.setToolTip(f"Put {name} on the form (Alt+U)")
        self.ask.setVisible(heir is None)
        self.setAccessibleName(f"{self.head.text()}. {closed.sentence}")
        self.setVisible(True)

    def _focus(self) -> None:
        (self.take if self.take.isVisibleTo(self) else self.ask).setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self.opened.emit)

    def _take(self) -> None:
        heir = self._closed.heir if self._closed is not None else None
        if heir is not None:
            self.clear()
            self.taken.emit(heir)

    def _ask(self) -> None:
        closed = self._closed
        if closed is None or self._asking:
            return
        self._asking = True
        self._note(ASKING)
        code = closed.ods_code
        self._context.office.errand(
            lambda desk: desk.directory.look_up_successor(code),
            lambda found: self._answered(code, found),
            lambda error: self._failed(code, error),
        )

    def _answered(self, code: str, found: ClosedPractice) -> None:
        self._asking = False
        if self._closed is None or self._closed.ods_code != code:
            return
        waiting = self.ask.hasFocus()  # nobody went on meanwhile
        self._show(found)
        if found.heir is None:
            self._note("The directory does not name an open practice that took over.")
        elif waiting:
            self._focus()

    def _failed(self, code: str, error: DigMedError) -> None:
        self._asking = False
        if self._closed is not None and self._closed.ods_code == code:
            self._note(str(error))

    def _note(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(True)
        if self.ask.hasFocus():
            QTimer.singleShot(0, self, self.opened.emit)
