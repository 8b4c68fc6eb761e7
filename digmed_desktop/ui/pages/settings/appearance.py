"""Settings: how the window looks."""

from digmed_desktop.clinical.form import Option
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.field import Field

THEMES = (
    Option("system", "Same as the computer"),
    Option("light", "Light"),
    Option("dark", "Dark"),
    Option("high-contrast", "High contrast"),
)
SIZES = (
    Option("100", "Normal"),
    Option("125", "Larger"),
    Option("150", "Large"),
    Option("200", "200 %"),
)

SETTINGS = {"theme": "theme", "size": "text_percent"}


class AppearanceSection(ColumnPage):
    """Takes effect at once and is stored for this computer account."""

    def __init__(self, context: Context) -> None:
        super().__init__("Appearance")
        self._context = context
        self.colours = RadioEditor(THEMES)
        self.text_size = RadioEditor(SIZES)
        self.colours.set_answer(context.appearance.choice)
        self.text_size.set_answer(str(context.appearance.text_percent))
        self.card(
            "",
            Field("theme", "Colours", self.colours),
            Field("size", "Size of text", self.text_size),
        )
        for editor in (self.colours, self.text_size):
            editor.edited.connect(self._changed)
        self.show_set_by_it(context.made, SETTINGS)

    def arrive(self) -> None:
        """Put the cursor at the first choice."""
        self.colours.focus()

    def _changed(self) -> None:
        percent = int(self.text_size.answer() or self._context.appearance.text_percent)
        self._context.appearance.set(self.colours.answer(), percent)
        self._context.save_appearance(self._context.appearance.choice, percent)
