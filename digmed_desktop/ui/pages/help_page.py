"""Help for the page one came from: short Markdown from ``resources/help``."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from digmed_desktop import resources
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import button
from digmed_desktop.ui.widgets.words import row


class HelpPage(QWidget):
    """Shows one help text."""

    back = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._topic = ""
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(False)
        self.text.setAccessibleName("Help")
        self.back_button = button("Back", shortcut="Esc")
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
            self.text.setMarkdown(resources.text(f"help/{topic}.md"))

    def arrive(self) -> None:
        """Put the focus in the text."""
        self.text.setFocus()
