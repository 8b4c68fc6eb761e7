"""The pane with its tabs. Only the tab in view is drawn; the others wait until they are chosen."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from digmed_desktop.clinical.problem import Problem, Severity, facts_of
from digmed_desktop.desk.views.general import Ending, Preview
from digmed_desktop.ui.preview.reading_view import ReadingView
from digmed_desktop.ui.preview.xml_view import XmlView
from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.tokens import INSET, SPACE
from digmed_desktop.ui.widgets.problem_summary import LinkButton
from digmed_desktop.ui.widgets.words import Words

TITLES = {
    Ending.SEND: "GP view",
    Ending.PAPER: "On paper",
    Ending.HERE: "Not shared",
}
"""Short, so that every tab has room beside the form. The tip says it at length."""
TIPS = {
    Ending.SEND: "The message, as the GP reads it",
    Ending.PAPER: "The paper copy",
    Ending.HERE: "The record that stays here",
}


TO_COMPLETE, WARNINGS = "To complete", "Warnings"


def of_severity(problems: Iterable[Problem], severity: Severity) -> list[Problem]:
    """Return the problems of one severity as they are counted: what is said with a warning is part of it."""
    return [p for p in problems if p.severity is severity and not p.joined]


class _ProblemList(QScrollArea):
    """Every problem of one severity as a line that leads to its field."""

    chosen = Signal(str)

    def __init__(self, severity: Severity, none: str) -> None:
        super().__init__()
        self.severity, self._none = severity, none
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._page = QWidget()
        self._page.setObjectName("page")
        self._layout = QVBoxLayout(self._page)
        self._layout.setContentsMargins(*INSET.notice)
        self._layout.setSpacing(SPACE.tight)
        self.setWidget(self._page)
        self._held: list[QWidget] = []
        self.called: Callable[[str], str] = lambda _question: ""  # the label of a question

    def show_preview(self, preview: Preview) -> None:
        for widget in self._held:
            self._layout.removeWidget(widget)
            widget.deleteLater()
        while self._layout.count():
            self._layout.takeAt(0)
        self._held = []
        problems = of_severity(preview.problems, self.severity)
        if not problems:
            self._add(Words(self._none, bold=True))
        for problem in (said for one in problems for said in (one, *self._besides(one, preview.problems))):
            line = LinkButton(self._pointer(problem))
            line.setAccessibleName(problem.sentence)
            line.clicked.connect(lambda _on=False, f=problem.field: self.chosen.emit(f))
            self._add(line)
        self._layout.addStretch(1)

    def _pointer(self, problem: Problem) -> str:
        """Return what leads to a problem: of a warning, which the form says in full, the question alone."""
        return (self.called(problem.field) if problem.needs_reason else "") or problem.sentence

    @staticmethod
    def _besides(problem: Problem, problems: Iterable[Problem]) -> Iterable[Problem]:
        """Return what is said with a problem, unless the form says it with the warning."""
        return () if problem.needs_reason else facts_of(problem, problems)

    def _add(self, widget: QWidget) -> None:
        self._layout.addWidget(widget)
        self._held.append(widget)


class PreviewPane(QFrame):
    """The message, the problems, the XML."""

    chosen = Signal(str)

    def __init__(self, appearance: Appearance, *, with_problems: bool = True) -> None:
        super().__init__()
        self.setObjectName("previewPane")
        self._preview = Preview()
        self._stale: set[int] = set()
        self.reading = ReadingView(appearance.theme)
        self.xml = XmlView(appearance.theme)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Preview")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setExpanding(False)
        self.tabs.tabBar().setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.tabBar().setAccessibleName("Preview")
        self.tabs.addTab(self.reading, TITLES[Ending.SEND])
        self.lists: dict[str, _ProblemList] = {}
        if with_problems:
            self.lists = {
                TO_COMPLETE: _ProblemList(Severity.STOP, "Nothing is missing."),
                WARNINGS: _ProblemList(Severity.LOOK, "No warnings."),
            }
        for title, problems in self.lists.items():
            self.tabs.addTab(problems, title)
            problems.chosen.connect(self.chosen)
        self.tabs.addTab(self.xml, "XML")
        self.tabs.currentChanged.connect(self._draw)
        self.reading.chosen.connect(self.chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE.tight, 0, 0)
        layout.addWidget(self.tabs)
        appearance.changed.connect(lambda: self._restyle(appearance))

    def show_preview(self, preview: Preview) -> None:
        """Take the newest preview and draw the tab in view."""
        self._preview = preview
        self._stale = {0, 1, 2, 3}
        self.tabs.setTabText(0, TITLES[preview.ending])
        self.tabs.setTabToolTip(0, TIPS[preview.ending])
        self.tabs.setTabVisible(self.tabs.indexOf(self.xml), preview.ending is not Ending.HERE)
        for title, view in self.lists.items():
            count = len(of_severity(preview.problems, view.severity))
            self.tabs.setTabText(self.tabs.indexOf(view), f"{title} {count}" if count else title)
        self._draw(self.tabs.currentIndex())

    def follow(self, field_id: str) -> None:
        """Mark the row of the question that has the cursor, and bring it into view."""
        self.reading.mark(field_id)

    def name_questions(self, called: Callable[[str], str]) -> None:
        """Take how a question is labelled."""
        for problems in self.lists.values():
            problems.called = called

    @property
    def preview(self) -> Preview:
        """The preview that is shown."""
        return self._preview

    def _draw(self, place: int) -> None:
        if place not in self._stale:
            return
        self._stale.discard(place)
        widget = self.tabs.widget(place)
        if widget is self.reading:
            self.reading.show_sections(self._preview.sections)
        elif isinstance(widget, _ProblemList):
            widget.show_preview(self._preview)
        else:
            self.xml.show_xml(self._preview.xml)

    def _restyle(self, appearance: Appearance) -> None:
        self.reading.use(appearance.theme)
        self.xml.use(appearance.theme)
