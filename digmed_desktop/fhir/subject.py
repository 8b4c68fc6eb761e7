"""The subject: which document, of whom, from where.

``[payload-title] for [patient-name], NHS Number: [nhs-number], seen at [practice-name], ODS code:
[ods-code], version [version]`` (guide 1.3.0, MESH metadata; at most 500 characters). It holds patient data
because the guide asks for it: it is stored encrypted and never logged. MESH carries it in plain letters.
"""

from digmed_desktop.clinical.record import Organisation, Patient

MAX_LENGTH = 500


def summary_of(title: str, patient: Patient, pharmacy: Organisation, version: int) -> str:
    """Return the sentence, as Composition.text and the MESH subject hold it."""
    return (
        f"{title} for {patient.name.spoken()}, NHS Number: {patient.sendable_nhs_number}, "
        f"seen at {pharmacy.name}, ODS code: {pharmacy.ods_code}, version {version}"
    )
