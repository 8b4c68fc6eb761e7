"""The answers of the emergency supply form, read into an :class:`EmergencySupplyRecord`, and what is wrong with them.

As in :mod:`digmed_desktop.clinical.vaccination` nothing is guessed, cut or put right unseen. What the law says of each
item is told beside the problems; what it forbids is a problem, what the pharmacist may judge asks for the reason.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from digmed_desktop.clinical import contradictions, form, law, reading
from digmed_desktop.clinical.allergy_check import judge_allergies
from digmed_desktop.clinical.answers import required_missing
from digmed_desktop.clinical.clinician_warnings import (
    clinician_warnings,
    practice_warnings,
    telephone_warnings,
)
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.dates import age
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord, ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.clinical.questions.binding import assemble
from digmed_desktop.clinical.questions.emergency_supply import EMERGENCY_SUPPLY, FORM_ID, SupplySheet
from digmed_desktop.clinical.questions.patient import stop_unchecked_identity, unneeded_of_patient
from digmed_desktop.clinical.reading import LawSaid, judged
from digmed_desktop.clinical.record import Allergies, Coded, Organisation, Professional
from digmed_desktop.clinical.stops import OwnStop, said_of
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.clinical.supply_law import judge
from digmed_desktop.clinical.urgency import say_not_urgent
from digmed_desktop.clinical.warning_rules import Case, WarningRule, raised

SupplyReading = reading.Reading[EmergencySupplyRecord]
Listed = Callable[[Coded], Medicine | None]


def not_listed(_product: Coded) -> Medicine | None:
    """Return nothing: there is no list of products."""
    return None


def read(
    answers: Mapping[str, str],
    *,
    pharmacy: Organisation,
    pharmacist: Professional | None,
    may_finish: bool,
    now: datetime,
    listed: Listed = not_listed,
) -> SupplyReading:
    """Return the record that these answers make at ``now``, and all that is wrong or doubtful in them.

    ``pharmacist`` is the person chosen in ``session.pharmacist``, ``may_finish`` whether that person's role may
    complete a supply. ``listed`` returns a product as the imported dm+d has it, or None.
    The answers are those of the form ``emergency-supply``, as typed.
    """
    sheet = SupplySheet(answers, pharmacist, now, may_finish=may_finish)
    for problem in required_missing(form.load(FORM_ID).laid_out(answers), answers, unless=_unneeded(sheet)):
        sheet.stop(problem.field, problem.sentence)
    values = EMERGENCY_SUPPLY.values(sheet)
    items = tuple(
        assemble(SuppliedItem, EMERGENCY_SUPPLY.values_at(sheet, n))
        for n in range(1, sheet.items + 1 if sheet.supplied else 1)
    )
    allergies = Allergies(values["allergies.status"], values["allergies.entries"])
    said = tuple(
        one for n, item in enumerate(items, 1) for one in _judge_item(sheet, n, item, allergies, listed)
    )
    _judge(sheet, values)
    items_of = form.load(FORM_ID).repeating[0]
    sheet.stop(form.count_id(items_of.id), too_many_items(form.wanted(items_of, answers)))
    known = {path: value for path, value in values.items() if not path.startswith("practice.")}
    record = assemble(
        EmergencySupplyRecord,
        {
            **(values if values["registered"] else known),
            "items": items,
            "pharmacy": pharmacy,
            "recorded_at": sheet.now,
        },
    )
    if sheet.supplied:
        sheet.problems += clinician_warnings(record.pharmacist, record.patient, "session.pharmacist")
        sheet.problems += telephone_warnings(
            record.patient, record.pharmacy, record.practice, "patient.telephone"
        )
        sheet.problems += practice_warnings(record.pharmacy, record.practice, "practice.name")
    contradictions.refuse(sheet, record, EMERGENCY_SUPPLY)
    return judged(record, sheet.in_order(), sheet.closes_electronic_way, said)


def too_many_items(wanted: int) -> str:
    """Return the sentence for more items than a form takes, ``""`` where it takes them: none is ever left out."""
    repeat = form.load(FORM_ID).repeating[0].repeat
    if repeat is None or wanted <= repeat.most:
        return ""
    return (
        f"This record has {wanted} items, and one emergency supply takes at most {repeat.most}: record the others as a "
        "second supply."
    )


def starting_answers(now: datetime) -> dict[str, str]:
    """Return the answers of a fresh form: its defaults and the time."""
    fresh = {form.count_id("item"): "1"}
    questions = form.load(FORM_ID).laid_out(fresh)
    fresh |= {field.id: field.default for field in questions.fields()}
    return fresh | contact_answers(now)


def _unneeded(sheet: SupplySheet) -> frozenset[str]:
    """Return the required questions that nobody can or need answer in this case."""
    unneeded = unneeded_of_patient(sheet) | sheet.left_out
    if sheet.supplied is False:
        unneeded |= {field for field in sheet.fields if field.startswith("conditions.")}
        unneeded |= {
            field for field in sheet.fields if field.startswith("consent.") and field != "consent.to_sharing"
        }
        unneeded |= {"allergies.status", "prescriber.undertaken", "contact.collector"}
        if sheet.typed("decision.reason") == "unreachable":
            unneeded.add("patient.identity_checked")
    for n in range(1, sheet.items + 1):
        if sheet.typed(f"item.{n}.kind") == ItemKind.APPLIANCE:
            unneeded.add(f"item.{n}.as_directed")
    return frozenset(unneeded)


def _judge(sheet: SupplySheet, values: Mapping[str, Any]) -> None:
    """Note what is wrong between answers."""
    stop_unchecked_identity(sheet, _unneeded(sheet))
    if sheet.supplied:
        _judge_supply(sheet, values)
    if sheet.supplied is False:
        if sheet.chosen("decision.reason") == "declined" and values["consent.to_treatment"]:
            sheet.look("decision.reason", _DECLINED_WITH_CONSENT, needs_reason=True)
        sheet.paper(
            "decision.outcome",
            "There is no electronic message for what was not supplied: send the practice a paper copy or telephone.",
        )


def _judge_supply(sheet: SupplySheet, values: Mapping[str, Any]) -> None:
    for rule in law.conditions(sheet.route) if sheet.route is not None else ():
        if rule.field and sheet.yes(rule.field) is False:
            sheet.refuse(rule.field, rule.over, rule.where)
    if sheet.typed("conditions.seen_in") == "told" and not sheet.text("conditions.seen_note"):
        sheet.stop(
            "conditions.seen_note",
            "Say why you are satisfied that it was prescribed before although you have not seen it.",
        )
    if values["consent.to_treatment"] is False:
        sheet.refuse("consent.to_treatment", *said_of(OwnStop.SUPPLY_WITHOUT_CONSENT))
    born, day = values["patient.date_of_birth"], sheet.date_alone("contact.date")
    years = age(born, day) if born and day and born <= day else None
    sheet.problems += raised(_shared_rules(), Case(day, years, sheet.typed, recorded=sheet.today))
    _judge_late_entry(sheet, values["late_entry_reason"])
    _look_at_request(sheet)
    say_not_urgent(sheet, ("after.plan_for_professionals", "referral.to", "referral.reason"))


def _look_at_request(sheet: SupplySheet) -> None:
    """Say what a pharmacist should look at in who asks, who was interviewed and what is waiting."""
    profession, number = sheet.chosen("prescriber.profession"), sheet.text("prescriber.registration")
    shape = law.number_of(profession)
    if shape and number and not re.fullmatch(shape.pattern, number):
        mark = "" if shape.confidence.may_stop else f" {NOT_CONFIRMED}"
        sentence = f"Check the registration number: the {shape.body} gives out {shape.shape}.{mark}"
        sheet.look(
            "prescriber.registration", sentence, needs_reason=shape.confidence.may_stop, raised_by=number
        )
    if number and sheet.pharmacist and number.casefold() == sheet.pharmacist.registration.casefold():
        sheet.look("prescriber.registration", _OWN_NUMBER, needs_reason=True)
    if sheet.chosen("conditions.interviewed_who") == "other":
        sheet.look("conditions.interviewed_who", _SOMEBODY_ELSE)
    waiting = sheet.chosen("conditions.prescription_waiting")
    if waiting == "waiting":
        sheet.look("conditions.prescription_waiting", _WAITING, needs_reason=True)
    elif waiting == "not-looked":
        sheet.look("conditions.prescription_waiting", _NOT_LOOKED)
    few_days = [n for n in range(1, sheet.items + 1) if sheet.chosen(f"item.{n}.schedule") in ("4", "5")]
    if few_days and sheet.chosen("conditions.seen_in") in ("told", "packaging"):
        sheet.look("conditions.seen_in", _LOOK_IN_THE_RECORD, needs_reason=True)


_DECLINED_WITH_CONSENT = (
    "Check both answers: the patient no longer wants the medicine, and consent to the supply is recorded."
)
_OWN_NUMBER = "Check the registration number: it belongs to the supplying pharmacist."
_SOMEBODY_ELSE = (
    "Regulation 225(2), as made, is about the person who asks and what was prescribed for that "
    "person. Check that you may rely on someone else's word. {NOT_CONFIRMED}"
)
_WAITING = (
    "A prescription is waiting: dispense it, or say why you supply without it. Source: NHS guidance on urgent supply, "
    "where a prescription that can come in time is a reason not to supply."
)
_NOT_LOOKED = "Nobody has checked whether a prescription is waiting: the medicine may be supplied twice."
_LOOK_IN_THE_RECORD = (
    "A controlled drug in Schedule 4 or 5 and no record was seen: check the patient's record, or say why you supply "
    "without. Source: Community Pharmacy England, on emergency supply, second-hand."
)


@cache
def _shared_rules() -> tuple[WarningRule, ...]:
    from digmed_desktop.clinical.shared_rules_file import of_both_forms

    return of_both_forms()


def _judge_late_entry(sheet: SupplySheet, reason: str) -> None:
    """Ask why the entry is made after the day of the supply (regulation 253(2)(b))."""
    day = sheet.date_alone("contact.date")  # it was judged with the time
    if day is None or day >= sheet.today:
        return
    if not reason:
        sheet.stop(
            "contact.late_reason",
            "Say why the register was not written on the day of supply. The entry is due that day, "
            "or the next if that was not reasonably practicable.",
        )
    if day < sheet.today - timedelta(days=1):
        sheet.look("contact.date", "This entry is later than the day after the supply, which the law allows.")


def _judge_item(
    sheet: SupplySheet, n: int, item: SuppliedItem, allergies: Allergies, listed: Listed
) -> list[LawSaid]:
    """Return what the law says of one item; what it forbids stops, what a pharmacist may judge wants the reason."""
    said: list[LawSaid] = []
    if sheet.route is None:
        return said
    known = listed(item.product) if item.product else None
    by_law = judge(item, sheet.route, known, sheet.chosen("prescriber.profession"))
    for found in (*by_law, *judge_allergies(item, allergies)):
        field = f"item.{n}.{found.field}"
        tone = "stop" if found.forbids else "look" if found.asks else "tell"
        said.append(LawSaid(field, found.sentence, tone, found.rule, found.source))
        if found.forbids:
            sheet.refuse(field, found.sentence, found.source)
        elif found.asks:
            raised_by = " ".join(sheet.typed(one) for one in _raising(n, found))
            sheet.look(field, found.said, needs_reason=True, raised_by=raised_by)
    return said


_OF_AMOUNT = ("days", "quantity", "unit", "directions", "kind", "legal_class", "schedule", "preparation")
_OF_CLASS = ("kind", "legal_class", "schedule", "for_epilepsy", "form", "strength")
_ANSWERS = {
    "days": _OF_AMOUNT,
    "quantity": _OF_AMOUNT,
    "preparation": ("preparation", "form", "unit"),
    "unit": ("unit",),
    **dict.fromkeys(_OF_CLASS, _OF_CLASS),
}
"""The answers of an item, beside its product, that decide what is doubted at a question."""


def _raising(n: int, found: Finding) -> tuple[str, ...]:
    """Return the questions whose answers raise a warning: with another answer its reason is asked anew."""
    of_item = (f"item.{n}.{one}" for one in ("product", *_ANSWERS.get(found.field, ())))
    return (*of_item, "allergies.entries") if found.field == "product" else tuple(of_item)
