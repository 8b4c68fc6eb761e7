"""The rules of the vaccination form, judged on a record that another system wrote: the same rules, by the same code.

A record is read as the form that would make it. Rules refuse, or ask for a reason; a reason stands in the notes kept here,
in the line that this program writes there itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digmed_desktop.clinical import (
    legal_basis,
    own_product,
    pgd,
    product_as_stated,
    terms_as_stated,
    units,
    unstated,
    vaccination,
)
from digmed_desktop.clinical.clinician_warnings import telephone_warnings
from digmed_desktop.clinical.contradictions import Contradiction, contradictions
from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.dose_contradictions import is_weight
from digmed_desktop.clinical.form import FormField
from digmed_desktop.clinical.problem import (
    A_WORD,
    ALL_THE_SAME,
    Problem,
    Severity,
    done_all_the_same,
    is_answered,
    line_of_reason,
)
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.forms import filled_in
from digmed_desktop.clinical.questions.vaccination import VACCINATION
from digmed_desktop.clinical.questions.writer import Here, same
from digmed_desktop.clinical.reading import Reading
from digmed_desktop.clinical.record import Coded, Immunization, Sex, VaccinationRecord
from digmed_desktop.clinical.record_fault import Fault
from digmed_desktop.clinical.unstated import Unstated
from digmed_desktop.settings.own_product import OwnProduct

NOTES = "record.notes_kept_here"
_OF_THE_ACT = ("vaccine.", "eligibility.")
"""Questions of which an answer that the form does not take is refused here too."""
_REASON_IS_ENOUGH = frozenset({"consent.given_by", "consent.to_sharing"})
"""Questions on consent that a record may leave out with a reason; what they ask for besides, it may not."""
_ASKED_BY_AN_ANSWER = ("allergies.entries", "incident.reason", "vaccine.not_given_")
"""Questions that only an answer of the record asks, so that nobody may leave them out."""
_WORDS_JUDGED_APART = ("session.legal_basis", "consent.given_by", "vaccine.dose_amount", "vaccine.product")
"""Questions of which an answer that the form does not have is refused, or judged by a rule of its own."""
_NOT_OF_THE_RULES = ("patient.", "practice.", "pharmacy.")
_WHY = "vaccine.eligibility"
_PROGRAMME = "session.programme"
_DUE_OF_A_MAN = "The patient is male, and a baby is due. Check the sex and the due date."
WHOLE = "dose"
"""The unit of a vaccine given whole."""


@dataclass(frozen=True, slots=True, repr=False)
class Ruling:
    """A rule's finding about one vaccine of a record. ``place``: of which, from 0."""

    place: int
    problem: Problem

    @property
    def in_file(self) -> str:
        """Return its place in a record file."""
        path, _ = VACCINATION.attribute(self.problem.field)
        return Contradiction(path, self.problem.sentence, self.place).in_file


def faults(programmes: Sequence[Programme], record: VaccinationRecord, now: datetime) -> Iterator[Fault]:
    """Yield what the rules refuse of a record, and each of their questions that it does not answer."""
    if not programmes:
        yield "record", "No rules can be read, so nothing was judged: run digmed-desktop check-data."
        return
    told = [(found.in_file, found.sentence) for found in contradictions(record, now)]
    for place in range(len(record.immunizations)):
        yield from _unknown_answers(programmes, record, place)
        yield from _unsaid_basis(programmes, record, place)
    wanted = []
    for ruling in dict.fromkeys(rulings(programmes, record, now)):
        problem = ruling.problem
        if problem.severity is Severity.STOP:
            if not any(ruling.in_file == at and problem.sentence.startswith(said) for at, said in told):
                yield ruling.in_file, problem.sentence
        elif not _is_answered(problem, record):
            yield ruling.in_file, problem.sentence
            wanted.append(problem)
    for problem in dict.fromkeys(wanted):
        who = "who advised it and what they said" if problem.needs_adviser else "why it was done"
        yield NOTES, f"Add this line, and say {who} at its end: {line_of_reason(problem, '…')}"


def rulings(programmes: Sequence[Programme], record: VaccinationRecord, now: datetime) -> Iterator[Ruling]:
    """Yield what refuses a vaccination of a record, and what asks for a reason.

    ``now`` is when the record is used: a record that does not say when it was made counts as made then.
    """
    for place, vaccine in enumerate(record.immunizations if programmes else ()):
        for problem in _judged(_programme_of(programmes, vaccine, record), record, place, now):
            yield Ruling(place, problem)


def unsaid(
    programmes: Sequence[Programme],
    record: VaccinationRecord,
    place: int,
    form: Reading[VaccinationRecord],
    now: datetime,
) -> tuple[Problem, ...]:
    """Return what the rules say of one vaccine of a record and not of the ``form`` that was filled in from it."""
    said = {problem.sentence for problem in (*form.problems, *form.notes)}
    if not programmes:
        return ()
    programme = _programme_of(programmes, record.immunizations[place], record)
    found = _judged(programme, record, place, now)
    return tuple(dict.fromkeys(one for one in found if one.sentence not in said))


def left_out(programmes: Sequence[Programme], record: VaccinationRecord, now: datetime) -> Iterator[Unstated]:
    """Yield the questions that the form needs answered and that a record leaves out, each with its field."""
    asked = {one.id: one for one in VACCINATION.form.fields()}
    for place, vaccine in enumerate(record.immunizations if programmes else ()):
        if not vaccine.programme.strip():
            yield Unstated(asked[_PROGRAMME], f"immunizations.{place}.programme")
        opened = _opened(_programme_of(programmes, vaccine, record), record, place, now)
        for field in _unanswered(opened, record, place) if opened else ():
            if not unstated.says_something(VACCINATION, record, field.id, place):
                where = Ruling(place, Problem(field.id, "")).in_file
                yield Unstated(field, where.removeprefix("record."))


def in_other_words(
    programmes: Sequence[Programme], record: VaccinationRecord, now: datetime
) -> Iterator[Fault]:
    """Yield each answer that no form of the record's vaccines has, so that no rule judged it."""
    missed: list[dict[str, FormField]] = []
    for place, vaccine in enumerate(record.immunizations):
        opened = _opened(_programme_of(programmes, vaccine, record), record, place, now)
        fields = _unanswered(opened, record, place) if opened else ()
        missed.append({one.id: one for one in fields if one.id not in _WORDS_JUDGED_APART})
    for place, fields_here in enumerate(missed):
        for name, field in fields_here.items():
            of_this = VACCINATION.attribute(name)[0].startswith("immunizations.")
            everywhere = all(name in others for others in missed)
            if (of_this or everywhere) and unstated.says_something(VACCINATION, record, name, place):
                yield Ruling(place, Problem(name, "")).in_file, unstated.in_other_words(field)


@dataclass(frozen=True, slots=True, repr=False)
class _Opened:
    """A form that was filled in from one vaccine of a record, and what it says."""

    programme: Programme
    answers: dict[str, str]
    reading: Reading[VaccinationRecord]


def _opened(programme: Programme, record: VaccinationRecord, place: int, now: datetime) -> _Opened | None:
    """Return the form of one vaccine; None where no time can be told, so that the message is refused."""
    if record.contact_at is not None and record.contact_at.tzinfo is None:
        return None
    programme = _with_product(programme, record.immunizations[place])
    answers = filled_in(record, Here(programme, lambda _who: "1"), place)
    answers["vaccine.product"] = answers.get("vaccine.product", "")
    made = record.recorded_at
    reading = vaccination.read(
        answers,
        programme=programme,
        pharmacy=record.pharmacy,
        vaccinator=record.vaccinator,
        now=made if made is not None and made.tzinfo is not None else now,
        agreed=(),
    )
    return _Opened(programme, answers, reading)


def _unanswered(opened: _Opened, record: VaccinationRecord, place: int) -> Iterator[FormField]:
    """Yield the questions that the form needs answered and that no answer of the record fits."""
    missed = {problem.field for problem in opened.reading.problems}
    for field in VACCINATION.form.fields():
        missing = field.id in missed and field.required and not opened.answers.get(field.id)
        if missing and not _is_refused(field.id, opened.answers, record, place):
            yield field


def _judged(programme: Programme, record: VaccinationRecord, place: int, now: datetime) -> Iterator[Problem]:
    """Yield what the form would say of one vaccine, as far as the rules say it."""
    opened = _opened(programme, record, place, now)
    if opened is None:
        return
    answers, reading = opened.answers, opened.reading
    for problem in (*reading.problems, *reading.notes):
        of_the_texts = problem.field.startswith(_NOT_OF_THE_RULES) and not problem.needs_reason
        if problem in reading.on_paper or of_the_texts:
            continue
        if problem.refuses_act or problem.needs_reason:
            done = problem.needs_adviser and record.incident.done
            yield done_all_the_same(problem) if done else problem
        elif problem.severity is Severity.STOP and _is_refused(problem.field, answers, record, place):
            yield problem
    yield from _unit(record.immunizations[place], opened.programme, answers["vaccine.product"])
    yield from telephone_warnings(record.patient, record.pharmacy, record.practice, "patient.telephone")
    yield from product_as_stated.warnings(record.immunizations[place], opened.programme)
    yield from terms_as_stated.of_vaccination(record, place)
    if record.pregnancy_due and record.patient.sex is Sex.MALE and answers.get(_WHY) != "pregnant":
        yield Problem(_WHY, _DUE_OF_A_MAN, Severity.STOP)


def _is_refused(field: str, answers: dict[str, str], record: VaccinationRecord, place: int) -> bool:
    """Whether an answer that the form does not take, or misses, is refused in a record too."""
    if field.startswith("consent."):
        return field not in _REASON_IS_ENOUGH and bool(record.immunizations[place].given)
    if field.startswith(_ASKED_BY_AN_ANSWER):
        return True
    return field.startswith(_OF_THE_ACT) and bool(answers.get(field, ""))


def _is_answered(problem: Problem, record: VaccinationRecord) -> bool:
    if problem.sentence.startswith(ALL_THE_SAME) and A_WORD.search(record.incident.reason):
        return True
    return is_answered(problem, record.notes_kept_here)


def _unit(vaccine: Immunization, programme: Programme, product: str) -> Iterator[Problem]:
    """Yield a warning about a dose in another unit than the programme's, whose size no rule can judge."""
    dose, unit = vaccine.dose, programme.unit_of(product)
    if dose is None or unit is None or units.is_one(dose.unit, unit):
        return
    if is_weight(dose.unit) or (units.is_one(dose.unit, Coded(WHOLE)) and dose.value == 1):
        return
    sentence = "Check the dose and its unit: this vaccine is measured in another unit."
    yield Problem("vaccine.dose_amount", sentence, Severity.LOOK, needs_reason=True)


def _unknown_answers(
    programmes: Sequence[Programme], record: VaccinationRecord, place: int
) -> Iterator[Fault]:
    """Yield answers that the form does not have: no rule would understand them, so none would speak."""
    programme = _programme_of(programmes, record.immunizations[place], record)
    for said, listed, where in (
        (record.legal_basis, "legal_bases", "record.legal_basis"),
        (record.consent.given_by, "consent_givers", "record.consent.given_by"),
    ):
        options = programme.lists[listed]
        if said.strip() and not any(said.strip().lower() in (one.id, one.label.lower()) for one in options):
            yield where, f"Give one of: {', '.join(one.label for one in options)}."


def _unsaid_basis(programmes: Sequence[Programme], record: VaccinationRecord, place: int) -> Iterator[Fault]:
    """Yield that the legal basis is not said of somebody who may not work under the usual one, a PGD."""
    vaccine, who = record.immunizations[place], record.vaccinator
    if not vaccine.given or record.legal_basis.strip() or record.contact_at is None:
        return
    if who is None or who.role is None:
        return
    day = record.contact_at.astimezone(ENGLAND).date()
    bases = _programme_of(programmes, vaccine, record).bases
    for verdict, sentence, _source in legal_basis.judge(bases, pgd.BASIS, who.role.code, day):
        if verdict is legal_basis.Verdict.STOPS:
            yield "record.legal_basis", f"Say under which legal basis it was given. {sentence}"


def _with_product(programme: Programme, vaccine: Immunization) -> Programme:
    """Return a programme that has the product of a record: one it does not know counts as a pharmacy's own."""
    if vaccine.product is None or not vaccine.given:
        return programme
    known = (one.coded for one in programme.products.values())
    if any(same(one, vaccine.product) or same(vaccine.product, one) for one in known):
        return programme
    kind = programme.agreement or programme.id
    route = (
        next(
            (one.id for one in programme.lists["routes"] if same(programme.codes.get(one.id), vaccine.route)),
            "",
        )
        if vaccine.route
        else ""
    )
    own = OwnProduct("own-1", kind, vaccine.product.display, vaccine.product.code, route=route)
    return programme.with_products([own_product.as_product(own, programme)])


def _programme_of(
    programmes: Sequence[Programme], vaccine: Immunization, record: VaccinationRecord
) -> Programme:
    """Return the programme of a vaccine: the one named, else one that has its product, procedure or disease.

    Where nobody can say which it is, it is one of those rules that hold for every vaccination.
    """
    named = next((one for one in programmes if one.id == vaccine.programme), None)
    if named is not None:
        return named
    fitting = [one for one in programmes if _has(one, vaccine)]
    day = record.contact_at.date() if record.contact_at else None
    for one in fitting:
        if day and one.season_start and one.season_end and one.season_start <= day <= one.season_end:
            return one
    return fitting[0] if fitting else _of_any(programmes)


def _has(programme: Programme, vaccine: Immunization) -> bool:
    product, procedure, disease = vaccine.product, vaccine.procedure, vaccine.target_disease
    return (
        bool(product and any(same(product, one.coded) for one in programme.products.values()))
        or bool(procedure and any(same(procedure, one.coded) for one in programme.procedures))
        or bool(disease and any(same(disease, one) for one in programme.diseases))
    )


def _of_any(programmes: Sequence[Programme]) -> Programme:
    """Return a programme with nothing but what all have in common."""
    first = programmes[0]
    return replace(
        first,
        products={},
        procedures=(),
        cohorts={},
        lists={**first.lists, "products": (), "eligibility": (), "services": ()},
        season_start=None,
        season_end=None,
        age_by=None,
        pregnancy_weeks=None,
        default_dose=None,
        usual_doses=(),
        unit=None,
        second_dose="",
        warnings=tuple(rule for rule in first.warnings if all(rule in one.warnings for one in programmes)),
        bases=tuple(rule for rule in first.bases if all(rule in one.bases for one in programmes)),
    )
