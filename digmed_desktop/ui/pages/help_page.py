"""Help for the page one came from: short Markdown from ``resources/help``."""

from collections.abc import Callable

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from digmed_desktop import resources
from digmed_desktop.clinical import law
from digmed_desktop.data_files.fault import REMEDY, DataFileError
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.widgets.words import row

GENERATED: dict[str, Callable[[], str]] = {"law": law.table}
"""Help texts that are made of the program's own data, by topic."""
LINK = "help"
"""The scheme of a link from one help text to another, such as ``help:law``."""


class HelpPage(QWidget):
    """Shows one help text."""

    back = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._topic = ""
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(False)
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.setAccessibleName("Help")
        self.back_button = button("Back", tip="Back (Esc)")
        self.back_button.clicked.connect(self.back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.addWidget(row(self.back_button, None))
        layout.addWidget(self.text, 1)
        context.appearance.changed.connect(lambda: self.open(self._topic))

    def open(self, topic: str) -> None:
        """Show the help text of a page."""
        self._topic = topic
        if topic:
            made = GENERATED.get(topic)
            try:
                self.text.setMarkdown(made() if made else resources.text(f"help/{topic}.md"))
            except DataFileError as error:
                self.text.setMarkdown(f"# This page cannot be shown\n\n{error.faults[0].sentence} {REMEDY}")

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == LINK:
            self.open(link.path())

    def arrive(self) -> None:
        """Put the focus in the text."""
        self.text.setFocus()

    def go_back(self) -> bool:
        """Leave the help."""
        self.back.emit()
        return True
