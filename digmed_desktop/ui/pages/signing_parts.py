"""The parts of the page To sign: a record in its list, and the panel that asks for the reason of an act."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views.signing import ToSign
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.editors import LinesEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words, heading


class SigningAct(StrEnum):
    """An act that needs a reason."""

    CORRECT = "correct"
    REFUSE = "refuse"
    STAND_IN = "stand-in"


_HEADS = {
    SigningAct.CORRECT: "Correct this record",
    SigningAct.REFUSE: "Not the record of {signer}",
    SigningAct.STAND_IN: "Send on behalf of {signer}",
}
_EXPLAINS = {
    SigningAct.CORRECT: "Opens the form with what was recorded. The corrected record takes the place of this one.",
    SigningAct.REFUSE: (
        "{recorder} is asked to correct who gave or supplied it. Nothing is sent until then. Type the PIN of {signer} "
        "above."
    ),
    SigningAct.STAND_IN: (
        "The practice reads “{recorder} on behalf of {signer}, who had not signed this record”, and that you sent it. "
        "Check each record before you send it."
    ),
}
_ASKS = {
    SigningAct.CORRECT: "Reason for the correction",
    SigningAct.REFUSE: "Reason",
    SigningAct.STAND_IN: "Reason (not sent to the practice)",
}
_DOES = {
    SigningAct.CORRECT: "Open the form",
    SigningAct.REFUSE: "Refuse this record",
    SigningAct.STAND_IN: "Send on behalf",
}


class ReasonPanel(QFrame):
    """Asks for a reason, and says what follows."""

    confirmed = Signal(object, str)  # SigningAct, the reason
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("tone", "act")
        self.act = SigningAct.CORRECT
        self.head, self.explain = heading(""), Words("")
        self.words = LinesEditor(2)
        self.reason = Field("signing.reason", "Reason", self.words)
        self.do, self.back = button("Do it", "primary"), button("Cancel")
        self.do.clicked.connect(self._confirm)
        self.back.clicked.connect(self.closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*INSET.notice)
        layout.setSpacing(SPACE.small)
        for widget in (self.head, self.explain, self.reason, flow(self.do, self.back)):
            layout.addWidget(widget)
        self.setHidden(True)

    def ask(self, act: SigningAct, signer: str, recorder: str) -> None:
        """Ask for the reason of an act."""
        self.act = act
        self.head.setText(_HEADS[act].format(signer=signer))
        self.explain.setText(_EXPLAINS[act].format(signer=signer, recorder=recorder))
        self.reason.label.setText(_ASKS[act])
        self.reason.label_text = _ASKS[act]
        self.reason.say("")
        self.words.set_answer("")
        self.do.setText(_DOES[act])
        self.do.setAccessibleName(_DOES[act])
        self.setHidden(False)
        self.words.focus()

    def refuse(self, sentence: str) -> None:
        """Say why it was not done; the words stay."""
        self.reason.say(sentence)

    def put_away(self) -> None:
        """Put the panel away."""
        self.words.set_answer("")
        self.setHidden(True)

    def _confirm(self) -> None:
        why = self.words.answer().strip()
        if not why:
            self.reason.say("Write a few words. They stay with your name and the time.")
            self.words.focus()
            return
        self.confirmed.emit(self.act, why)


def line_of(one: ToSign, identified: Callable[[str, str, date | None], str]) -> str:
    """Return a record in lines: whose, what and when; who typed it; and how that is in time."""
    row, unsigned = one.unsigned.row, one.unsigned
    what = (row.what, f"batch {row.batch}" if row.batch else "", dates.shown_time(row.contact_at))
    lines = (
        identified(row.patient_name, row.nhs_number, row.born),
        " · ".join(part for part in what if part),
        f"Recorded by {unsigned.recorder}, {_in_time(one)}",
        f"Refused: {unsigned.refused}" if unsigned.is_refused else "",
    )
    return "\n".join(line for line in lines if line)


def _in_time(one: ToSign) -> str:
    day = f"{one.due_on:%A} {dates.shown(one.due_on)}"
    if one.is_late:
        return f"LATE: it was due on {day}"
    return f"DUE TODAY, {day}" if one.is_due else f"due by the end of {day}"


def counted(number: int) -> str:
    """Return a number of records in words."""
    return f"{number} record" if number == 1 else f"{number} records"


def name_button(made: QPushButton, text: str) -> None:
    """Change the words of a button, for the eye and for a screen reader."""
    made.setText(text.replace("&", "&&"))
    made.setAccessibleName(text)
