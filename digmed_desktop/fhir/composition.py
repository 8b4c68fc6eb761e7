"""The Composition: header and sections of the document."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.datatypes import (
    NHS_PROFILE,
    coding,
    extension,
    moment,
    present,
    reference,
    resource,
    uuid_identifier,
)
from digmed_desktop.fhir.editions import Edition
from digmed_desktop.fhir.narrative import narrative, sentence
from digmed_desktop.fhir.sections import Section
from digmed_desktop.fhir.writing import Data

CARE_SETTING_EXTENSION = f"{NHS_PROFILE}Extension-CareSettingType-1"


def composition(
    id_: str,
    *,
    edition: Edition,
    title: str,
    summary: str,
    version: int,
    replaces: Replaces | None,
    at: datetime,
    patient_id: str,
    encounter_id: str,
    author_id: str,
    custodian_id: str,
    sections: Iterable[Section],
    entries: Mapping[str, Sequence[str]],
) -> Data:
    """Return the Composition; ``entries`` maps a section's key to the ids that it refers to.

    The custodian is the pharmacy, which maintains the document. A withdrawal has the status entered-in-error.
    """
    setting = extension(
        CARE_SETTING_EXTENSION, valueCodeableConcept={"coding": [coding(edition.care_setting)]}
    )
    whole = resource(
        "Composition",
        edition.composition_profile,
        id_,
        text=sentence(summary) if summary and edition.summary_text else None,
        extension=[setting],
        identifier=uuid_identifier(id_),
        status="entered-in-error" if replaces and replaces.withdrawn else "final",
        type={"coding": [coding(edition.type)]},
        subject=reference(patient_id),
        encounter=reference(encounter_id),
        date=moment(at),
        author=[reference(author_id)] if author_id else [],
        title=title,
        custodian=reference(custodian_id),
        relatesTo=[_relates_to(replaces)] if replaces else [],
        section=[_section(section, edition, entries.get(section.key, ())) for section in sections],
    )
    whole["meta"]["versionId"] = str(version)
    return whole


def _relates_to(replaces: Replaces) -> Data:
    return {"code": "replaces", "targetIdentifier": uuid_identifier(replaces.composition_id)}


def _section(section: Section, edition: Edition, ids: Sequence[str]) -> Data:
    plan = next(plan for plan in edition.sections if plan.key == section.key)
    return present(
        title=section.title,
        code={"coding": [coding(plan.code)]},
        text=narrative(section.rows),
        entry=[reference(id_) for id_ in ids],
    )
