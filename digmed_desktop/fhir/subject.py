"""The subject: which document, of whom, from where.

``[payload-title] for [patient-name], NHS Number: [nhs-number], seen at [practice-name], ODS code:
[ods-code], version [version]`` (guide 1.3.0, MESH metadata; at most 500 characters). It holds patient data
because the guide asks for it: it is stored encrypted and never logged. MESH carries it in plain letters.
"""

from digmed_desktop.clinical.record import Organisation, Patient, VaccinationRecord
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.items import Record, words
from digmed_desktop.fhir.sections import withdrawal_notice

MAX_LENGTH = 500


def title_of(record: Record, edition: Edition, *, replaces: Replaces | None = None) -> str:
    """Return Composition.title, which a practice's inbox shows first.

    It names the service of a vaccination and says that nothing was given. The title of a withdrawal begins with the
    words that say so, and says nothing else of what was or was not given: the record is to be disregarded.
    """
    title, withdrawn = edition.title, replaces is not None and replaces.withdrawn
    if isinstance(record, VaccinationRecord):
        said = words("vaccine")
        if service := " ".join(record.service.split()):
            title = said["title"].format(title=title, service=service)
        if not withdrawn and record.immunizations and all(one.given is False for one in record.immunizations):
            title = said["title_not_given"].format(title=title)
    return f"{withdrawal_notice(record, replaces)}: {title}" if replaces and withdrawn else title


def summary_of(title: str, patient: Patient, pharmacy: Organisation, version: int) -> str:
    """Return the sentence, as Composition.text and the MESH subject hold it."""
    return (
        f"{title} for {patient.name.spoken()}, NHS Number: {patient.sendable_nhs_number}, "
        f"seen at {pharmacy.name}, ODS code: {pharmacy.ods_code}, version {version}"
    )
