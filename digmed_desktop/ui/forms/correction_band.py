"""Says above a form that it corrects a record: whose, when it was sent, and why; and how to leave it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from digmed_desktop.clinical.form_state import CorrectionOf
from digmed_desktop.desk.views.sent import Act, Corrected
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.tokens import SIZE, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, breakable


class CorrectionBand(QFrame):
    """Stands over form and check page alike, in two lines.

    :attr:`wrong_patient` says that the record is about somebody else; on the check page nothing is said with it.
    """

    left = Signal()
    wrong_patient = Signal()
    noted = Signal(int)  # the notification to which a note was added instead

    def __init__(self, context: Context, *, acts: bool = True) -> None:
        super().__init__()
        self._acts = acts
        self.setObjectName("correction")
        self._context = context
        self._of: CorrectionOf | None = None
        self.head = Words("", bold=True)
        self.head.setProperty("ink", "look")
        self.why = Words("")
        self.stop = button("Stop correcting", "link", tip="Leave it as a draft (Esc)")
        self.wrong = button("Wrong patient", "link", tip="Withdraw it and record the right patient")
        self.note = button("Keep as a note", "link", tip="Add the notes to the record here; nothing is sent")
        for each in (self.stop, self.wrong, self.note):
            each.setAutoDefault(True)
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.stop.clicked.connect(self.left)
        self.wrong.clicked.connect(self.wrong_patient)
        self.note.clicked.connect(self._keep_note)
        self.note.hide()
        self._note = ""
        self._buttons = flow(self.note, self.stop, self.wrong, spacing=SPACE.medium)
        below = QHBoxLayout()
        below.setSpacing(SPACE.large)
        below.addWidget(self.why, 1)
        below.addWidget(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.wide, 0, SPACE.wide, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addLayout(below)
        self.hide()

    def show_correction(self, of: CorrectionOf | None, *, replaced: bool = False) -> None:
        """Show what a form corrects, or what it is recorded in place of; None hides the band."""
        self._of = of
        self.offer_note("")
        if of is None:
            self.hide()
            return
        self.head.setText("Correcting a record" if not replaced else "Recorded for the right patient")
        self.why.setText(breakable(f"Reason: {of.why}"))
        self._buttons.setVisible(self._acts and not replaced)
        self.show()
        self._context.office.ask(
            lambda desk: desk.acts.corrected(of.notification, of.why),
            lambda about: self._have(of, about, replaced=replaced),
        )

    def offer_note(self, note: str) -> None:
        """Offer to add a note to the record in place of a correction; an empty one offers nothing."""
        self._note = note
        self.note.setVisible(bool(note))

    def _keep_note(self) -> None:
        of, by, note = self._of, self._context.acting.id, self._note
        if of is None or by is None or not note:
            return
        self._context.office.ask(
            lambda desk: desk.acts.do(Act.NOTE, of.notification, by, note),
            lambda _n: self.noted.emit(of.notification),
        )

    def _have(self, of: CorrectionOf, about: Corrected, *, replaced: bool) -> None:
        if of is not self._of:
            return
        name = self._context.made.identified(about.patient_name, about.nhs_number, about.born)
        if replaced:
            head = f"Once this is stored, the record of {name} is withdrawn ({about.sent})"
        else:
            head = f"Correcting the record of {name}: {about.sent}"
        why = f"Reason: {about.why} The practice reads this."
        self.setAccessibleName(f"{head}. {why}")
        if (
            self.fontMetrics().height() >= SIZE.large and not replaced
        ):  # the form keeps its room; the tip has all of it
            self.setToolTip(f"{head}. {why}")
            shortly = self._context.made.private(about.patient_name)  # the banner over it says the rest
            head = f"Correcting {shortly}: {about.sent.partition(',')[0]}"
            why = f"Reason: {about.why}"
        self.head.setText(breakable(head))
        self.why.setText(breakable(why))
