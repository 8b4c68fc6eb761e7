"""Answers of a form that this pharmacy's own records of the same patient contradict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical.dates import ENGLAND, shown
from digmed_desktop.clinical.earlier_doses import ANOTHER_DOSE
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.questions.vaccination import VACCINATION
from digmed_desktop.clinical.record import AllergyStatus, VaccinationRecord
from digmed_desktop.messaging.patients import EarlierDose

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record

_NO_ALLERGY = (AllergyStatus.NONE_KNOWN, AllergyStatus.NO_DRUG_ALLERGY)
_STAYS = ("reaction", "egg", "egg_severe", "latex", "thymus", "heart")
"""Questions of the screening to which Yes is rarely No later."""
_OF_THIS_VACCINE = "anaphylaxis"
_REACTION = "reaction"


@dataclass(frozen=True, slots=True, repr=False)
class Before:
    """An earlier record of the patient that holds, and the day of it."""

    on: date
    record: "Record"


def before(records: Sequence["Record"]) -> list[Before]:
    """Return records, the oldest first, as the newest first with the day of each; one without a day is left out."""
    dated = [Before(r.contact_at.astimezone(ENGLAND).date(), r) for r in reversed(records) if r.contact_at]
    return sorted(dated, key=lambda one: one.on, reverse=True)


def about_doses(
    record: VaccinationRecord, denied: Sequence[str], doses: Sequence[EarlierDose], *, asked: bool
) -> Iterator[Problem]:
    """Yield what denies a dose recorded here; ``doses`` are of the same disease, the newest first.

    ``denied`` are the questions whose answer says that there was none.
    The dose is one fact, so one reason is given for it: none here once it is ``asked`` for by the dose itself.
    """
    if not doses:
        return
    on = shown(doses[0].on)
    sentences = dict.fromkeys(denied, f"Check this answer: this pharmacy recorded such a dose on {on}.")
    number = record.immunizations[0].dose_number
    same = next((one for one in doses if number and one.dose_number == number), None)
    if same is not None:
        sentences[VACCINATION.question("immunizations.dose_number")] = (
            f"Check the dose number: this pharmacy recorded dose {number} on {shown(same.on)}."
        )
    for place, (key, sentence) in enumerate(sentences.items()):
        asks = not asked and place == 0
        yield Problem(key, sentence, Severity.LOOK, needs_reason=asks, concern=ANOTHER_DOSE)


def about_allergies(record: "Record", earlier: Sequence[Before]) -> Iterator[Problem]:
    """Yield that no allergy is answered where the newest record that says anything about allergies has one."""
    if record.allergies.status not in _NO_ALLERGY:
        return
    said = (*_NO_ALLERGY, AllergyStatus.RECORDED)
    last = next((one for one in earlier if one.record.allergies.status in said), None)
    if last is not None and last.record.allergies.status is AllergyStatus.RECORDED:
        sentence = f"Check the allergies: this pharmacy recorded one on {shown(last.on)}."
        yield Problem(of(record).question("allergies.status"), sentence, Severity.LOOK, needs_reason=True)


def about_screening(
    record: VaccinationRecord, programme: Programme, earlier: Sequence[Before]
) -> Iterator[Problem]:
    """Yield each No of the screening where this pharmacy recorded Yes, or an adverse reaction, before."""
    denied = {one.question for one in record.screening.answers if not one.answer}
    vaccinations = [(one.on, one.record) for one in earlier if isinstance(one.record, VaccinationRecord)]
    for one, words in programme.screening.items():
        if words not in denied or one not in (*_STAYS, _OF_THIS_VACCINE):
            continue
        said = next((on for on, record in vaccinations if _said_yes(record, words, one, programme)), None)
        hurt = next((on for on, record in vaccinations if one == _REACTION and _reacted(record)), None)
        if said is not None:
            sentence = f"Check this answer: this pharmacy recorded Yes on {shown(said)}."
        elif hurt is not None:
            sentence = f"Check this answer: this pharmacy recorded an adverse reaction on {shown(hurt)}."
        else:
            continue
        yield Problem(f"screening.{one}", sentence, Severity.LOOK, needs_reason=True)


def _said_yes(record: VaccinationRecord, words: str, one: str, programme: Programme) -> bool:
    same = one != _OF_THIS_VACCINE or any(given.programme == programme.id for given in record.immunizations)
    return same and any(said.question == words and said.answer for said in record.screening.answers)


def _reacted(record: VaccinationRecord) -> bool:
    return any(given.adverse_reaction for given in record.immunizations)
