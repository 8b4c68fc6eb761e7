"""A correction stays about the patient of the record that it corrects."""

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.record import Patient

OTHER_NUMBER = (
    "A correction keeps the NHS number of the record that it corrects. If the record is about another patient, "
    "withdraw it and record the right patient on a new form."
)
OTHER_PATIENT = (
    "This names another patient than the record that it corrects. Withdraw that record, and record the right patient "
    "on a new form."
)


def about_another(before: Patient, after: Patient) -> Problem | None:
    """Return what stops a correction that is about another patient than the record before it, or None."""
    if before.nhs_number:
        return Problem(identity.NUMBER, OTHER_NUMBER) if after.nhs_number != before.nhs_number else None
    was, now = (
        identity.Identity(
            "", identity.folded(one.name.family), identity.folded(one.name.given), one.date_of_birth
        )
        for one in (before, after)
    )
    return None if identity.likely_same(was, now) else Problem(identity.FAMILY, OTHER_PATIENT)
