"""The document: the Composition and everything it refers to."""

from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.fhir.allergies import allergy_resources
from digmed_desktop.fhir.composition import Content, composition
from digmed_desktop.fhir.envelope import document_bundle
from digmed_desktop.fhir.frame import Contact, Ids, MessageFrame
from digmed_desktop.fhir.immunizations import immunization_resources
from digmed_desktop.fhir.items import Record, clinician_of
from digmed_desktop.fhir.people import encounter, organisation, patient, practitioner
from digmed_desktop.fhir.sections import sections
from digmed_desktop.fhir.subject import summary_of, title_of
from digmed_desktop.fhir.supplies import supply_resources
from digmed_desktop.fhir.writing import Data


def document(record: Record, frame: MessageFrame, ids: Ids) -> Data:
    """Return the payload bundle; parts that the record does not have yet are left out."""
    clinician = clinician_of(record)
    practice_id = ids.practice if record.practice else ""
    contact = Contact(
        patient_id=ids.patient,
        patient_name=record.patient.name,
        encounter_id=ids.encounter,
        clinician_id=ids.clinician if clinician else "",
        pharmacy_id=ids.pharmacy,
        at=record.contact_at,
        recorded=record.recorded_at,
    )
    done = _what_was_done(record, contact, frame)
    allergies = allergy_resources(
        record.allergies,
        new_id=frame.new_id,
        patient_id=ids.patient,
        encounter_id=ids.encounter,
        asserted=record.recorded_at or record.contact_at,
    )
    title = title_of(record, frame.edition, replaces=frame.replaces)
    standing_in = _standing_in(record, frame)
    content = Content(
        title=title,
        summary=summary_of(title, record.patient, record.pharmacy, frame.version),
        at=min(record.recorded_at, frame.now) if record.recorded_at else frame.now,
        sections=sections(record, frame.edition, replaces=frame.replaces),
        entries={
            "allergies": [allergies[0]["id"]] if allergies else [],
            "contact": [ids.encounter],
            "distribution": [practice_id] if practice_id else [],
            "gp_practice": [practice_id] if practice_id else [],
            "vaccinations": [one["id"] for one in done if one["resourceType"] == "Immunization"],
            "medications": [one["id"] for one in done if one["resourceType"] == "List"],
            "demographics": [ids.patient],
        },
        authors=[one["id"] for one in standing_in] or ([contact.clinician_id] if clinician else []),
    )
    first = composition(ids.composition, content, contact, frame)
    visit = encounter(
        ids.encounter,
        patient_id=ids.patient,
        clinician_id=contact.clinician_id,
        pharmacy_id=ids.pharmacy,
        start=record.contact_at,
    )
    people = [patient(ids.patient, record.patient, practice_id)]
    if record.practice:
        people.append(organisation(ids.practice, record.practice))
    people.append(organisation(ids.pharmacy, record.pharmacy))
    if clinician:
        people.append(practitioner(ids.clinician, clinician))
    people += standing_in
    return document_bundle(ids.document, [first, visit, *people, *done, *allergies], frame.now)


def _standing_in(record: Record, frame: MessageFrame) -> list[Data]:
    """Return who answers for a record that its clinician did not sign: who recorded it, and who sent it.

    STU3 means by author who is responsible for the information; the clinician stays who performed what was done. The
    profile allows neither attester nor a second kind of participant.
    """
    said = record.on_behalf
    if said is None:
        return []
    return [practitioner(frame.new_id(), one) for one in dict.fromkeys((said.recorded_by, said.sent_by))]


def _what_was_done(record: Record, contact: Contact, frame: MessageFrame) -> list[Data]:
    """Return the vaccines, or the List of what was supplied with its entries."""
    if isinstance(record, VaccinationRecord):
        return [
            one for vaccine in record.immunizations for one in immunization_resources(vaccine, contact, frame)
        ]
    return supply_resources(record.items, contact, frame)
