"""Warnings about who acted, the practice and the patient, on either form: each asks whoever goes on for a reason."""

from collections.abc import Iterator

from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.record import Organisation, Patient, PersonName, Professional
from digmed_desktop.clinical.registration import needs_registration, other_regulator
from digmed_desktop.clinical.telephone import national

_NO_NUMBER = (
    "This person's role needs a registration number, and none is recorded. Enter it under People, or say why."
)
_SAME_NAME = (
    "The clinician has the patient's name. Check both: one may have been typed in place of the other."
)
_OTHER_REGULATOR = (
    "Check who registers this person: the role is one that the {usual} registers, and the number is said to be the "
    "{stated}'s. Correct it under People, or say why."
)
_SAME_PRACTICE = "Check the practice: it has the name of this pharmacy."
_SAME_TELEPHONE = "Check the telephone number: it is the pharmacy's, the practice's, or the NHS number."


def clinician_warnings(who: Professional | None, patient: Patient, question: str) -> Iterator[Problem]:
    """Yield a missing registration number, and a clinician with the patient's name; ``question`` asks who it is."""
    if who is None:
        return
    if needs_registration(who.role) and not who.registration.strip():
        yield Problem(question, _NO_NUMBER, Severity.LOOK, needs_reason=True)
    if usual := other_regulator(who.role, who.regulator):
        said = _OTHER_REGULATOR.format(usual=usual.value, stated=who.regulator.value)
        yield Problem(question, said, Severity.LOOK, needs_reason=True)
    if _whole(who.name) and _whole(who.name) == _whole(patient.name):
        yield Problem(question, _SAME_NAME, Severity.LOOK, needs_reason=True)


def practice_warnings(
    pharmacy: Organisation, practice: Organisation | None, question: str
) -> Iterator[Problem]:
    """Yield a practice that has the pharmacy's own name."""
    if practice and practice.name.strip() and folded(practice.name) == folded(pharmacy.name):
        yield Problem(question, _SAME_PRACTICE, Severity.LOOK, needs_reason=True)


def telephone_warnings(
    patient: Patient, pharmacy: Organisation, practice: Organisation | None, question: str
) -> Iterator[Problem]:
    """Yield a telephone number of the patient that is the pharmacy's or the practice's."""
    theirs = {national(one.telephone) for one in (pharmacy, practice) if one and one.telephone.strip()}
    theirs |= {patient.nhs_number} - {""}
    if any(national(one.number) in theirs for one in patient.telephones if national(one.number)):
        yield Problem(question, _SAME_TELEPHONE, Severity.LOOK, needs_reason=True)


def _whole(name: PersonName) -> str:
    """Return first and last name in one spelling, ``""`` where one of them is missing."""
    given, family = folded(name.given), folded(name.family)
    return f"{given} {family}" if given and family else ""
