"""Parts of a record that cannot all be true, whatever the rules of the day: the same at every door.

A form, a record handed over, ``build`` and ``check`` ask this one judgement. Ages, seasons and intervals are no part of
it: a person can decide those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from digmed_desktop.clinical import known_terms
from digmed_desktop.clinical.answers import AnswerSheet
from digmed_desktop.clinical.dates import ENGLAND, LONGEST_LIFE, NO_DUE_DATE, age, is_possible_due_date
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.known_terms import KnownProgramme, ProcedureUse
from digmed_desktop.clinical.problem import stops_of
from digmed_desktop.clinical.questions.binding import QuestionSet
from digmed_desktop.clinical.record import AllergyStatus, Coded, Immunization, Professional, VaccinationRecord

Record = VaccinationRecord | EmergencySupplyRecord
Found = tuple[str, ...]
"""The name of an attribute of a vaccine, a sentence, and the names of those that it leaves unclear."""
FAR_OFF = 100
"""So many times the usual dose, or so small a part of it, is the dose of no vaccine."""
LARGEST_DOSE = Decimal(200)
"""mL; the largest known dose is a drink of 150 mL."""
_WEIGHTS = {
    "microgram": 1,
    "micrograms": 1,
    "mcg": 1,
    "μg": 1,
    "ug": 1,
    "mg": 1000,
    "milligram": 1000,
    "g": 1_000_000,
}
"""Units of weight, in micrograms; some systems give the dose so. Written as ``folded`` leaves them."""
_LEAST_WEIGHT, _LARGEST_WEIGHT = Decimal(1), Decimal(1000)
"""Micrograms: vaccines hold from some micrograms to some hundred of what they are named for."""
TWO_ANSWERS = "answers of this form that contradict each other"
"""The source for facts that cannot all be true."""
_NAMES_TWO = "The code and the words name two different things. Correct one of them."
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
    if record.allergies.status in (AllergyStatus.NONE_KNOWN, AllergyStatus.NOT_AVAILABLE) and (
        record.allergies.entries
    ):
        yield Contradiction(
            "allergies.status",
            "The record lists an allergy and says that none is known, or none was obtained.",
        )
    who = "vaccinator" if isinstance(record, VaccinationRecord) else "pharmacist"
    clinician: Professional | None = getattr(record, who)
    if clinician and known_terms.names_two(known_terms.ROLE, clinician.role):
        yield Contradiction(f"{who}.role", _NAMES_TWO, unclear=(who,))
    if isinstance(record, EmergencySupplyRecord):
        yield from _of_items(record)
    else:
        for place, vaccine in enumerate(record.immunizations):
            for path, sentence, *unclear in _of_vaccine(vaccine, record):
                open_ = tuple(f"{_OF_VACCINE}.{name}" for name in unclear)
                yield Contradiction(f"{_OF_VACCINE}.{path}", sentence, place, open_)
        yield from _twice(record)
        yield from _due(record)
    if _done(record) and record.consent.to_treatment is False and not record.incident.done:
        yield Contradiction(
            "consent.to_treatment", "Consent was refused, and it was done. Check the consent and the outcome."
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
            sentence = "The record has this vaccine twice. Remove one, or correct what differs."
            yield Contradiction(_OF_VACCINE, sentence, place, (f"{_OF_VACCINE}.given",))
        elif one.given:
            before.add(this)


def _due(record: VaccinationRecord) -> Iterator[Contradiction]:
    due, day = record.pregnancy_due, _day(_aware(record.contact_at))
    if due and day and not is_possible_due_date(due, day):
        yield Contradiction("pregnancy_due", NO_DUE_DATE, unclear=("pregnancy_due",))


def is_weight(unit: Coded) -> bool:
    """Whether a unit is one of weight."""
    return folded(unit.display) in _WEIGHTS


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
                yield Contradiction(f"{_OF_ITEM}.{path}", _NAMES_TWO, place, (f"{_OF_ITEM}.{path}",))


def _who(record: Record) -> Iterator[Contradiction]:
    practice, pharmacy = record.practice, record.pharmacy.ods_code.strip().upper()
    if practice and pharmacy and practice.ods_code.strip().upper() == pharmacy:
        yield Contradiction(
            "practice.ods_code",
            "This is the pharmacy's own ODS code. Enter the code of the patient's GP practice.",
        )


def _of_vaccine(vaccine: Immunization, record: VaccinationRecord) -> Iterator[Found]:
    for name, kind in (
        ("product", known_terms.PRODUCT),
        ("procedure", known_terms.PROCEDURE),
        ("site", known_terms.SITE),
        ("route", known_terms.ROUTE),
        ("not_given_reason", known_terms.REASON),
        ("indication", known_terms.INDICATION),
        ("target_disease", known_terms.DISEASE),
    ):
        if known_terms.names_two(kind, getattr(vaccine, name)):
            yield name, _NAMES_TWO, *(("given",) if name == "procedure" else (name,))
    if vaccine.dose and known_terms.names_two(known_terms.UNIT, vaccine.dose.unit):
        yield "dose", _NAMES_TWO, "dose"
    yield from _of_programme(vaccine)
    yield from _of_procedure(vaccine, record)
    yield from _of_dose(vaccine)
    yield from _of_outcome(vaccine)
    day = _day(_aware(record.contact_at))
    if vaccine.given and vaccine.expiry and day and vaccine.expiry < day and not record.incident.done:
        yield "expiry", "The batch had expired on the day of the contact. Check the expiry date."
    route, site = vaccine.route, vaccine.site
    sites = known_terms.sites_of_route().get(route.code) if route else None
    if site and sites and known_terms.is_known(known_terms.SITE, site.code) and site.code not in sites:
        yield "site", "This route is not used at this site. Check both."


def _of_programme(vaccine: Immunization) -> Iterator[Found]:
    """Yield a product or disease of another vaccination than the record names."""
    programme = known_terms.known_programmes().get(vaccine.programme)
    if programme is None:
        return
    product, disease = vaccine.product, vaccine.target_disease
    known = product and known_terms.is_known(known_terms.PRODUCT, product.code)
    if product and known and product.code not in programme.products:
        yield "product", "This is a vaccine of another vaccination than the programme. Check both."
    if disease and disease.code and programme.diseases and disease.code not in programme.diseases:
        yield "target_disease", "The programme is against another disease. Check both."


def _of_procedure(vaccine: Immunization, record: VaccinationRecord) -> Iterator[Found]:
    """Yield what a known procedure code says against the rest of the record."""
    every = known_terms.uses_of(vaccine.procedure)
    uses = tuple(use for use in every if use.programme == vaccine.programme)
    if vaccine.procedure and not uses and vaccine.programme in known_terms.known_programmes():
        if every:
            yield _OTHER_PROGRAMME
        elif not known_terms.is_about(vaccine.programme, vaccine.procedure.display):
            yield _NO_PROCEDURE
        return
    uses = uses or every
    if vaccine.given is not None and uses and not any(use.given is vaccine.given for use in uses):
        said = "not given" if vaccine.given else "given"
        sentence = f"The procedure code says that the vaccine was {said}. Check the code and the outcome."
        yield "procedure", sentence, "given"
        return
    who, reason = record.vaccinator, vaccine.not_given_reason
    known_reason = reason.code if reason and known_terms.is_known(known_terms.REASON, reason.code) else ""
    stated: tuple[tuple[str, object, Found], ...] = (
        ("roles", who.role.code if who and who.role else "", _OTHER_ROLE),
        ("routes", vaccine.route.code if vaccine.route else "", _OTHER_ROUTE),
        ("dose_number", vaccine.dose_number, _OTHER_DOSE),
        ("reason", known_reason, _OTHER_REASON),
    )
    for part, value, found in stated:
        if _says(uses, part, value):
            yield found


_OTHER_PROGRAMME = (
    "procedure",
    "The procedure code is of another vaccination than the programme. Check both.",
    "given",
)
_NO_PROCEDURE = (
    "procedure",
    "The programme has no such procedure. Check its code and the programme.",
    "given",
)
_OTHER_ROLE = ("procedure", "The procedure code is of another professional. Check it and the vaccinator.")
_OTHER_ROUTE = ("procedure", "The procedure code is of another route. Check both.", "route")
_OTHER_DOSE = ("procedure", "The procedure code is of another dose. Check both.", "dose_number")
_OTHER_REASON = ("procedure", "The procedure code says another reason. Check both.", "not_given_reason")


def _says(uses: tuple[ProcedureUse, ...], part: str, value: object) -> bool:
    """Whether every use of a procedure code says something else than the record's value."""
    if value in (None, ""):
        return False
    said = [getattr(use, part) for use in uses]
    sets = [one if isinstance(one, frozenset) else frozenset({one} - {None, ""}) for one in said]
    return bool(sets) and all(one and value not in one for one in sets)


def _of_dose(vaccine: Immunization) -> Iterator[Found]:
    if vaccine.dose_number is not None and vaccine.dose_number < 1:
        yield "dose_number", "The number of the dose must be 1 or more."
    dose, programme = vaccine.dose, _programme_of(vaccine)
    if dose is None:
        return
    if dose.value <= 0:
        yield "dose", "The dose must be more than 0."
        return
    usual = programme.usual_doses if programme else ()
    if micrograms := _WEIGHTS.get(folded(dose.unit.display)):
        if dose.value in usual or not _LEAST_WEIGHT <= dose.value * micrograms <= _LARGEST_WEIGHT:
            yield "dose", "This is no dose by weight of this vaccine. Check the amount and its unit."
        return
    far_off = usual and (dose.value >= usual[-1] * FAR_OFF or dose.value * FAR_OFF <= usual[0])
    if far_off or dose.value > LARGEST_DOSE:
        yield "dose", "No vaccine has such a dose. Check the amount and its decimal point."


def _programme_of(vaccine: Immunization) -> KnownProgramme | None:
    """Return the programme that a vaccine names, else what all those with its product or procedure have in common."""
    known = known_terms.known_programmes()
    if vaccine.programme in known:
        return known[vaccine.programme]
    product = vaccine.product.code if vaccine.product else ""
    uses = known_terms.uses_of(vaccine.procedure)
    fitting = [one for one in known.values() if product in one.products]
    fitting += [known[use.programme] for use in uses]
    if not fitting or len({one.unit for one in fitting}) > 1:
        return None
    doses = {dose for one in fitting for dose in one.usual_doses}
    return KnownProgramme(fitting[0].unit, tuple(sorted(doses)), frozenset(), frozenset())


def _of_outcome(vaccine: Immunization) -> Iterator[Found]:
    if vaccine.given and vaccine.not_given_reason:
        yield "not_given_reason", "The vaccine was given, and a reason says why it was not. Check both."
    if vaccine.given is not False:
        return
    for name, what in (
        ("batch", "a batch"),
        ("dose", "a dose"),
        ("site", "a site"),
        ("route", "a route"),
        ("adverse_reaction", "an adverse reaction"),
    ):
        if getattr(vaccine, name):
            yield name, f"The vaccine was not given, and the record has {what}. Check both."
