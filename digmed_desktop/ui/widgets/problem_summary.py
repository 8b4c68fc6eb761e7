"""The list on top of a form: there is a problem; each line leads to its field."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.ui.widgets.words import Words


class LinkButton(QPushButton):
    """A sentence that can be pressed; it wraps and grows instead of being cut."""

    def __init__(self, text: str, *, tone: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "link")
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.words = Words(text)
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if tone:
            self.words.setProperty("tone", tone)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 3, 4, 3)
        layout.addWidget(self.words)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:  # noqa: N802  (Qt's name)
        """Return the height the sentence needs."""
        return self.words.heightForWidth(max(width - 8, 40)) + 6

    def hasHeightForWidth(self) -> bool:  # noqa: N802  (Qt's name)
        """Say that the height follows the width."""
        return True

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Return a size that leaves the width to the layout."""
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Grow with the text."""
        super().resizeEvent(event)
        self.setFixedHeight(self.heightForWidth(self.width()))


class ProblemSummary(QFrame):
    """What must be mended before it goes on, in the order of the form."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("tone", "stop")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 12, 16, 12)
        self._layout.setSpacing(2)
        self._head = Words("There is a problem", 1.15, bold=True)
        self._layout.addWidget(self._head)
        self._lines: list[LinkButton] = []
        self.setVisible(False)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """List those that stop; none hides the list."""
        for line in self._lines:
            self._layout.removeWidget(line)
            line.deleteLater()
        self._lines = []
        stops = [p for p in problems if p.severity is Severity.STOP]
        for problem in stops:
            line = LinkButton(problem.sentence)
            line.clicked.connect(lambda _on=False, f=problem.field: self.chosen.emit(f))
            self._layout.addWidget(line)
            self._lines.append(line)
        self._head.setText("There is a problem" if len(stops) == 1 else f"There are {len(stops)} problems")
        self.setVisible(bool(stops))
        if stops:
            say = f"{self._head.text()}. {stops[0].sentence}"
            event = QAccessibleAnnouncementEvent(self, say)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

    def lines(self) -> list[QWidget]:
        """Return the lines, in order."""
        return list(self._lines)
