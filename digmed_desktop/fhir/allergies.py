"""Allergies and adverse reactions as a List with its AllergyIntolerance entries.

What is coded is entered; an agent known only by its words stands in the text alone, because the profile
fixes the code to SNOMED CT. Nothing known and nothing recorded are different things: the first is a coded
negative statement, the second an empty List with its reason.
"""

from collections.abc import Callable
from datetime import datetime

from digmed_desktop.clinical.record import Allergies, Allergy, AllergyStatus, Coded
from digmed_desktop.fhir.datatypes import (
    NHS_PROFILE,
    coding,
    concept,
    day,
    moment,
    null_concept,
    present,
    reference,
    resource,
    uuid_identifier,
)
from digmed_desktop.fhir.items import negative_allergy, sent_certainty
from digmed_desktop.fhir.writing import Data

LIST_CODE = Coded("Allergies and adverse reactions", "886921000000105")
NOTHING_RECORDED = Coded(
    "No Content Recorded",
    "no-content-recorded",
    "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ListEmptyReasonCode-1",
)


def allergy_resources(
    known: Allergies,
    *,
    new_id: Callable[[], str],
    patient_id: str,
    encounter_id: str,
    asserted: datetime | None,
) -> list[Data]:
    """Return the List and its entries, the List first; nothing when there is nothing to code."""
    entries = _coded_entries(known)
    if not entries and known.status is not AllergyStatus.NOT_AVAILABLE:
        return []
    list_id = new_id()
    resources = [_intolerance(new_id(), entry, patient_id, asserted) for entry in entries]
    whole = resource(
        "List",
        f"{NHS_PROFILE}CareConnect-ITK-Allergy-List-1",
        list_id,
        identifier=[uuid_identifier(list_id)],
        status="current",
        mode="snapshot",
        code={"coding": [coding(LIST_CODE)]},
        subject=reference(patient_id),
        encounter=reference(encounter_id),
        date=moment(asserted) if asserted else "",
        entry=[{"item": reference(r["id"])} for r in resources],
        emptyReason={"coding": [coding(NOTHING_RECORDED)]} if not resources else None,
    )
    return [whole, *resources]


def _coded_entries(known: Allergies) -> list[Allergy]:
    if negative := negative_allergy(known.status):
        return [Allergy(negative)]
    if known.status is AllergyStatus.RECORDED:
        return [entry for entry in known.entries if entry.agent.is_coded]
    return []


def _intolerance(id_: str, allergy: Allergy, patient_id: str, asserted: datetime | None) -> Data:
    return resource(
        "AllergyIntolerance",
        f"{NHS_PROFILE}CareConnect-ITK-AllergyIntolerance-1",
        id_,
        identifier=[uuid_identifier(id_)],
        clinicalStatus="active",
        verificationStatus=sent_certainty(allergy).value,
        type=allergy.kind,
        code={"coding": [coding(allergy.agent)]},
        patient=reference(patient_id),
        onsetDateTime=day(allergy.first_experienced),
        assertedDate=moment(asserted) if asserted else "",
        reaction=_reaction(allergy),
    )


def _reaction(allergy: Allergy) -> list[Data]:
    """Return the reaction, sent only when what happened is known (guide 1.2.9, build page for allergies)."""
    told = allergy.reaction.strip()
    if allergy.reaction_code and allergy.reaction_code.is_coded:
        manifestation = concept(allergy.reaction_code)
    elif told or allergy.reaction_code:
        manifestation = null_concept("UNC", "")
        told = told or (allergy.reaction_code.display.strip() if allergy.reaction_code else "")
    else:
        return []
    return [present(description=told, manifestation=[manifestation], severity=allergy.severity)]
