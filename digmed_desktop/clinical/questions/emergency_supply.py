"""The questions of the emergency supply form, each with the attribute of the record that its answer becomes."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from digmed_desktop.clinical import form, names, snomed, units
from digmed_desktop.clinical.answers import AnswerSheet, person_number
from digmed_desktop.clinical.emergency_supply import AskedBy, EmergencySupplyRecord, ItemKind, SupplyRoute
from digmed_desktop.clinical.form import Answers
from digmed_desktop.clinical.medicine import CODE_END, product_answer
from digmed_desktop.clinical.questions import consent, patient
from digmed_desktop.clinical.questions.binding import Binding, Codec, QuestionSet
from digmed_desktop.clinical.questions.codecs import (
    LABEL,
    LINES,
    OPTION_ID,
    TEXT,
    YES_NO,
    one_of,
    put_line,
)
from digmed_desktop.clinical.questions.writer import AnswerWriter
from digmed_desktop.clinical.record import Coded, Professional, Quantity
from digmed_desktop.clinical.supply_amounts import (
    DAYS_SENTENCE,
    MOST_DAYS,
    QUANTITY,
    QUANTITY_SENTENCE,
    UNIT_SENTENCE,
)

FORM_ID = "emergency-supply"
_PRODUCT_MOST, _UNIT_MOST = 255, 60  # characters
_WHOLE = re.compile(r"[0-9]{1,4}")
_AMOUNTS = ("pack", "cycle", "course")
_SOMEBODY, _PATIENT = "other", "patient"


class SupplySheet(AnswerSheet):
    """The answers of one emergency supply.

    ``pharmacist``: who was chosen, None if not known here; ``may_finish``: whether that person's role may complete it.
    """

    def __init__(
        self,
        answers: Mapping[str, str],
        pharmacist: Professional | None,
        now: datetime,
        *,
        may_finish: bool,
    ) -> None:
        super().__init__(form.load(FORM_ID).laid_out(answers), answers, now)
        self.pharmacist, self.may_finish = pharmacist, may_finish
        self.items = form.copies(form.load(FORM_ID).repeating[0], answers)
        outcome = self.chosen("decision.outcome")
        self.supplied = outcome == "supplied" if outcome else None
        asked = self.chosen("request.asked_by")
        self.asked_by = AskedBy(asked) if asked else None

    @property
    def route(self) -> SupplyRoute | None:
        """At whose request the supply is made, None if not known yet."""
        if self.asked_by is None:
            return None
        return SupplyRoute.PRESCRIBER if self.asked_by is AskedBy.PRESCRIBER else SupplyRoute.PATIENT

    @property
    def nature(self) -> str:
        """The nature of the emergency, or why the prescriber gives no prescription."""
        return self.lines("contact.reason") or self.lines("prescriber.why")


def profession_of(record: EmergencySupplyRecord) -> str:
    """Return the profession of the prescriber as the form's answer to it, ``""`` where it has none."""
    role = record.prescriber_request.prescriber.role
    options = form.load(FORM_ID).field("prescriber.profession").options
    return next((option.id for option in options if role and option.label == role.display), "")


def chosen_pharmacist(answers: Answers) -> int | None:
    """Return the number of the person here who was chosen as pharmacist."""
    return person_number(answers.get("session.pharmacist", ""))


def _pharmacist(sheet: SupplySheet, question: str) -> Professional | None:
    if not sheet.typed(question):
        return None
    if sheet.pharmacist is None:
        patient.person(sheet, question)
    elif not sheet.may_finish:
        sheet.stop(question, "Select a pharmacist: nobody else may complete an emergency supply.")
    return sheet.pharmacist


def _put_pharmacist(writer: AnswerWriter, question: str, who: Professional | None) -> None:
    writer.put(question, writer.here.person_id(who) if who else "")


def _reason_for_service(sheet: SupplySheet, _question: str) -> str:
    """Return the reason for the service: who asked, the reference of a referral, and the nature of the emergency."""
    chosen, reference = sheet.option("request.asked_by"), sheet.text("request.reference")
    asked = chosen.hint if chosen else ""
    referred = f"{asked}, reference {reference}" if reference else asked
    return ": ".join(part for part in (referred, sheet.nature) if part)


def _put_nature(writer: AnswerWriter, question: str, nature: str) -> None:
    if writer.value("asked_by") is not AskedBy.PRESCRIBER:
        writer.put(question, nature)


def _collected_by(sheet: SupplySheet, question: str) -> str:
    return sheet.text("contact.collected_by") or sheet.label(question).removeprefix("The ").capitalize()


def _put_collected_by(writer: AnswerWriter, question: str, value: str) -> None:
    if value.lower() in ("patient", "the patient"):
        writer.put(question, _PATIENT)
    elif value:
        writer.put(question, _SOMEBODY)
        put_line(writer, "contact.collected_by", value)


def _interviewed_who(sheet: SupplySheet, question: str) -> str:
    return sheet.text("conditions.interviewed_name") or (
        sheet.label(question) if sheet.chosen(question) == _PATIENT else ""
    )


def _put_interviewed_who(writer: AnswerWriter, question: str, value: str) -> None:
    if value.lower() in ("patient", "the patient"):
        writer.put(question, _PATIENT)
    elif value:
        writer.put(question, _SOMEBODY)
        put_line(writer, "conditions.interviewed_name", value)


def _seen_in(sheet: SupplySheet, question: str) -> str:
    return ", ".join(part for part in (sheet.label(question), sheet.text("conditions.seen_note")) if part)


def _put_seen_in(writer: AnswerWriter, question: str, value: str) -> None:
    labels = sorted(
        writer.options(question), key=lambda option: -len(option.label)
    )  # one may begin as another
    for option in labels:
        if value in (option.label, option.id) or value.startswith(f"{option.label}, "):
            writer.put(question, option.id)
            note = value.removeprefix(option.label).removeprefix(", ")
            put_line(writer, "conditions.seen_note", "" if note == option.id else note)
            return
    put_line(writer, "conditions.seen_note", value)


def _prescriber_name(sheet: SupplySheet, question: str) -> str:
    typed = sheet.text(question, names.MOST)
    if typed:
        sheet.stop(question, names.sentence_about(typed, "prescriber's name"))
    return typed


def _profession(sheet: SupplySheet, question: str) -> Coded | None:
    words = sheet.label(question)
    return Coded(words) if words else None


def _put_profession(writer: AnswerWriter, question: str, role: Coded | None) -> None:
    if role:
        writer.choose(question, role.display)


def _put_outcome(writer: AnswerWriter, question: str, supplied: bool | None) -> None:
    known = supplied if supplied is not None else True if writer.value("items") else None
    if known is not None:
        writer.put(question, "supplied" if known else "not-supplied")


def _not_supplied(sheet: SupplySheet, question: str) -> str:
    if sheet.supplied is not False:
        return ""
    parts = (sheet.text("decision.asked_for"), sheet.label(question), sheet.lines("decision.note"))
    return "\n".join(part for part in parts if part)


def _put_not_supplied(writer: AnswerWriter, question: str, value: str) -> None:
    lines = value.split("\n")
    reasons = {option.label: option.id for option in writer.options(question)}
    place = next((n for n, line in enumerate(lines[:2]) if line in reasons), None)
    if place is None:
        writer.put("decision.note", value)
        return
    writer.put("decision.asked_for", lines[0] if place else "")
    writer.put(question, reasons[lines[place]])
    writer.put("decision.note", "\n".join(lines[place + 1 :]))


# ---- items


def _kind(sheet: SupplySheet, question: str) -> ItemKind:
    chosen = sheet.chosen(question)
    return ItemKind(chosen) if chosen else ItemKind.MEDICINE


def _product(sheet: SupplySheet, question: str) -> Coded | None:
    typed = sheet.typed(question)
    code, tab, _ = typed.partition(CODE_END)
    if tab and not snomed.is_concept_id(code):
        sheet.stop(question, "Choose the product again: its code is not one of dm+d.")
        return None
    display = sheet.part(question, typed.rpartition(CODE_END)[2], _PRODUCT_MOST)
    if not display:
        return None
    if not tab:
        sheet.paper(
            question,
            "Known by its name only, without a dm+d code: choose it from the list, or send the practice a paper copy.",
        )
    return Coded(display, code if tab else "")


def _put_product(writer: AnswerWriter, question: str, product: Coded | None) -> None:
    put_line(writer, question, product_answer(product) if product else "")


def _schedule(sheet: SupplySheet, question: str) -> str:
    chosen = sheet.chosen(question)
    if chosen == "unknown":
        sheet.stop(question, "Check the schedule before you supply.")
        return ""
    return chosen


def _amount_is(sheet: SupplySheet, question: str) -> str:
    """Return how the amount compares with the limit of its preparation: the answer to the one question asked."""
    whole = question.removesuffix(_AMOUNTS[0])
    return next((chosen for one in _AMOUNTS if (chosen := sheet.chosen(f"{whole}{one}"))), "")


def _put_amount_is(writer: AnswerWriter, question: str, value: str) -> None:
    whole = question.removesuffix(_AMOUNTS[0])
    for one in _AMOUNTS if value else ():
        writer.choose(f"{whole}{one}", value)


def _as_directed(sheet: SupplySheet, question: str) -> bool | None:
    medicine = _kind(sheet, question.replace("as_directed", "kind")) is ItemKind.MEDICINE
    return sheet.yes(question) if medicine else None


def _form(sheet: SupplySheet, question: str) -> Coded | None:
    words = sheet.text(question)
    return Coded(words) if words else None


def _put_form(writer: AnswerWriter, question: str, dosage_form: Coded | None) -> None:
    put_line(writer, question, dosage_form.display if dosage_form else "")


def _quantity(sheet: SupplySheet, question: str) -> Quantity | None:
    beside = question.replace("quantity", "unit")
    words = sheet.text(beside, _UNIT_MOST)
    amount = sheet.amount(question, QUANTITY, QUANTITY_SENTENCE)
    if amount is None:
        return None
    if any(sign.isdigit() for sign in words):
        sheet.stop(beside, UNIT_SENTENCE)
        return None
    return Quantity(amount, units.unit(words)) if words else None


def _put_quantity(writer: AnswerWriter, question: str, quantity: Quantity | None) -> None:
    if quantity is not None:
        writer.put(question, f"{quantity.value:f}")
        put_line(writer, question.replace("quantity", "unit"), units.shown(quantity.unit))


def _days(sheet: SupplySheet, question: str) -> int | None:
    typed = sheet.text(question)
    if not typed:
        return None
    if not _WHOLE.fullmatch(typed) or not 0 < int(typed) <= MOST_DAYS:
        sheet.stop(question, DAYS_SENTENCE)
        return None
    return int(typed)


def _put_days(writer: AnswerWriter, question: str, days: int | None) -> None:
    writer.put(question, "" if days is None else str(days))


def _item(question: str, path: str, codec: Codec[Any], *besides: str) -> Binding:
    return Binding(
        f"item.{{n}}.{question}", f"items.{path}", codec, tuple(f"item.{{n}}.{one}" for one in besides)
    )


def _nothing(_writer: AnswerWriter, _question: str, _value: object) -> None:
    """Write nothing: other answers say it."""


EMERGENCY_SUPPLY = QuestionSet(
    FORM_ID,
    EmergencySupplyRecord,
    (
        Binding(
            "request.asked_by", "asked_by", Codec(lambda sheet, _q: sheet.asked_by, one_of(AskedBy).write)
        ),
        Binding("request.asked_by", "supply_route", Codec(lambda sheet, _q: sheet.route, _nothing)),
        Binding("request.reference", "referral_reference", TEXT),
        *patient.PATIENT,
        *patient.PRACTICE,
        Binding(
            "contact.collector",
            "collected_by",
            Codec(_collected_by, _put_collected_by),
            besides=("contact.collected_by",),
        ),
        Binding("contact.method", "consultation_method", LABEL),
        Binding("conditions.interviewed", "patient_conditions.interviewed", YES_NO),
        Binding(
            "conditions.interviewed_who",
            "patient_conditions.interviewed_who",
            Codec(_interviewed_who, _put_interviewed_who),
            besides=("conditions.interviewed_name",),
        ),
        Binding("conditions.prescription_waiting", "patient_conditions.prescription_waiting", OPTION_ID),
        Binding("conditions.immediate_need", "patient_conditions.immediate_need", YES_NO),
        Binding(
            "contact.reason",
            "patient_conditions.nature_of_emergency",
            Codec(lambda sheet, _q: sheet.nature, _put_nature),
        ),
        Binding("contact.reason", "reason_for_service", Codec(_reason_for_service, _nothing)),
        Binding("conditions.previously_prescribed", "patient_conditions.previously_prescribed", YES_NO),
        Binding("conditions.dose_appropriate", "patient_conditions.dose_appropriate", YES_NO),
        Binding(
            "conditions.seen_in",
            "patient_conditions.seen_in",
            Codec(_seen_in, _put_seen_in),
            besides=("conditions.seen_note",),
        ),
        Binding(
            "prescriber.given", "prescriber_request.prescriber.name.given", Codec(_prescriber_name, put_line)
        ),
        Binding(
            "prescriber.family",
            "prescriber_request.prescriber.name.family",
            Codec(_prescriber_name, put_line),
        ),
        Binding(
            "prescriber.profession",
            "prescriber_request.prescriber.role",
            Codec(_profession, _put_profession),
        ),
        Binding("prescriber.registration", "prescriber_request.prescriber.registration", TEXT),
        *patient.address("prescriber", "prescriber_request.address"),
        Binding("prescriber.why", "prescriber_request.why_not_at_once", LINES),
        Binding("prescriber.undertaken", "prescriber_request.undertaken", YES_NO),
        Binding("decision.outcome", "supplied", Codec(lambda sheet, _q: sheet.supplied, _put_outcome)),
        Binding(
            "decision.reason",
            "not_supplied_reason",
            Codec(_not_supplied, _put_not_supplied),
            besides=("decision.asked_for", "decision.note"),
        ),
        _item("kind", "kind", Codec(_kind, one_of(ItemKind).write)),
        _item("product", "product", Codec(_product, _put_product)),
        _item("legal_class", "legal_class", OPTION_ID),
        _item("schedule", "schedule", Codec(_schedule, OPTION_ID.write)),
        _item("preparation", "preparation", OPTION_ID),
        _item("for_epilepsy", "for_epilepsy", YES_NO),
        _item("pack", "amount_is", Codec(_amount_is, _put_amount_is), "cycle", "course"),
        _item("form", "form", Codec(_form, _put_form)),
        _item("strength", "strength", TEXT),
        _item("size", "size", TEXT),
        _item("colour", "colour", TEXT),
        _item("directions", "directions", TEXT),
        _item("quantity", "quantity", Codec(_quantity, _put_quantity), "unit"),
        _item("days", "days", Codec(_days, _put_days)),
        _item("indication", "indication", TEXT),
        _item("additional", "additional_instructions", TEXT),
        _item("as_directed", "as_directed", Codec(_as_directed, YES_NO.write)),
        _item("reason", "reason", TEXT),
        *patient.CONSENT,
        *consent.WHO_DECIDED,
        *patient.ALLERGIES,
        *patient.AFTER,
        *patient.INCIDENT,
        Binding("after.plan_for_professionals", "plan_for_professionals", LINES),
        Binding("after.plan_for_patient", "plan_for_patient", LINES),
        Binding("referral.to", "referral.to", TEXT),
        Binding("referral.reason", "referral.reason", TEXT),
        Binding("session.pharmacist", "pharmacist", Codec(_pharmacist, _put_pharmacist)),
        Binding("session.service", "service", TEXT),
        *patient.CONTACT,
        Binding("contact.late_reason", "late_entry_reason", TEXT),
    ),
    unasked={
        **patient.UNASKED,
        "accompanied_by": "Accompanied by",
        "referral.urgency": "Urgency of the referral",
        "referral.expectation": "Expectation of the referral",
        "items.route": "Route",
        "items.site": "Site",
        "items.weight": "Weight",
        "prescriber_request.prescriber.name.prefix": "Title of the prescriber",
        "prescriber_request.prescriber.regulator": "Regulator of the prescriber",
        "prescriber_request.prescription_date": "Prescription dated",
        "prescriber_request.prescription_received": "Prescription received",
    },
    synonyms={"clinician": "pharmacist"},
)
