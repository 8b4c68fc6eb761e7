"""Holds a supply that another system recorded against the law and the form's rules: the judgement of ``build``.

What a record leaves unsaid is read as the law allows least: without a legal class as a prescription-only medicine, without
a schedule as its name says, without a kind of preparation as any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from digmed_desktop.clinical import form, law, supply_answers, terms_as_stated, unstated
from digmed_desktop.clinical.allergy_check import judge_allergies
from digmed_desktop.clinical.contradictions import Contradiction
from digmed_desktop.clinical.controlled_item import NO_SCHEDULE, lower_schedule
from digmed_desktop.clinical.emergency_supply import (
    EmergencySupplyRecord,
    ItemKind,
    SuppliedItem,
    SupplyRoute,
)
from digmed_desktop.clinical.form import FormField
from digmed_desktop.clinical.law_rule import Effect
from digmed_desktop.clinical.preparations import ANY_OTHER
from digmed_desktop.clinical.problem import A_WORD, Problem, Severity, is_answered, line_of_reason, sourced
from digmed_desktop.clinical.questions.binding import value_at
from digmed_desktop.clinical.questions.emergency_supply import EMERGENCY_SUPPLY, FORM_ID, profession_of
from digmed_desktop.clinical.questions.forms import filled_in
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.record_fault import Fault
from digmed_desktop.clinical.registration import may_finish_supply
from digmed_desktop.clinical.supply_amounts import impossible
from digmed_desktop.clinical.supply_answers import SupplyReading
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.clinical.supply_law import days_by_directions, judge
from digmed_desktop.clinical.unstated import Unstated

NOTES = "record.notes_kept_here"
_OF_THE_SUPPLY = (
    "allergies.entries",
    "consent.",
    "incident.reason",
    "conditions.prescription_waiting",
    "conditions.seen_in",
    "contact.date",
    "contact.late_reason",
    "practice.name",
    "practice.why_none",
    "prescriber.registration",
    "session.pharmacist",
    "patient.telephone",
)
"""Questions of which the form's rules hold for a record too; those of the law and of the items are judged apart."""
_REASON_IS_ENOUGH = frozenset({
    "consent.given_by", "consent.to_sharing", "conditions.prescription_waiting", "conditions.seen_in",
    "contact.date", "prescriber.registration",
})  # fmt: skip
"""Questions that a record may leave out with a reason; what an answer to them asks for besides, it may not."""
_ANSWERED = ("legal_class", "schedule", "preparation")


def faults(record: EmergencySupplyRecord, now: datetime) -> Iterator[Fault]:
    """Yield what law and form say against a supply that is used at ``now``; a warning needs its reason."""
    yield from law_faults(record)
    wanted = []
    for problem in dict.fromkeys((*_of_the_form(record, now), *terms_as_stated.of_supply(record))):
        where = _in_file(problem)
        if problem.severity is Severity.STOP:
            yield where, problem.sentence
        elif not is_answered(problem, record.notes_kept_here):
            yield where, problem.sentence
            wanted.append(problem)
    for problem in wanted:
        who = "who advised it and what they said" if problem.needs_adviser else "why it was done"
        yield NOTES, f"Add this line, and say {who} at its end: {line_of_reason(problem, '…')}"


def left_out(record: EmergencySupplyRecord, now: datetime) -> Iterator[Unstated]:
    """Yield the questions that the form needs answered and that a record leaves out, each with its field."""
    reading = _opened(record, now)
    for problem, field in _unanswered(record, reading) if reading else ():
        if not unstated.says_something(EMERGENCY_SUPPLY, record, field.id):
            yield Unstated(field, _in_file(problem).removeprefix("record."))


def in_other_words(record: EmergencySupplyRecord, now: datetime) -> Iterator[Fault]:
    """Yield each answer that the form does not have, so that no rule judged it."""
    reading = _opened(record, now)
    for problem, field in _unanswered(record, reading) if reading else ():
        refused = field.id.rpartition(".")[2] in _ANSWERED
        if not refused and unstated.says_something(EMERGENCY_SUPPLY, record, field.id):
            yield _in_file(problem), unstated.in_other_words(field)


def _unanswered(record: EmergencySupplyRecord, reading: SupplyReading) -> Iterator[tuple[Problem, FormField]]:
    """Yield the questions that the form needs answered and that no answer of the record fits."""
    answers = filled_in(record, Here(person_id=lambda _who: "1"))
    fields = {one.id: one for one in EMERGENCY_SUPPLY.form.laid_out(answers).fields()}
    for problem in reading.problems:
        asked = fields.get(problem.field)
        if asked and asked.required and not answers.get(asked.id) and not _is_refused(problem):
            yield problem, asked


def _opened(record: EmergencySupplyRecord, now: datetime) -> SupplyReading | None:
    """Return what the form says that is filled in from a record; None where there is nothing to judge."""
    contact, made = record.contact_at, record.recorded_at
    if record.supplied is False or contact is None or contact.tzinfo is None:
        return None  # no time of a record: the message is refused
    return supply_answers.read(
        filled_in(record, Here(person_id=lambda _who: "1")),
        pharmacy=record.pharmacy,
        pharmacist=record.pharmacist,
        may_finish=may_finish_supply(record.pharmacist.role if record.pharmacist else None),
        now=made if made is not None and made.tzinfo is not None else now,
    )


def _of_the_form(record: EmergencySupplyRecord, now: datetime) -> Iterator[Problem]:
    """Yield what the form would refuse or ask about in who decided, who asked and when it was entered."""
    reading = _opened(record, now)
    if reading is None:
        return
    for problem in (*reading.problems, *reading.notes):
        if problem in reading.on_paper or not problem.field.startswith(_OF_THE_SUPPLY):
            continue
        if problem.needs_reason or _is_refused(problem):
            yield problem


def _is_refused(problem: Problem) -> bool:
    """Whether what the form does not take, or misses, is refused in a record whatever its reasons."""
    of_the_supply = problem.field.startswith(_OF_THE_SUPPLY)
    return of_the_supply and problem.severity is Severity.STOP and problem.field not in _REASON_IS_ENOUGH


def _in_file(problem: Problem) -> str:
    """Return the place of a problem in a record file."""
    path, place = EMERGENCY_SUPPLY.attribute(problem.field)
    return Contradiction(path, problem.sentence, place).in_file


def law_faults(record: EmergencySupplyRecord) -> Iterator[Fault]:
    """Yield what the law says against a supply; a warning needs the pharmacist's reason.

    A record that does not say at whose request it was is held against the rules of the patient's, which allow less.
    """
    if record.supplied is False:
        return
    if too_many := supply_answers.too_many_items(len(record.items)):
        yield "record.items", too_many
    route = record.supply_route or SupplyRoute.PATIENT
    for rule in law.conditions(route):
        path = next(one.path for one in EMERGENCY_SUPPLY.bindings if one.question == rule.field)
        if value_at(record, path) is False:
            yield f"record.{path}", sourced(rule.over, rule.where)
    for number, given in enumerate(record.items):
        item = _as_answered(given)
        yield from _unknown_answers(number, item)
        yield from ((f"record.items.{number}.{field}", sentence) for field, sentence in impossible(item))
        yield from _unstated(number, item, route)
        item = _of_least_class(item)
        judged = judge(item, route, prescriber=profession_of(record))
        unsaid = _against_unsaid(item, route, profession_of(record))
        found = (*judged, *unsaid, *judge_allergies(item, record.allergies))
        yield from _of_item(number, item, tuple(dict.fromkeys(found)))


def _of_item(number: int, item: SuppliedItem, found: Sequence[Finding]) -> Iterator[Fault]:
    """Yield what is forbidden of an item, and what is doubted without a reason of its own."""
    for one in found:
        if one.forbids:
            yield f"record.items.{number}.{one.field}", one.said
    warnings = [one for one in found if one.asks]
    reasons = [line for line in item.reason.splitlines() if A_WORD.search(line)]
    if len(reasons) >= len(warnings):
        return
    wanted = "the reason" if len(warnings) == 1 else f"{len(warnings)} reasons, each on its own line"
    for one in warnings:
        yield f"record.items.{number}.reason", f"{one.said} Give {wanted} in this field."


def _as_answered(item: SuppliedItem) -> SuppliedItem:
    """Return an item with its answers as the form has them: other systems write POM and Schedule 2 in capitals."""
    return replace(item, **{name: getattr(item, name).strip().casefold() for name in _ANSWERED})


def _of_least_class(item: SuppliedItem) -> SuppliedItem:
    """Return an item as one of the legal class of which the law allows least, where none is stated."""
    if item.kind is ItemKind.APPLIANCE or item.legal_class:
        return item
    return replace(item, legal_class=law.PRESCRIPTION_ONLY)


def _of_least(item: SuppliedItem, *, read: bool = True) -> SuppliedItem:
    """Return an item with the schedule of its name and as any other preparation, where it states neither.

    ``read``: only as far as a source of the name was read that may stop.
    """
    if item.legal_class != law.PRESCRIPTION_ONLY or item.kind is ItemKind.APPLIANCE:
        return item
    schedule = item.schedule or lower_schedule(item, read=read) or NO_SCHEDULE
    return replace(item, schedule=schedule, preparation=item.preparation or ANY_OTHER)


def _against_unsaid(item: SuppliedItem, route: SupplyRoute, profession: str) -> Iterator[Finding]:
    """Yield what would forbid an item if what it leaves unsaid were so; a question where nobody read that it is."""
    stops = [one for one in judge(_of_least(item), route, prescriber=profession) if one.forbids]
    yield from stops
    if item.schedule:
        return
    for one in judge(_of_least(item, read=False), route, prescriber=profession):
        if one.forbids and one not in stops:
            yield replace(one, forbids=False, asks=True)


def _unstated(number: int, item: SuppliedItem, route: SupplyRoute) -> Iterator[Fault]:
    """Yield what a record has to say before anyone can judge its item."""
    if item.kind is ItemKind.APPLIANCE:
        return
    if not item.legal_class:
        sentence = "State the legal class, one of: pom, p, gsl. Without it the rules for a POM apply."
        yield f"record.items.{number}.legal_class", sentence
    rules = law.rules_for(_of_least(_of_least_class(item)), route)
    if item.days is None and days_by_directions(item) is None and any(r.effect is Effect.DAYS for r in rules):
        yield f"record.items.{number}.days", "State how many days it lasts: the law limits them."


def _unknown_answers(number: int, item: SuppliedItem) -> Iterator[Fault]:
    """Yield answers that the form does not have, which no rule would understand."""
    for name in _ANSWERED:
        options = form.load(FORM_ID).field(f"item.{form.PLACE}.{name}").options
        known = [option.id for option in options if option.id != "unknown"]
        if getattr(item, name) not in ("", *known):
            yield f"record.items.{number}.{name}", f"Give one of: {', '.join(known)}."
