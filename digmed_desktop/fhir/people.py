"""Patient, practitioner, organisations and encounter as CareConnect and ITK profile resources."""

from datetime import datetime

from digmed_desktop.clinical.record import Coded, Organisation, Patient, Professional, Regulator, Sex
from digmed_desktop.fhir.datatypes import (
    HL7_UK_PROFILE,
    NHS_PROFILE,
    ODS_CODE_SYSTEM,
    address,
    coding,
    day,
    extension,
    human_name,
    moment,
    present,
    reference,
    resource,
    telephone,
)
from digmed_desktop.fhir.writing import Data

NHS_NUMBER_SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
VERIFICATION_EXTENSION = f"{HL7_UK_PROFILE}Extension-CareConnect-NHSNumberVerificationStatus-1"
TRACED_AND_VERIFIED = Coded(
    "Number present and verified",
    "01",
    "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1",
)
REGISTER_SYSTEMS = {
    Regulator.GPHC: "https://fhir.hl7.org.uk/Id/gphc-number",
    Regulator.GMC: "https://fhir.hl7.org.uk/Id/gmc-number",
    Regulator.NMC: "https://fhir.hl7.org.uk/Id/nmc-number",
}
PRIMARY_PERFORMER = Coded("primary performer", "PPRF", "http://hl7.org/fhir/v3/ParticipationType")
_GENDER = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.INDETERMINATE: "other", Sex.UNKNOWN: "unknown"}


def patient(id_: str, of: Patient, practice_id: str) -> Data:
    """Return the Patient (CareConnect-Patient-1). Only a traced NHS number is sent, with status 01."""
    number = of.sendable_nhs_number
    verified = extension(
        VERIFICATION_EXTENSION, valueCodeableConcept={"coding": [coding(TRACED_AND_VERIFIED)]}
    )
    name, home = human_name(of.name), address(of.address, "home")
    return resource(
        "Patient",
        f"{HL7_UK_PROFILE}CareConnect-Patient-1",
        id_,
        identifier=[{"extension": [verified], "system": NHS_NUMBER_SYSTEM, "value": number}]
        if number
        else [],
        name=[name] if name else [],
        telecom=[t for t in (telephone(phone.number, phone.use.value) for phone in of.telephones) if t],
        gender=_GENDER[of.sex] if of.sex else "",
        birthDate=day(of.date_of_birth),
        address=[home] if home else [],
        generalPractitioner=[reference(practice_id)] if practice_id else [],
    )


def practitioner(id_: str, of: Professional) -> Data:
    """Return who acted (CareConnect-Practitioner-1), with the regulator's registration number."""
    system, number, name = REGISTER_SYSTEMS.get(of.regulator), of.registration.strip(), human_name(of.name)
    return resource(
        "Practitioner",
        f"{HL7_UK_PROFILE}CareConnect-Practitioner-1",
        id_,
        identifier=[{"system": system, "value": number}] if system and number else [],
        name=[name] if name else [],
    )


def organisation(id_: str, of: Organisation) -> Data:
    """Return a pharmacy, practice or manufacturer (CareConnect-Organization-1)."""
    where, phone = address(of.address, "work"), telephone(of.telephone, "work")
    return resource(
        "Organization",
        f"{HL7_UK_PROFILE}CareConnect-Organization-1",
        id_,
        identifier=[{"system": ODS_CODE_SYSTEM, "value": of.ods_code}] if of.ods_code else [],
        name=of.name.strip(),
        telecom=[phone] if phone else [],
        address=[where] if where else [],
    )


def header_organisation(id_: str, ods_code: str) -> Data:
    """Return sender or receiver of the message: the ODS code and nothing else (ITK-Header-Organization-1)."""
    return resource(
        "Organization",
        f"{NHS_PROFILE}CareConnect-ITK-Header-Organization-1",
        id_,
        identifier=[{"system": ODS_CODE_SYSTEM, "value": ods_code}] if ods_code else [],
    )


def encounter(
    id_: str, *, patient_id: str, clinician_id: str, pharmacy_id: str, start: datetime | None
) -> Data:
    """Return the contact at the pharmacy (CareConnect-ITK-Encounter-1)."""
    performer = {"type": [{"coding": [coding(PRIMARY_PERFORMER)]}], "individual": reference(clinician_id)}
    return resource(
        "Encounter",
        f"{NHS_PROFILE}CareConnect-ITK-Encounter-1",
        id_,
        status="finished",
        subject=reference(patient_id),
        participant=[performer] if clinician_id else [],
        period=present(start=moment(start)) if start else None,
        serviceProvider=reference(pharmacy_id),
    )
