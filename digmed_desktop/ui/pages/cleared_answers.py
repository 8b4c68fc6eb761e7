"""Says under a medicine what went with the one it replaced, and puts it back at one key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from digmed_desktop.clinical.form import load
from digmed_desktop.clinical.questions.emergency_supply import FORM_ID
from digmed_desktop.ui.tokens import SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.words import Words

PUT_BACK = "Alt+Z"


class ClearedAnswers(QWidget):
    """Keeps the answers that were cleared until they are put back or another supply begins. Patient data."""

    wanted = Signal(dict)

    def __init__(self) -> None:
        super().__init__()
        self.cleared: dict[str, str] = {}
        self.product = ""  # the answer of the medicine that took its place
        self.said = Words("")
        self.put_back = button(f"Put back ({PUT_BACK})", tip="Fill in again what was cleared")
        self.put_back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.put_back.clicked.connect(self._put_back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE.hair, 0, SPACE.hair)
        layout.setSpacing(SPACE.hair)
        layout.addWidget(self.said)
        layout.addWidget(flow(self.put_back))
        self.hide()

    def show_cleared(self, answers: dict[str, str], product: str = "") -> None:
        """Say which answers were cleared for this product; none hides the line."""
        self.cleared, self.product = dict(answers), product
        ends = {key.rpartition(".")[2] for key in answers}
        names = [
            field.label.lower() for field in load(FORM_ID).fields() if field.id.rpartition(".")[2] in ends
        ]
        self.said.setText(f"You chose another medicine, so these were cleared: {', '.join(names)}.")
        self.setVisible(bool(answers))

    def _put_back(self) -> None:
        answers, self.cleared = self.cleared, {}
        self.hide()
        self.wanted.emit(answers)
