"""The question set of each form, by its id and by the record that it makes, and a form filled in from a record."""

from digmed_desktop.clinical import form
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.questions.binding import QuestionSet
from digmed_desktop.clinical.questions.emergency_supply import EMERGENCY_SUPPLY
from digmed_desktop.clinical.questions.vaccination import VACCINATION
from digmed_desktop.clinical.questions.writer import AnswerWriter, Here, write
from digmed_desktop.clinical.record import VaccinationRecord

SETS = {one.form_id: one for one in (VACCINATION, EMERGENCY_SUPPLY)}


def of(record: VaccinationRecord | EmergencySupplyRecord) -> QuestionSet:
    """Return the questions of the form that makes such a record."""
    return next(one for one in SETS.values() if isinstance(record, one.record))


def filled_in(
    record: VaccinationRecord | EmergencySupplyRecord, here: Here, place: int = 0
) -> dict[str, str]:
    """Return the answers that a record gives to the questions that are asked; an answer nobody would see is left out.

    ``place`` is the immunization that the form is about, from 0.
    """
    questions = of(record)
    items = len(record.items) if isinstance(record, EmergencySupplyRecord) else 0
    counted = {form.count_id(group.id): str(max(1, items)) for group in questions.form.repeating}
    laid_out = questions.form.laid_out(counted)
    writer = AnswerWriter(laid_out, record, here, place)
    write(questions.bindings, writer, items=form.copies(questions.form.repeating[0], counted) if items else 0)
    asked = laid_out.asked(writer.answers)
    return {**counted, **{key: answer for key, answer in writer.answers.items() if key in asked}}
