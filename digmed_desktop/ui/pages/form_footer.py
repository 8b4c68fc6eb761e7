"""The last line of a form: when its draft was kept, and the two ways on."""

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout

from digmed_desktop.clinical.problem import Problem, stops_of
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.words import Words


class FormFooter(QFrame):
    """Always in view under a form."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("footer")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(*INSET.bar)
        layout.setSpacing(SPACE.medium)
        self.saved = Words("", role="quiet", wrap=False)
        self.next = button("Next patient", tip="Keep this as a draft and begin the next patient (F9)")
        self.check = button("Check", "primary", tip="Check before sending (Ctrl+Enter)")
        self._hints = (Words("F9", role="quiet", wrap=False), Words("Ctrl+Enter", role="quiet", wrap=False))
        self.count = Words("", bold=True)
        layout.addWidget(self.saved)
        layout.addWidget(self.count)
        layout.addStretch(1)
        for widget in (self.next, self._hints[0], self.check, self._hints[1]):
            layout.addWidget(widget)

    def fit(self, *, roomy: bool) -> None:
        """Name the keys beside the buttons, and say when the draft was kept, where there is room."""
        for words in (*self._hints, self.saved):
            words.setVisible(roomy)

    def to_complete(self, problems: Sequence[Problem]) -> None:
        """Say how much is still to be answered, and how many warnings there are."""
        stops = len(stops_of(problems))
        self.count.setText(f"{stops} to complete" if stops else "Ready to check")
