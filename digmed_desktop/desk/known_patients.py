"""Compares who a form is about with the patients known here: one NHS number at two people, one person at two numbers."""

from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.dates import ENGLAND, shown
from digmed_desktop.clinical.identity import Identity
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.record import Patient, PersonName

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.patients import KnownPatient

_NAMED = {identity.FAMILY: "last name", identity.GIVEN: "first name", identity.BORN: "date of birth"}
_MONTHS = 12
_MOST = 200  # patients born on one day


class KnownPatients:
    """Warns where number, name and date of birth disagree with what was recorded here before.

    The sentences name nobody: what is known of another patient does not belong in this one's record.
    """

    def __init__(self, store: "Store") -> None:
        self._store = store

    def warnings(self, patient: Patient, corrected: Patient | None) -> tuple[Problem, ...]:
        """Return what disagrees; ``corrected`` is the patient of the record that the form corrects, if it does."""
        now = _typed(patient)
        found = []
        if now.nhs_number and (corrected is None or corrected.nhs_number != now.nhs_number):
            found += self._of_number(now)
        if now.nhs_number and now.family and now.born:
            found += self._of_name(now, patient.name, "" if corrected is None else corrected.nhs_number)
        return tuple(found)

    def _of_number(self, now: Identity) -> list[Problem]:
        for known in self._store.patients.of_number(now.nhs_number, 1):
            if differs := identity.disagreement(_known(known), now):
                what = " and ".join(_NAMED[key] for key in differs)
                return [
                    _ask(
                        f"This NHS number was last recorded here on {_seen(known)} with another {what}. "
                        "Find the number above to see with whom, and check both with the patient."
                    )
                ]
        return []

    def _exchanged(self, born: date) -> "list[KnownPatient]":
        """Return the patients born on a day whose month is taken for its day."""
        if born.day > _MONTHS or born.day == born.month:
            return []
        return self._store.patients.born_on(born.replace(month=born.day, day=born.month), _MOST)

    def _of_name(self, now: Identity, name: PersonName, corrected: str) -> list[Problem]:
        assert now.born is not None  # noqa: S101 - asked before
        alike = [*self._store.patients.born_on(now.born, _MOST), *self._exchanged(now.born)]
        alike += self._store.patients.named(
            (f"{name.family} {name.given}", f"{name.given} {name.family}"), _MOST
        )
        for known in alike:
            them = _known(known)
            if identity.perhaps_one(them, now) and them.nhs_number not in ("", now.nhs_number, corrected):
                return [
                    _ask(
                        f"A patient of this name and date of birth, or nearly so, was last recorded here on {_seen(known)} "
                        "under another NHS number. Find the name above to see it, and check the number."
                    )
                ]
        return []


def _seen(patient: "KnownPatient") -> str:
    return shown(patient.seen_at.astimezone(ENGLAND).date())


def _ask(sentence: str) -> Problem:
    return Problem(identity.NUMBER, sentence, Severity.LOOK, needs_reason=True)


def _typed(patient: Patient) -> Identity:
    name = patient.name
    return Identity(
        patient.nhs_number, identity.folded(name.family), identity.folded(name.given), patient.date_of_birth
    )


def _known(patient: "KnownPatient") -> Identity:
    return Identity(
        patient.nhs_number, identity.folded(patient.family), identity.folded(patient.given), patient.born
    )
