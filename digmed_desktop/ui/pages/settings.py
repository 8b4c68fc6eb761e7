"""Settings: how the window looks."""

from digmed_desktop.clinical.form import Option
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.editors import RadioEditor
from digmed_desktop.ui.widgets.field import Field

THEMES = (
    Option("system", "As the computer is set"),
    Option("light", "Light"),
    Option("dark", "Dark"),
    Option("high-contrast", "High contrast"),
)
SIZES = (
    Option("100", "Normal"),
    Option("125", "Larger"),
    Option("150", "Large"),
    Option("200", "Twice as large"),
)


class SettingsPage(ColumnPage):
    """Takes effect at once and is kept for this computer account."""

    def __init__(self, context: Context) -> None:
        super().__init__("Settings")
        self._context = context
        self.theme = RadioEditor(THEMES)
        self.size = RadioEditor(SIZES)
        self.theme.set_answer(context.appearance.choice)
        self.size.set_answer(str(context.appearance.text_percent))
        self.card(
            "Appearance", Field("theme", "Colours", self.theme), Field("size", "Size of text", self.size)
        )
        for editor in (self.theme, self.size):
            editor.edited.connect(self._changed)

    def arrive(self) -> None:
        """Put the cursor at the first choice."""
        self.theme.focus()

    def _changed(self) -> None:
        percent = int(self.size.answer() or "100")
        self._context.appearance.set(self.theme.answer(), percent)
        self._context.save_appearance(self._context.appearance.choice, percent)
