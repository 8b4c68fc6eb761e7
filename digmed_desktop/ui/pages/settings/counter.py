"""Settings of the counter: the lock, and initials where onlookers can read."""

from collections.abc import Sequence

from digmed_desktop.clinical.form import Option
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.settings.settings import LOCK_MINUTES
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.choices import YES_NO, ChoiceEditor, RadioEditor
from digmed_desktop.ui.widgets.field import Field

MINUTES = ("1", "2", "5", "10", "15", "30", "60", "120")

SETTINGS = {"lock": "lock_after_minutes", "privacy": "privacy"}


class CounterSection(ColumnPage):
    """Takes effect at once and is kept for this computer account."""

    def __init__(self, context: Context) -> None:
        super().__init__("Counter", "How this computer behaves while people come and go.")
        self._context = context
        self.minutes = ChoiceEditor(_options(MINUTES))
        self.privacy = RadioEditor(YES_NO)
        choices = self.card(
            "",
            Field(
                "lock",
                "Lock when nobody has used it for",
                self.minutes,
                hint="The form stays as it is behind the PIN.",
            ),
            Field(
                "privacy",
                "Initials instead of names in lists",
                self.privacy,
                hint="For a screen that onlookers can see.",
            ),
        )
        self.only_for(context.acting, Permission.CHANGE_SETTINGS, choices)
        self.minutes.edited.connect(self._changed)
        self.privacy.edited.connect(self._changed)

    def arrive(self) -> None:
        """Show what is chosen now."""
        now = self._context.made.now
        minutes = str(now.lock_after_minutes)
        self.minutes.set_options(_options(sorted({*MINUTES, minutes}, key=int)))
        self.minutes.set_answer(minutes)
        self.privacy.set_answer("yes" if now.privacy else "no")
        self.show_set_by_it(self._context.made, SETTINGS)

    def _changed(self) -> None:
        minutes = self.minutes.answer()
        if minutes in map(str, LOCK_MINUTES):
            self._context.made.change(
                otherwise=self._not_kept,
                lock_after_minutes=int(minutes),
                privacy=self.privacy.answer() == "yes",
            )

    def _not_kept(self, error: DigMedError) -> None:
        self.arrive()  # what holds still
        self.say_not_kept(error)


def _options(minutes: Sequence[str]) -> list[Option]:
    return [Option(one, f"{one} minute{'s' if one != '1' else ''}") for one in minutes]
