"""What prevents a record from being sent as a message, each problem at the form field that mends it.

These are the rules of the message (mandatory items of the guides, required codes, XML's own limits); what a
field may hold and what the law asks is said in ``clinical``.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime

from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord, ItemKind, SuppliedItem
from digmed_desktop.clinical.nhs_number import sentence_about
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.programme import NEVER_SENT, is_never_sent
from digmed_desktop.clinical.record import Immunization, VaccinationRecord
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.datatypes import NOT_XML
from digmed_desktop.fhir.editions import Edition
from digmed_desktop.fhir.items import Record, clinician_of, kind_of
from digmed_desktop.fhir.subject import MAX_LENGTH, summary_of
from digmed_desktop.messaging.parcel import Kind
from digmed_desktop.messaging.plain_letters import plain_letters

_FIELDS = {
    "patient.name": "patient.family",
    "patient.name.given": "patient.given",
    "patient.name.family": "patient.family",
    "patient.nhs_number": "patient.nhs_number",
    "patient.address": "patient.address_lines",
    "patient.address.city": "patient.city",
    "patient.address.postcode": "patient.postcode",
    "patient.telephones": "patient.telephone",
    "practice": "practice.name",
    "practice.ods_code": "practice.ods_code",
    "practice.address": "practice.address_lines",
    "practice.address.city": "practice.city",
    "practice.address.postcode": "practice.postcode",
    "pharmacy": "pharmacy.name",
    "vaccinator": "session.vaccinator",
    "location": "session.location_detail",
    "service": "session.service",
    "accompanied_by": "after.accompanied_by",
    "chaperone": "after.chaperone",
    "referral.to": "referral.to",
    "referral.urgency": "referral.urgency",
    "referral.reason": "referral.reason",
    "referral.expectation": "referral.expectation",
    "immunizations": "vaccine.product",
    "immunizations.batch": "vaccine.batch",
    "immunizations.adverse_reaction": "after.adverse_note",
    "immunizations.not_given_reason": "vaccine.not_given_other",
    "immunizations.indication": "vaccine.eligibility",
    "allergies": "allergies.entries",
    "consent": "consent.given_by",
    "consent.name": "consent.name",
    "consent.relationship": "consent.relationship",
    "consent.about_child": "consent.about_child",
    "history": "after.history",
    "pharmacist": "session.pharmacist",
    "collected_by": "contact.collected_by",
    "consultation_method": "contact.method",
    "reason_for_service": "contact.reason",
    "items": "item.{n}.product",
    "items.directions": "item.{n}.directions",
    "items.additional_instructions": "item.{n}.additional",
    "items.indication": "item.{n}.indication",
    "items.quantity": "item.{n}.quantity",
    "plan_for_professionals": "after.plan_for_professionals",
    "plan_for_patient": "after.plan_for_patient",
    "advice": "after.advice",
}
_ITEM = re.compile(r"^items\[([0-9]+)\]")
_KEPT_HERE = (
    "notes_kept_here",
    "screening",
    "previous_doses",
    "legal_basis",
    "patient_conditions",
    "prescriber_request",
    "referral_reference",
)


def problems_of(record: Record, edition: Edition, *, replaces: Replaces | None = None) -> list[Problem]:
    """Return everything that prevents sending this record in this edition, in the order of the form."""
    if edition.kind is not kind_of(record):
        raise ValueError("the edition is of the other notification")
    found = [
        *_route(record),
        *_clinician(record),
        *_contact(record),
        *_patient(record),
        *_practice(record),
        *_pharmacy(record),
        *(_vaccines(record) if isinstance(record, VaccinationRecord) else _supplies(record)),
        *_unwritable(record),
    ]
    if not found and len(_subject(record, edition)) > MAX_LENGTH - 40:
        found.append(
            Problem(
                "patient.family",
                "The names of patient and pharmacy together are too long for a message. Shorten one of them.",
            )
        )
    if replaces is not None and NOT_XML.search(replaces.changed + replaces.why):
        found.append(Problem("correction.why", _NOT_WRITABLE))
    return found


def _subject(record: Record, edition: Edition) -> str:
    """Return the subject as it travels; letters that are spelt out make it longer."""
    return plain_letters(summary_of(edition.title, record.patient, record.pharmacy, 1))


def _route(record: Record) -> Iterator[Problem]:
    if record.registered is False:
        yield Problem(
            "practice.registered",
            "A patient without a GP practice cannot be told of electronically. Give them the paper copy.",
        )
    if record.consent.to_sharing is False:
        yield Problem(
            "consent.to_sharing", "The patient did not agree to sharing, so nothing goes to the GP practice."
        )


def _clinician(record: Record) -> Iterator[Problem]:
    who = clinician_of(record)
    if who is None or not who.name.family.strip():
        if kind_of(record) is Kind.VACCINATION:
            yield Problem("session.vaccinator", "Choose who vaccinated.")
        else:
            yield Problem("session.pharmacist", "Choose the pharmacist who supplied.")


def _contact(record: Record) -> Iterator[Problem]:
    if record.contact_at is None:
        yield Problem("contact.date", "Enter the date and time of the contact.")
    elif record.contact_at.tzinfo is None:
        yield Problem("contact.time", "The time of the contact needs its time zone.")
    if record.recorded_at is not None and record.recorded_at.tzinfo is None:
        yield Problem("contact.time", "The time of the record needs its time zone.")


def _patient(record: Record) -> Iterator[Problem]:
    patient = record.patient
    if not patient.nhs_number:
        yield Problem(
            "patient.nhs_number", "Enter the NHS number. Without one the practice can only be told on paper."
        )
    elif sentence := sentence_about(patient.nhs_number):
        yield Problem("patient.nhs_number", sentence)
    elif len(patient.nhs_number) != 10:
        yield Problem("patient.nhs_number", "The NHS number must be ten digits without spaces.")
    elif not patient.sendable_nhs_number:
        yield Problem(
            "patient.traced",
            "Only a traced NHS number can be sent. Trace it and say where, or tell the practice on paper.",
        )
    if not patient.name.given.strip():
        yield Problem("patient.given", "Enter the patient's first name.")
    if not patient.name.family.strip():
        yield Problem("patient.family", "Enter the patient's last name.")
    if patient.date_of_birth is None:
        yield Problem("patient.date_of_birth", "Enter the patient's date of birth.")
    if patient.sex is None:
        yield Problem("patient.sex", "Choose the patient's sex.")
    if not any(line.strip() for line in patient.address.in_lines()):
        yield Problem("patient.address_lines", "Enter the patient's address.")
    if not patient.address.postcode.strip():
        yield Problem("patient.postcode", "Enter the postcode of the patient's address.")


def _practice(record: Record) -> Iterator[Problem]:
    if record.registered is False:
        return
    if record.practice is None or not record.practice.ods_code.strip():
        yield Problem("practice.ods_code", "Choose the patient's GP practice.")
    elif not record.practice.name.strip():
        yield Problem("practice.name", "Enter the name of the patient's GP practice.")


def _pharmacy(record: Record) -> Iterator[Problem]:
    if not record.pharmacy.name.strip():
        yield Problem("pharmacy.name", "Enter the pharmacy's name in the settings.")
    if not record.pharmacy.ods_code.strip():
        yield Problem("pharmacy.ods_code", "Enter the pharmacy's ODS code in the settings.")


def _vaccines(record: VaccinationRecord) -> Iterator[Problem]:
    for vaccine in record.immunizations or (Immunization(),):
        if is_never_sent(vaccine.programme):
            yield Problem("session.programme", NEVER_SENT)
        if vaccine.given is None:
            yield Problem("vaccine.outcome", "Say whether the vaccine was given.")
            continue
        if vaccine.given and not (vaccine.product and vaccine.product.display.strip()):
            yield Problem("vaccine.product", "Choose the vaccine.")
        if not vaccine.given and not (vaccine.not_given_reason and vaccine.not_given_reason.display.strip()):
            yield Problem("vaccine.not_given_reason", "Choose why the vaccine was not given.")
        if vaccine.procedure is None or not vaccine.procedure.is_coded:
            yield Problem(
                "session.vaccinator",
                "There is no procedure code for this vaccine as given by this person, so it cannot be sent. "
                "Tell the practice on paper.",
            )
        if vaccine.send_dose_number and not vaccine.dose_number:
            yield Problem("vaccine.dose_number", "Say which dose of the course this is.")


def _supplies(record: EmergencySupplyRecord) -> Iterator[Problem]:
    """Check the items: the strictest of the guide's tables counts (directions, days, quantity always; coded
    product).
    """
    if record.supplied is False:
        yield Problem(
            "decision.outcome",
            "There is no message for what was not supplied. Tell the practice on paper or by telephone.",
        )
        return
    for n, item in enumerate(record.items or (SuppliedItem(),), 1):
        called = "appliance" if item.kind is ItemKind.APPLIANCE else "medicine"
        if item.product is None or not item.product.display.strip():
            yield Problem(f"item.{n}.product", f"Choose the {called}.")
        elif not item.product.is_coded:
            yield Problem(
                f"item.{n}.product",
                f"The {called} has no dm+d code, so it cannot be sent. Tell the practice on paper.",
            )
        if item.quantity is None:
            yield Problem(f"item.{n}.quantity", "Enter how much was supplied.")
        elif item.quantity.value <= 0 or not item.quantity.unit.display.strip():
            yield Problem(f"item.{n}.quantity", "The quantity must be more than 0 and have its unit.")
        if item.days is None:
            yield Problem(f"item.{n}.days", "Enter how many days the supply lasts.")
        elif item.days <= 0:
            yield Problem(f"item.{n}.days", "The number of days must be more than 0.")
        if not item.directions.strip():
            yield Problem(
                f"item.{n}.directions",
                "Enter the directions; without new ones, write: As previously advised.",
            )


_NOT_WRITABLE = "The text holds a sign that cannot be sent (a control character). Type it again."


def _unwritable(record: Record) -> Iterator[Problem]:
    reported = set()
    for path, text in _texts(record, ""):
        if path.split(".")[0] in _KEPT_HERE or not NOT_XML.search(text):
            continue
        number = _ITEM.search(path)
        field = next((_FIELDS[p] for p in _prefixes(_ITEM.sub("items", path)) if p in _FIELDS), path)
        field = field.format(n=int(number[1]) + 1) if number else field
        if field not in reported:
            reported.add(field)
            yield Problem(field, _NOT_WRITABLE)


def _prefixes(path: str) -> Iterator[str]:
    parts = path.split(".")
    for n in range(len(parts), 0, -1):
        yield ".".join(parts[:n])


def _texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Return every text of a record with the names that lead to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for n, one in enumerate(value):
            yield from _texts(one, f"{path}[{n}]" if path == "items" else path)
    elif is_dataclass(value) and not isinstance(value, (type, datetime)):
        for part in fields(value):
            yield from _texts(getattr(value, part.name), f"{path}.{part.name}" if path else part.name)
