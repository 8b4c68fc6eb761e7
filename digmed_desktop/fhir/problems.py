"""Find what prevents a record from being sent, each problem at the form field that mends it.

These are the rules of the message (mandatory items of the guides, required codes, XML's own limits); what a
field may hold and what the law asks is said in ``clinical``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cache

from digmed_desktop.clinical import unreached
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord, ItemKind, SuppliedItem
from digmed_desktop.clinical.nhs_number import sentence_about
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.programme import NEVER_SENT, is_never_sent
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.record import Immunization, VaccinationRecord
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.datatypes import NOT_XML
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.items import Record, clinician_of, kind_of
from digmed_desktop.fhir.subject import MAX_LENGTH, summary_of, title_of
from digmed_desktop.messaging.plain_letters import plain_letters
from digmed_desktop.messaging.sending import Kind

_NOT_SHARED = (
    "notes_kept_here",
    "screening",
    "previous_doses",
    "legal_basis",
    "patient_conditions",
    "prescriber_request",
    "referral_reference",
    "not_stated",
)


@dataclass(frozen=True, slots=True, repr=False)
class Fault:
    """A fault at an attribute of the record; ``place``: of several things, which it is about, from 1."""

    path: str
    sentence: str
    place: int = 1


def problems_of(record: Record, edition: Edition, *, replaces: Replaces | None = None) -> list[Problem]:
    """Return everything that prevents sending this record in this edition, in the order of the form."""
    if edition.kind is not kind_of(record):
        raise ValueError("the edition belongs to the other notification")
    questions = of(record)
    faults = (
        *_route(record),
        *_clinician(record),
        *_contact(record),
        *_patient(record),
        *_practice(record),
        *_pharmacy(record),
        *(_vaccines(record) if isinstance(record, VaccinationRecord) else _supplies(record)),
        *_unwritable(record),
    )
    found = [Problem(questions.question(f.path, f.place) or f.path, f.sentence) for f in faults]
    if not found and len(_subject(record, edition)) > MAX_LENGTH - 40:
        found.append(
            Problem(
                questions.question("patient.name.family"),
                "The names of patient, pharmacy and service together are too long for a message. Shorten one of them.",
            )
        )
    if replaces is not None and NOT_XML.search(replaces.changed + replaces.why):
        found.append(Problem("correction.why", _NOT_WRITABLE))
    return found


def _subject(record: Record, edition: Edition) -> str:
    """Return the subject as it travels; letters that are spelt out make it longer."""
    return plain_letters(summary_of(title_of(record, edition), record.patient, record.pharmacy, 1))


def _route(record: Record) -> Iterator[Fault]:
    if record.registered is False:
        yield Fault(
            "registered",
            "Without a GP practice there is no electronic way. Give them the paper copy.",
        )
    if record.consent.to_sharing is False:
        yield Fault(
            "consent.to_sharing", "The patient did not agree to sharing, so nothing goes to the GP practice."
        )


def _clinician(record: Record) -> Iterator[Fault]:
    who = clinician_of(record)
    if who is None or not who.name.family.strip():
        if kind_of(record) is Kind.VACCINATION:
            yield Fault("vaccinator", "Choose who vaccinated.")
        else:
            yield Fault("pharmacist", "Choose the pharmacist who supplied.")


def _contact(record: Record) -> Iterator[Fault]:
    if record.contact_at is None:
        yield Fault("contact_at", "Enter the date and time of the contact.")
    elif record.contact_at.tzinfo is None:
        yield Fault("contact_at", "The time of the contact needs its time zone.")
    if record.recorded_at is not None and record.recorded_at.tzinfo is None:
        yield Fault("contact_at", "The time of the record needs its time zone.")


def _patient(record: Record) -> Iterator[Fault]:
    patient = record.patient
    if not patient.nhs_number:
        yield Fault(
            "patient.nhs_number", "Enter the NHS number. Without one the record can only go on paper."
        )
    elif sentence := sentence_about(patient.nhs_number):
        yield Fault("patient.nhs_number", sentence)
    elif len(patient.nhs_number) != 10:
        yield Fault("patient.nhs_number", "The NHS number must be ten digits without spaces.")
    elif not patient.sendable_nhs_number:
        yield Fault(
            "patient.traced",
            "Only a confirmed NHS number can be sent. Confirm it and say where, or send the practice a paper copy.",
        )
    if not patient.name.family.strip():
        yield Fault("patient.name.family", "Enter the patient's last name.")
    if patient.date_of_birth is None:
        yield Fault("patient.date_of_birth", "Enter the patient's date of birth.")
    if patient.sex is None:
        yield Fault("patient.sex", "Choose the patient's sex.")
    if not any(line.strip() for line in patient.address.in_lines()):
        yield Fault("patient.address.lines", "Enter the patient's address.")
    if not patient.address.postcode.strip():
        yield Fault("patient.address.postcode", "Enter the postcode of the patient's address.")


def _practice(record: Record) -> Iterator[Fault]:
    if record.registered is False:
        return
    if record.practice is None or not record.practice.ods_code.strip():
        yield Fault("practice.ods_code", "Choose the patient's GP practice.")
    elif not record.practice.name.strip():
        yield Fault("practice.name", "Enter the name of the patient's GP practice.")
    elif (found := unreached.of_practice(record.practice)) and found.only_paper:
        yield Fault(f"practice.{found.told_by}", found.sentence)


def _pharmacy(record: Record) -> Iterator[Fault]:
    if not record.pharmacy.name.strip():
        yield Fault("pharmacy.name", "Enter the pharmacy's name in the settings.")
    if not record.pharmacy.ods_code.strip():
        yield Fault("pharmacy.ods_code", "Enter the pharmacy's ODS code in the settings.")


def _vaccines(record: VaccinationRecord) -> Iterator[Fault]:
    for vaccine in record.immunizations or (Immunization(),):
        if is_never_sent(vaccine.programme):
            yield Fault("immunizations.programme", NEVER_SENT)
        if vaccine.given is None:
            yield Fault("immunizations.given", "Say whether the vaccine was given.")
            continue
        if vaccine.given and not (vaccine.product and vaccine.product.display.strip()):
            yield Fault("immunizations.product", "Choose the vaccine.")
        if not vaccine.given and not (vaccine.not_given_reason and vaccine.not_given_reason.display.strip()):
            yield Fault("immunizations.not_given_reason", "Choose why the vaccine was not given.")
            continue  # the code says why: it is not known before the reason
        if vaccine.procedure is None or not vaccine.procedure.is_coded:
            yield Fault(
                "vaccinator",
                "There is no procedure code for this vaccine as given by this person, so it cannot be sent. "
                "Send the practice a paper copy.",
            )
        if vaccine.send_dose_number and not vaccine.dose_number:
            yield Fault("immunizations.dose_number", "Say which dose of the course this is.")


def _supplies(record: EmergencySupplyRecord) -> Iterator[Fault]:
    """Check the items: the strictest of the guide's tables counts (directions, days, quantity always; coded
    product).
    """
    if record.supplied is False:
        yield Fault(
            "supplied",
            "There is no message for what was not supplied. Send the practice a paper copy or telephone.",
        )
        return
    for n, item in enumerate(record.items or (SuppliedItem(),), 1):
        called = "appliance" if item.kind is ItemKind.APPLIANCE else "medicine"
        if item.product is None or not item.product.display.strip():
            yield Fault("items.product", f"Choose the {called}.", n)
        elif not item.product.is_coded:
            yield Fault(
                "items.product",
                f"The {called} has no dm+d code, so it cannot be sent. Send the practice a paper copy.",
                n,
            )
        if item.quantity is None:
            yield Fault("items.quantity", "Enter how much was supplied.", n)
        elif item.quantity.value <= 0 or not item.quantity.unit.display.strip():
            yield Fault("items.quantity", "The quantity must be more than 0 and have its unit.", n)
        if item.days is None:
            yield Fault("items.days", "Enter the days' supply.", n)
        elif item.days <= 0:
            yield Fault("items.days", "The number of days must be more than 0.", n)
        if not item.directions.strip():
            yield Fault(
                "items.directions", "Enter the directions; without new ones, write: As previously advised.", n
            )


_NOT_WRITABLE = "The text contains a character that cannot be sent (a control character). Type it again."


def _unwritable(record: Record) -> Iterator[Fault]:
    reported = set()
    for path, place, text in _texts(record, "", 1):
        if NOT_XML.search(text) and path.split(".")[0] not in _NOT_SHARED:
            at = (of(record).question(path, place) or path, place)
            if at not in reported:
                reported.add(at)
                yield Fault(path, _NOT_WRITABLE, place)


def _texts(value: object, path: str, place: int) -> Iterator[tuple[str, int, str]]:
    """Return every text of a record with its path and the place of the thing it is about."""
    if isinstance(value, str):
        yield path, place, value
    elif isinstance(value, tuple):
        for n, one in enumerate(value, 1):
            yield from _texts(one, path, n if path == "items" else place)
    elif is_dataclass(value) and not isinstance(value, (type, datetime)):
        for name in _names(type(value)):
            inner = f"{path}.{name}" if path else name
            yield from _texts(getattr(value, name), inner, place)


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Return the names of the attributes of a dataclass."""
    return tuple(one.name for one in fields(kind))
