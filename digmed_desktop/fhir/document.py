"""The document: the Composition and everything it refers to."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.fhir.allergies import allergy_resources
from digmed_desktop.fhir.composition import composition
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.editions import Edition
from digmed_desktop.fhir.envelope import document_bundle
from digmed_desktop.fhir.immunizations import immunization_resources
from digmed_desktop.fhir.items import Record, clinician_of
from digmed_desktop.fhir.people import encounter, organisation, patient, practitioner
from digmed_desktop.fhir.sections import sections, withdrawal_notice
from digmed_desktop.fhir.subject import summary_of
from digmed_desktop.fhir.supplies import supply_resources
from digmed_desktop.fhir.writing import Data


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids that every message has, in the order in which they are asked for."""

    bundle: str
    header: str
    sender: str
    receiver: str
    document: str
    composition: str
    encounter: str
    patient: str
    practice: str
    pharmacy: str
    clinician: str

    @classmethod
    def drawn(cls, new_id: Callable[[], str]) -> Self:
        """Return new ids."""
        return cls(*(new_id() for _ in fields(cls)))


def title_of(edition: Edition, replaces: Replaces | None) -> str:
    """Return Composition.title; that of a withdrawal begins with the words that say so."""
    if replaces is None or not replaces.withdrawn:
        return edition.title
    return f"{withdrawal_notice(edition.kind)}: {edition.title}"


def document(
    record: Record,
    *,
    edition: Edition,
    ids: Ids,
    new_id: Callable[[], str],
    now: datetime,
    version: int,
    replaces: Replaces | None,
) -> Data:
    """Return the payload bundle; parts that the record does not have yet are left out."""
    clinician = clinician_of(record)
    clinician_id = ids.clinician if clinician else ""
    practice_id = ids.practice if record.practice else ""
    done = _what_was_done(record, edition, ids, clinician_id, new_id, replaces)
    allergies = allergy_resources(
        record.allergies,
        new_id=new_id,
        patient_id=ids.patient,
        encounter_id=ids.encounter,
        asserted=record.recorded_at or record.contact_at,
    )
    title = title_of(edition, replaces)
    first = composition(
        ids.composition,
        edition=edition,
        title=title,
        summary=summary_of(title, record.patient, record.pharmacy, version),
        version=version,
        replaces=replaces,
        at=min(record.recorded_at, now) if record.recorded_at else now,
        patient_id=ids.patient,
        encounter_id=ids.encounter,
        author_id=clinician_id,
        custodian_id=ids.pharmacy,
        sections=sections(record, edition, replaces=replaces),
        entries={
            "allergies": [allergies[0]["id"]] if allergies else [],
            "contact": [ids.encounter],
            "distribution": [practice_id] if practice_id else [],
            "gp_practice": [practice_id] if practice_id else [],
            "vaccinations": [one["id"] for one in done if one["resourceType"] == "Immunization"],
            "medications": [one["id"] for one in done if one["resourceType"] == "List"],
            "demographics": [ids.patient],
        },
    )
    visit = encounter(
        ids.encounter,
        patient_id=ids.patient,
        clinician_id=clinician_id,
        pharmacy_id=ids.pharmacy,
        start=record.contact_at,
    )
    people = [patient(ids.patient, record.patient, practice_id)]
    if record.practice:
        people.append(organisation(ids.practice, record.practice))
    people.append(organisation(ids.pharmacy, record.pharmacy))
    if clinician:
        people.append(practitioner(ids.clinician, clinician))
    return document_bundle(ids.document, [first, visit, *people, *done, *allergies], now)


def _what_was_done(
    record: Record,
    edition: Edition,
    ids: Ids,
    clinician_id: str,
    new_id: Callable[[], str],
    replaces: Replaces | None,
) -> list[Data]:
    """Return the vaccines, or the List of what was supplied with its entries."""
    if isinstance(record, VaccinationRecord):
        return [
            one
            for vaccine in record.immunizations
            for one in immunization_resources(
                vaccine,
                new_id=new_id,
                patient_id=ids.patient,
                encounter_id=ids.encounter,
                clinician_id=clinician_id,
                at=record.contact_at,
                recorded=record.recorded_at,
                withdrawn=replaces is not None and replaces.withdrawn,
                edition=edition,
            )
        ]
    return supply_resources(
        record.items,
        edition=edition,
        new_id=new_id,
        patient_id=ids.patient,
        patient_name=record.patient.name,
        encounter_id=ids.encounter,
        clinician_id=clinician_id,
        pharmacy_id=ids.pharmacy,
        at=record.contact_at,
    )
