"""The card on the stock page that asks why a batch is held, or why its hold is lifted."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.desk.views.general import BatchView
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import Words, row

_HOLD = (
    "From now on nobody here can give this batch. A dose that was given before can still be recorded. After a fridge "
    "fault: set the vaccine aside, label it, and ask the manufacturer or your screening and immunisation team."
)
_LIFT = (
    "From now on this batch can be given again. If you hold it again, the new hold starts then: it "
    "does not cover doses given before."
)


class HoldCard(QWidget):
    """Asks for the reason; says nothing until a batch is chosen."""

    decided = Signal(int, bool, str)  # the batch, whether it is held from now on, and why

    def __init__(self) -> None:
        super().__init__()
        self._batch: BatchView | None = None
        self.head = Words("", bold=True)
        self.means = Words("")
        self.why = TextEditor()
        self.field = Field(
            "stock.hold_why", "Reason", self.why, hint="In a few words, such as: fridge at 12 °C."
        )
        self.go = button("Hold", "primary")
        self.go.clicked.connect(self._decide)
        self.cancel = button("Cancel")
        self.cancel.clicked.connect(self.close_card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.head, self.means, self.field, row(self.go, self.cancel, None)):
            layout.addWidget(widget)
        self.setVisible(False)

    def open_for(self, batch: BatchView) -> None:
        """Ask about one batch."""
        self._batch = batch
        held = batch.batch.held is not None
        self.head.setText(f"{'Lift the hold on' if held else 'Hold'} {batch.product} {batch.batch.number}")
        self.means.setText(_LIFT if held else _HOLD)
        self.go.setText("Lift the hold" if held else "Hold")
        self.why.set_answer("")
        self.field.say("")
        self.setVisible(True)
        self.why.focus()

    def close_card(self) -> None:
        """Ask about nothing any more."""
        self._batch = None
        self.setVisible(False)

    def _decide(self) -> None:
        if self._batch is not None:
            self.decided.emit(self._batch.batch.id, self._batch.batch.held is None, self.why.answer())
