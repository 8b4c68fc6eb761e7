"""Getting a manager by the recovery phrase: the first one after an upgrade, and a manager who forgot the PIN."""

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.credentials import pins
from digmed_desktop.desk.gate import Gate, is_pharmacist
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.people import Access, Why

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store

PHRASE, PIN, PIN_AGAIN = "manager.phrase", "manager.pin", "manager.pin_again"
OTHER_PHRASE = "These 24 words are not the recovery phrase of the records on this computer. Check the paper."


class ManagingDesk:
    """Takes the recovery phrase where no manager can act."""

    def __init__(self, store: "Store", vault: "Vault | None", people: PeopleDesk) -> None:
        self._store, self._vault, self._gate, self._people = store, vault, Gate(store), people

    def is_wanted(self, by: int | None) -> bool:
        """Whether a person should become manager: there is none, and they are a pharmacist."""
        return not self._gate.managers() and self._may_become(by)

    def become(self, by: int | None, phrase: str) -> tuple[Problem, ...]:
        """Make the person who is signed in the manager, or return what is in the way."""
        person = self._gate.known(by)
        if self._gate.managers():
            raise NotAllowedNowError(
                "This pharmacy has a manager.", "A manager can make you one under People."
            )
        if not is_pharmacist(person):
            raise NotAllowedNowError(
                "The first manager is a pharmacist.", "A pharmacist signs in and does it."
            )
        if problems := self._phrase_problems(phrase):
            return problems
        self._store.people.give(person.id, Access(manager=True), Why.PHRASE, None)
        return ()

    def reset_pin(self, person_id: int, answers: Mapping[str, str]) -> tuple[Problem, ...]:
        """Give a manager who forgot the PIN a new one, or return what is in the way."""
        person = next((one for one in self._gate.managers() if one.id == person_id), None)
        if person is None:
            return (
                Problem("who", "This way is for managers. A manager sets a new PIN for you, under People."),
            )
        problems = self._phrase_problems(answers.get(PHRASE, ""))
        pin = answers.get(PIN, "")
        if said := pins.problem_with(pin, known=self._people.known_words()):
            problems += (Problem(PIN, said),)
        elif pin != answers.get(PIN_AGAIN, ""):
            problems += (Problem(PIN_AGAIN, "Type the same PIN in both boxes."),)
        if not problems:
            self._people.new_pin(person, pin)
        return problems

    def _may_become(self, by: int | None) -> bool:
        try:
            return is_pharmacist(self._gate.known(by))
        except DigMedError:
            return False

    def _phrase_problems(self, phrase: str) -> tuple[Problem, ...]:
        from digmed_desktop.credentials.phrase import key_of
        from digmed_desktop.desk.upkeep.backups import DATABASE_KEY

        if self._vault is None:
            raise DigMedError("The keyring is not open.", "Start the program again.")
        try:
            typed = key_of(phrase)
        except DigMedError as error:
            return (Problem(PHRASE, str(error)),)
        kept = self._vault.get(DATABASE_KEY)
        if kept is None or not hmac.compare_digest(typed, bytes.fromhex(kept)):
            return (Problem(PHRASE, OTHER_PHRASE),)
        return ()
