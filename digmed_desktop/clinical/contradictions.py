"""Parts of a record that cannot all be true, whatever the rules of the day: the same at every door.

A form, a record import, ``build`` and ``check`` ask this one judgement. Ages, seasons and intervals are no part of
it: a person can decide those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from digmed_desktop.clinical import known_terms
from digmed_desktop.clinical.answers import AnswerSheet
from digmed_desktop.clinical.dates import ENGLAND, LONGEST_LIFE, NO_DUE_DATE, age, is_possible_due_date
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.problem import stops_of
from digmed_desktop.clinical.questions.binding import QuestionSet
from digmed_desktop.clinical.record import AllergyStatus, Professional, VaccinationRecord
from digmed_desktop.clinical.vaccine_contradictions import NAMES_TWO, of_vaccine

Record = VaccinationRecord | EmergencySupplyRecord
TWO_ANSWERS = "answers of this form that contradict each other"
"""The source for facts that cannot all be true."""
_OF_VACCINE, _OF_ITEM = "immunizations", "items"


@dataclass(frozen=True, slots=True, repr=False)
class Contradiction:
    """A contradiction. ``path`` is that of the attribute, ``place`` which of several it is about, from 0.

    ``unclear`` are the attributes of which nobody can say what was meant: a form filled in from the record leaves their
    questions open.
    """

    path: str
    sentence: str
    place: int = 0
    unclear: tuple[str, ...] = ()

    @property
    def in_file(self) -> str:
        """Return its place in a record file."""
        first, dot, rest = self.path.partition(".")
        several = first in (_OF_VACCINE, _OF_ITEM)
        return f"record.{first}.{self.place}{dot}{rest}" if several else f"record.{self.path}"

    def question(self, questions: QuestionSet, path: str = "") -> str:
        """Return the question of a form behind this attribute, or another one of the same thing; ``""`` if none."""
        wanted = path or self.path
        return questions.question(wanted, self.place + 1 if wanted.startswith(_OF_ITEM) else 1)


def contradictions(record: Record, now: datetime | None = None) -> Iterator[Contradiction]:
    """Yield what cannot be true in a record that is used at ``now``."""
    yield from _dates(record, now)
    yield from _who(record)
    yield from _allergies(record)
    who = "vaccinator" if isinstance(record, VaccinationRecord) else "pharmacist"
    clinician: Professional | None = getattr(record, who)
    if clinician and known_terms.names_two(known_terms.ROLE, clinician.role):
        yield Contradiction(f"{who}.role", NAMES_TWO, unclear=(who,))
    if isinstance(record, EmergencySupplyRecord):
        yield from _of_items(record)
        yield from _item_twice(record)
    else:
        day = _day(_aware(record.contact_at))
        for place, vaccine in enumerate(record.immunizations):
            for path, sentence, *unclear in of_vaccine(vaccine, record, day):
                open_ = tuple(f"{_OF_VACCINE}.{name}" for name in unclear)
                yield Contradiction(f"{_OF_VACCINE}.{path}", sentence, place, open_)
        yield from _twice(record)
        yield from _due(record)
    if _done(record) and record.consent.to_treatment is False and not record.incident.done:
        yield Contradiction(
            "consent.to_treatment",
            "Consent was refused, but the vaccination or supply went ahead. Check the consent and the outcome.",
        )


def _twice(record: VaccinationRecord) -> Iterator[Contradiction]:
    """Yield a given vaccine that the record has already, by procedure, product, batch and site, not by dose number."""
    before: set[tuple[object, ...]] = set()
    for place, one in enumerate(record.immunizations):
        terms = (
            (term.code or folded(term.display)) if term else ""
            for term in (one.procedure, one.product, one.site)
        )
        this = (one.programme, folded(one.batch), *terms)
        if one.given and this in before:
            sentence = "This vaccine is in the record twice. Remove one, or correct the difference."
            yield Contradiction(_OF_VACCINE, sentence, place, (f"{_OF_VACCINE}.given",))
        elif one.given:
            before.add(this)


def _due(record: VaccinationRecord) -> Iterator[Contradiction]:
    due, day = record.pregnancy_due, _day(_aware(record.contact_at))
    if due and day and not is_possible_due_date(due, day):
        yield Contradiction("pregnancy_due", NO_DUE_DATE, unclear=("pregnancy_due",))


_OF_THE_ACT = (f"{_OF_VACCINE}.dose", f"{_OF_VACCINE}.site")
"""Contradictions that an act can have, so that it is recorded; the form must put right the others."""


def refuse(sheet: AnswerSheet, record: Record, questions: QuestionSet) -> None:
    """Note at its question what cannot be true in the record of a form, where nothing else stops there already."""
    stopped = {problem.field for problem in stops_of(sheet.problems)}
    for found in contradictions(record, sheet.now):
        question = found.question(questions) or found.path
        if question in stopped:
            continue
        if found.path in _OF_THE_ACT:
            sheet.refuse(question, found.sentence, TWO_ANSWERS)
        else:
            sheet.stop(question, found.sentence)


def _done(record: Record) -> bool:
    if isinstance(record, VaccinationRecord):
        return any(vaccine.given for vaccine in record.immunizations)
    return record.supplied is not False


def _dates(record: Record, now: datetime | None) -> Iterator[Contradiction]:
    contact, recorded, born = (
        _aware(record.contact_at),
        _aware(record.recorded_at),
        record.patient.date_of_birth,
    )
    if contact and recorded and recorded < contact:
        yield Contradiction("recorded_at", "The record was made before the contact. Check both times.")
    if now and contact and contact > now:
        yield Contradiction("contact_at", "The contact must not be in the future.")
    elif now and recorded and recorded > now:
        yield Contradiction("recorded_at", "The record must not be made in the future.")
    day = _day(contact) or _day(recorded) or _day(now)
    if born is None or day is None:
        return
    if born > day:
        yield Contradiction(
            "patient.date_of_birth", "The patient was born after the contact. Check both dates."
        )
    elif age(born, day) > LONGEST_LIFE:
        yield Contradiction(
            "patient.date_of_birth",
            f"Check the date of birth: the patient would be older than {LONGEST_LIFE}.",
        )


def _aware(at: datetime | None) -> datetime | None:
    return at if at is not None and at.tzinfo is not None else None


def _day(at: datetime | None) -> date | None:
    return at.astimezone(ENGLAND).date() if at else None


def _of_items(record: EmergencySupplyRecord) -> Iterator[Contradiction]:
    """Yield terms of the items of a supply whose code and words name two things."""
    for place, item in enumerate(record.items):
        for path, kind, term in (
            ("product", known_terms.MEDICINE, item.product),
            ("quantity", known_terms.UNIT, item.quantity.unit if item.quantity else None),
            ("route", known_terms.ROUTE, item.route),
            ("site", known_terms.SITE, item.site),
        ):
            if known_terms.names_two(kind, term):
                yield Contradiction(f"{_OF_ITEM}.{path}", NAMES_TWO, place, (f"{_OF_ITEM}.{path}",))


def _allergies(record: Record) -> Iterator[Contradiction]:
    """Yield allergies beside the word that there is none, and one that began when it cannot have."""
    allergies, born = record.allergies, record.patient.date_of_birth
    last = _day(_aware(record.contact_at)) or _day(_aware(record.recorded_at))
    if allergies.status in (AllergyStatus.NONE_KNOWN, AllergyStatus.NOT_AVAILABLE) and allergies.entries:
        yield Contradiction(
            "allergies.status",
            "The record lists an allergy and says that none is known, or none was obtained.",
        )
    began = [one.first_experienced for one in allergies.entries if one.first_experienced]
    if any((born and day < born) or (last and day > last) for day in began):
        sentence = "An allergy began before the patient's birth, or after the contact. Check the dates."
        yield Contradiction("allergies.entries", sentence)


def _item_twice(record: EmergencySupplyRecord) -> Iterator[Contradiction]:
    """Yield an item that the record has already, the same in every part."""
    for place, item in enumerate(record.items):
        if item.product and item in record.items[:place]:
            sentence = "The record has this item twice. Remove one, or correct what differs."
            yield Contradiction(f"{_OF_ITEM}.product", sentence, place)


def _who(record: Record) -> Iterator[Contradiction]:
    practice, pharmacy = record.practice, record.pharmacy.ods_code.strip().upper()
    if practice and pharmacy and practice.ods_code.strip().upper() == pharmacy:
        yield Contradiction(
            "practice.ods_code",
            "This is the pharmacy's own ODS code. Enter the code of the patient's GP practice.",
        )
