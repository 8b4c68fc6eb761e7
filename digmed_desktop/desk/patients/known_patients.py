"""Compares who a form is about with the patients known here: one NHS number at two people, one person at two numbers."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.dates import ENGLAND, shown
from digmed_desktop.clinical.identity import Identity
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.record import Patient

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.patients import KnownPatient

_SEX = "patient.sex"
_NAMED = {
    identity.FAMILY: "last name",
    identity.GIVEN: "first name",
    identity.BORN: "date of birth",
    _SEX: "sex",
}
_TOLD_APART = ("female", "male")
_MONTHS = 12
_MOST = 200  # patients born on one day
_STILL = timedelta(days=183)
"""After half a year someone asks whether a practice is still the patient's."""


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
            found += self._of_number(now, patient)
        if others := self.under_another_number(patient, corrected):
            found.append(
                _ask(
                    f"A patient with this name and date of birth, or nearly, was last recorded here on {_seen(others[0])} "
                    + (
                        "under another NHS number. Find the name above to see it, and check the number."
                        if now.nhs_number and others[0].nhs_number
                        else "and may be this one. Find the name above to see it, and check name and date of birth."
                    )
                )
            )
        return tuple(found)

    def still_there(self, patient: Patient, ods_code: str, question: str, today: date) -> tuple[Problem, ...]:
        """Ask whether a practice is still the patient's where it was last recorded here half a year ago or earlier."""
        for known in self._store.patients.of_number(patient.nhs_number, 1) if patient.nhs_number else ():
            on = known.seen_at.astimezone(ENGLAND).date()
            if identity.practice_of(known.answers) == ods_code and today - on > _STILL:
                sentence = (
                    f"This practice was last recorded for the patient on {shown(on)}. "
                    "Ask whether the patient is still registered there."
                )
                return (Problem(question, sentence, Severity.LOOK),)
        return ()

    def under_another_number(self, patient: Patient, corrected: Patient | None) -> "list[KnownPatient]":
        """Return the patients known here who may be this one under another NHS number, those seen last first."""
        now = _typed(patient)
        if not (now.family and now.born):
            return []
        name = patient.name
        named = (f"{name.family} {name.given}", f"{name.given} {name.family}")
        known = [*self._store.patients.born_on(now.born, _MOST), *self._exchanged(now.born)]
        known += self._store.patients.named(named, _MOST)
        own = {now.nhs_number, "" if corrected is None else corrected.nhs_number} - {""}
        alike = {
            one.id: one
            for one in known
            if _is_another(_known(one), now, own) and identity.perhaps_one(_known(one), now)
        }
        return sorted(alike.values(), key=lambda one: one.seen_at, reverse=True)

    def _of_number(self, now: Identity, patient: Patient) -> list[Problem]:
        for known in self._store.patients.of_number(now.nhs_number, 1):
            if differs := (*identity.disagreement(_known(known), now), *_other_sex(known, patient)):
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


def _is_another(known: Identity, now: Identity, own: set[str]) -> bool:
    """Whether a known patient is not found as this one already: by the number, or by exactly this name and birth."""
    if known.nhs_number and now.nhs_number:
        return known.nhs_number not in own
    return known.nhs_number not in own and bool(identity.disagreement(known, now))


def _seen(patient: "KnownPatient") -> str:
    return shown(patient.seen_at.astimezone(ENGLAND).date())


def _ask(sentence: str) -> Problem:
    return Problem(identity.NUMBER, sentence, Severity.LOOK, needs_reason=True)


def _other_sex(known: "KnownPatient", now: Patient) -> tuple[str, ...]:
    """Return the question of the sex where both are known and differ."""
    both = (identity.sex_of(known.answers), now.sex.value if now.sex else "")
    return (_SEX,) if both[0] != both[1] and all(one in _TOLD_APART for one in both) else ()


def _typed(patient: Patient) -> Identity:
    name = patient.name
    return Identity(
        patient.nhs_number, identity.folded(name.family), identity.folded(name.given), patient.date_of_birth
    )


def _known(patient: "KnownPatient") -> Identity:
    return Identity(
        patient.nhs_number, identity.folded(patient.family), identity.folded(patient.given), patient.born
    )
