"""Says above a form that it corrects a record: whose, when it was sent, and why; and how to leave it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from digmed_desktop.clinical.form_state import CorrectionOf
from digmed_desktop.desk.sent_views import Corrected
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words


class CorrectionBand(QFrame):
    """Stands over form and check page alike. :attr:`wrong_patient` says that the record is about somebody else."""

    left = Signal()
    wrong_patient = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("correction")
        self._context = context
        self._of: CorrectionOf | None = None
        self.head = Words("", bold=True)
        self.head.setProperty("ink", "look")
        self.why = Words("")
        self.stop = button("Stop correcting", tip="Leave it as a draft (Esc)")
        self.wrong = button("Wrong patient", tip="Withdraw it and record the right patient")
        for each in (self.stop, self.wrong):
            each.setAutoDefault(True)
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.stop.clicked.connect(self.left)
        self.wrong.clicked.connect(self.wrong_patient)
        self._buttons = flow(self.stop, self.wrong)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 6, 24, 6)
        layout.setSpacing(2)
        for part in (self.head, self.why, self._buttons):
            layout.addWidget(part)
        self.hide()

    def show_correction(self, of: CorrectionOf | None, *, replaced: bool = False) -> None:
        """Show what a form corrects, or what it is recorded in place of; None hides the band."""
        self._of = of
        if of is None:
            self.hide()
            return
        self.head.setText("Correcting a record" if not replaced else "Recorded for the right patient")
        self.why.setText(f"Reason: {of.why}")
        self._buttons.setVisible(not replaced)
        self.show()
        self._context.office.ask(
            lambda desk: desk.acts.corrected(of.notification, of.why),
            lambda about: self._have(of, about, replaced=replaced),
        )

    def _have(self, of: CorrectionOf, about: Corrected, *, replaced: bool) -> None:
        if of is not self._of:
            return
        name = self._context.made.private(about.patient_name)
        if replaced:
            self.head.setText(f"Once this is stored, the record of {name} is withdrawn ({about.sent})")
        else:
            self.head.setText(f"Correcting the record of {name}: {about.sent}")
        self.why.setText(f"Reason: {about.why} The practice reads this.")
        self.setAccessibleName(f"{self.head.text()}. {self.why.text()}")
