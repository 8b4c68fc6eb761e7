"""Build the Immunization of one vaccine, given or not given (CareConnect-ITK-DM-Immunization-1, 1.1.0)."""

from datetime import datetime

from digmed_desktop.clinical.record import Coded, Immunization, Organisation
from digmed_desktop.fhir.datatypes import (
    HL7_UK_PROFILE,
    NHS_PROFILE,
    coding,
    concept,
    day,
    extension,
    moment,
    null_concept,
    present,
    quantity,
    reference,
    resource,
    uuid_identifier,
)
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.frame import Contact, MessageFrame
from digmed_desktop.fhir.items import words
from digmed_desktop.fhir.people import organisation
from digmed_desktop.fhir.writing import Data

PROCEDURE_EXTENSION = f"{HL7_UK_PROFILE}Extension-CareConnect-VaccinationProcedure-1"
PARENT_PRESENT_EXTENSION = f"{HL7_UK_PROFILE}Extension-CareConnect-ParentPresent-1"
RECORDED_EXTENSION = f"{HL7_UK_PROFILE}Extension-CareConnect-DateRecorded-1"
ADMINISTERED_BY = Coded("Administering Provider", "AP", "http://hl7.org/fhir/v2/0443")
DOSE_STATUS_SYSTEM = "http://hl7.org/fhir/vaccination-protocol-dose-status"


def immunization_resources(of: Immunization, contact: Contact, frame: MessageFrame) -> list[Data]:
    """Return the Immunization, and the manufacturer's Organization when one is known."""
    id_, given = frame.new_id(), of.given is not False
    maker = (
        organisation(frame.new_id(), Organisation(of.manufacturer))
        if given and of.manufacturer.strip()
        else None
    )
    whole = resource(
        "Immunization",
        f"{NHS_PROFILE}CareConnect-ITK-DM-Immunization-1",
        id_,
        extension=_extensions(of, contact.recorded, frame.edition),
        identifier=[uuid_identifier(id_)],
        status="entered-in-error" if frame.withdrawn else "completed",
        notGiven=None if of.given is None else not of.given,
        vaccineCode=_vaccine(of),
        patient=reference(contact.patient_id),
        encounter=reference(contact.encounter_id),
        date=moment(contact.at) if contact.at else "",
        primarySource=True,
        manufacturer=reference(maker["id"]) if maker else None,
        lotNumber=of.batch.strip() if given else "",
        expirationDate=day(of.expiry) if given else "",
        site=_term(of.site) if given else None,
        route=_term(of.route) if given else None,
        doseQuantity=quantity(of.dose) if given and of.dose else None,
        practitioner=[
            {"role": {"coding": [coding(ADMINISTERED_BY)]}, "actor": reference(contact.clinician_id)}
        ]
        if contact.clinician_id
        else [],
        note=[{"text": of.adverse_reaction.strip()}] if given and of.adverse_reaction.strip() else [],
        explanation=_explanation(of),
        vaccinationProtocol=_protocol(of),
    )
    return [whole, maker] if maker else [whole]


def _extensions(of: Immunization, recorded: datetime | None, edition: Edition) -> list[Data]:
    found = []
    if of.parent_present is not None:
        found.append(extension(PARENT_PRESENT_EXTENSION, valueBoolean=of.parent_present))
    if recorded:
        found.append(extension(RECORDED_EXTENSION, valueDateTime=moment(recorded)))
    if of.procedure:
        found.append(
            extension(
                PROCEDURE_EXTENSION,
                valueCodeableConcept={"coding": [coding(edition.in_place_of(of.procedure))]},
            )
        )
    return found


def _vaccine(of: Immunization) -> Data | None:
    """Return the product; the value set allows NullFlavor NAVU, UNC and UNK beside dm+d codes."""
    if of.product and of.product.display.strip():
        return concept(of.product)
    return null_concept("NAVU", words("vaccine")["no_product"]) if of.given is False else None


def _term(coded: Coded | None) -> Data | None:
    """Return a site, route or reason; one without a code by its words alone."""
    if coded is None or not coded.display.strip():
        return None
    return concept(coded) if coded.is_coded else {"text": coded.display.strip()}


def _explanation(of: Immunization) -> Data | None:
    """Return why it was given, or why not: STU3 allows only the one that fits notGiven."""
    if of.given is False:
        reason = _term(
            of.not_given_reason
        )  # its value set has no null flavours: without a code by its words alone
        return {"reasonNotGiven": [reason]} if reason else None
    return {"reason": [concept(of.indication)]} if of.indication and of.indication.display.strip() else None


def _protocol(of: Immunization) -> list[Data]:
    """Return the dose's place in its course, for a programme that wants it."""
    if not of.tells_its_course or of.target_disease is None:
        return []
    status = Coded("Counts", "count", DOSE_STATUS_SYSTEM)
    if of.given is False:
        status = Coded("Does not Count", "nocount", DOSE_STATUS_SYSTEM)
    return [
        present(
            doseSequence=of.dose_number,
            targetDisease=[{"coding": [coding(of.target_disease)]}],
            doseStatus={"coding": [coding(status)]},
        )
    ]
