"""The page that stands in place of a form that is closed: why, and what to do."""

from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.words import Notice


class ClosedFormPage(ColumnPage):
    """Says why a form cannot be filled in. Drafts stay where they are."""

    def __init__(self, title: str, why: str) -> None:
        super().__init__(title)
        self.said = Notice("stop", why, "Closed")
        self.body.addWidget(self.said)
