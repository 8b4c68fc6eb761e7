"""The first thing seen, and the last when the records cannot be opened."""

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.words import Notice


class OpeningPage(ColumnPage):
    """What is seen until the records are open, or why they cannot be opened."""

    def __init__(self) -> None:
        super().__init__("Opening the records")
        self.said = Notice("act", "The key is fetched and the records are opened.", "One moment")
        self.body.addWidget(self.said)

    def refuse(self, error: DigMedError) -> None:
        """Say why the program cannot go on."""
        self.title.setText("The records cannot be opened")
        self.said.say(str(error), "What to do", "stop")
        self.said.head.setText("What to do")
