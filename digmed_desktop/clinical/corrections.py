"""A correction stays about the patient of the record that it corrects."""

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.record import Patient

OTHER_NUMBER = (
    "A correction keeps the NHS number of the record that it corrects. If the record is about another patient, "
    "withdraw it and record the right patient on a new form."
)
OTHER_PATIENT = (
    "This names a different patient from the record that it corrects. Withdraw that record, and record the right patient "
    "on a new form."
)


def about_another(before: Patient, after: Patient) -> Problem | None:
    """Return what stops a correction that is about another patient than the record before it, or None."""
    if before.nhs_number and after.nhs_number != before.nhs_number:
        return Problem(identity.NUMBER, OTHER_NUMBER)
    was, now = (
        identity.Identity(
            "", identity.folded(one.name.family), identity.folded(one.name.given), one.date_of_birth
        )
        for one in (before, after)
    )
    # a number decides where a name or the birth changed; where all of them did, it was left over from the other
    same = not identity.nothing_alike(was, now) if before.nhs_number else identity.likely_same(was, now)
    return None if same else Problem(identity.FAMILY, OTHER_PATIENT)
