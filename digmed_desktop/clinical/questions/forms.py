"""The question set of each form, by its id and by the record that it makes."""

from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.questions.binding import QuestionSet
from digmed_desktop.clinical.questions.emergency_supply import EMERGENCY_SUPPLY
from digmed_desktop.clinical.questions.vaccination import VACCINATION
from digmed_desktop.clinical.record import VaccinationRecord

SETS = {one.form_id: one for one in (VACCINATION, EMERGENCY_SUPPLY)}


def of(record: VaccinationRecord | EmergencySupplyRecord) -> QuestionSet:
    """Return the questions of the form that makes such a record."""
    return next(one for one in SETS.values() if isinstance(record, one.record))
