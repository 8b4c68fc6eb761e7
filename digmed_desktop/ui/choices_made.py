"""Offer pages the pharmacy's choices for the counter: read at once, kept through the office."""

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, Signal

from digmed_desktop.background.office import Office
from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.clinical.record import PersonName
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings import Settings


class ChoicesMade(QObject):
    """The settings in use; :attr:`changed` tells of any change."""

    changed = Signal()

    def __init__(self, choices: Choices, office: Office) -> None:
        super().__init__()
        self._choices, self._office = choices, office

    @property
    def now(self) -> Settings:
        """The settings as they are now."""
        return self._choices.now()

    def is_set_by_it(self, name: str) -> bool:
        """Whether a value of Settings is the administrators' to choose."""
        return self._choices.policy.locks(name)

    def change(
        self,
        then: Callable[[], None] = lambda: None,
        otherwise: Callable[[DigMedError], None] | None = None,
        **values: Any,
    ) -> None:
        """Change some of them; ``then`` is called once they are on the disk, ``otherwise`` when they are not.

        Without ``otherwise`` the window says what could not be kept.
        """

        def kept(_now: Settings) -> None:
            self.changed.emit()
            then()

        self._office.ask(lambda desk: desk.settings.change(**values), kept, otherwise)

    def name(self, given: str, family: str) -> str:
        """Return a patient's name for a list: whole, or as initials where onlookers can read it."""
        if not self.now.privacy:
            return PersonName(given, family).as_on_record()
        return " ".join(f"{part[:1].upper()}." for part in (family, given) if part)

    def identified(self, name: str, nhs: str, born: date | None) -> str:
        """Return a patient by two things, for an act: the name and the date of birth, else the NHS number.

        The name is in one piece. Where onlookers can read it: initials and the end of the number.
        """
        if self.now.privacy:
            second = f"NHS number {self.number(nhs)}" if nhs else ""
        else:
            second = f"born {dates.shown(born)}" if born else nhs_number.shown(nhs)
        return "  ·  ".join(part for part in (self.private(name), second) if part)

    def number(self, digits: str) -> str:
        """Return an NHS number for a list: whole, or its last four digits where onlookers can read it."""
        return f"… {digits[-4:]}" if self.now.privacy and digits else nhs_number.shown(digits)

    def private(self, name: str) -> str:
        """Return a name that is in one piece already (``O'NEILL, Rose``) for a list."""
        family, _, given = name.partition(", ")
        return self.name(given, family) if self.now.privacy else name
