"""Values carried over from the last patient or a colleague: each is confirmed by itself, with Enter, before Send."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton

from digmed_desktop.ui.forms.form_view import FormView
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.words import Words, breakable, heading

LAST_PATIENT = "Carried over from the last patient"
COLLEAGUE = "Carried over from a colleague or the last patient"
EARLIER = "Filled in before the outcome was stated"


@dataclass(frozen=True, slots=True, repr=False)
class CarriedRow:
    """A value carried over from the last patient that nobody has confirmed yet."""

    title: str
    text: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class SessionValue:
    """One value of the session strip: set once, shown as a chip, confirmed by itself when it was carried over."""

    title: str
    fields: tuple[str, ...]
    joins: bool = False  # confirmed together with the value before it, which decides it in practice
    main: bool = False  # it stays in view where the text is large


def value_text(view: FormView, value: SessionValue) -> str:
    """Return a value of the session in words, ``""`` where it is not set."""
    texts = (view.fields[key].editor.spoken() for key in value.fields if key in view.fields)
    return " · ".join(text for text in texts if text)


def carried_rows(
    view: FormView, strip: Sequence[SessionValue], unconfirmed: Sequence[str]
) -> tuple[CarriedRow, ...]:
    """Return the rows of the questions that are ``unconfirmed``, those of one session value together."""
    left = list(unconfirmed)
    rows: list[CarriedRow] = []
    for value in strip:
        mine = tuple(key for key in value.fields if key in left)
        if mine and value.joins and rows:
            before = rows.pop()
            text = f"{before.text} · {value_text(view, value)}"
            rows.append(CarriedRow(before.title, text, before.fields + mine))
        elif mine:
            rows.append(CarriedRow(value.title, value_text(view, value), mine))
        if mine:
            left = [key for key in left if key not in mine]
    for key in left:
        field = view.fields[key]
        rows.append(CarriedRow(field.label_text, field.editor.spoken(), (key,)))
    return tuple(rows)


class CarriedPanel(QFrame):
    """Lists them; Enter confirms one and goes on to the next."""

    confirmed = Signal(tuple)
    change = Signal(str)

    def __init__(self, rows: Sequence[CarriedRow], *, colleague: bool = False) -> None:
        """Show ``rows``; ``colleague``: some of them come from somebody who worked on this form before."""
        super().__init__()
        self.setProperty("tone", "look")
        grid = QGridLayout(self)
        grid.setContentsMargins(*INSET.notice)
        grid.setHorizontalSpacing(SPACE.medium)
        grid.setVerticalSpacing(SPACE.tight)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 4)
        earlier = any(key.startswith("contact.") for one in rows for key in one.fields)
        from_whom = COLLEAGUE if colleague else EARLIER if earlier else LAST_PATIENT
        grid.addWidget(heading(from_whom), 0, 0, 1, 4)
        grid.addWidget(Words("Press Enter to confirm one and move to the next.", role="quiet"), 1, 0, 1, 4)
        self._waiting: list[QPushButton] = []
        for place, row in enumerate(rows, 2):
            grid.addWidget(Words(row.title, role="quiet"), place, 0)
            grid.addWidget(Words(breakable(row.text), bold=True), place, 1)
            confirm = button("Confirm", tip="Right for this patient too (Enter)")
            confirm.setAccessibleName(f"Confirm {row.title}: {row.text}")
            confirm.setAutoDefault(True)
            change = button("Change", "link")
            change.setAccessibleName(f"Change {row.title}")
            confirm.clicked.connect(lambda _on=False, b=confirm, r=row: self._confirm(b, r))
            change.clicked.connect(lambda _on=False, r=row: self.change.emit(r.fields[0]))
            grid.addWidget(confirm, place, 2, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(change, place, 3, Qt.AlignmentFlag.AlignVCenter)
            self._waiting.append(confirm)
        if not rows:
            self.hide()

    @property
    def left(self) -> int:
        """How many are still to be confirmed."""
        return len(self._waiting)

    def focus(self) -> None:
        """Put the cursor at the first that is not confirmed."""
        if self._waiting:
            self._waiting[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _confirm(self, pressed: QPushButton, row: CarriedRow) -> None:
        if pressed not in self._waiting:
            return
        self._waiting.remove(pressed)
        pressed.setText("✓ Confirmed")
        pressed.setAccessibleName(f"Confirmed: {row.title}")
        self.focus()
        self.confirmed.emit(row.fields)
        pressed.setEnabled(False)
