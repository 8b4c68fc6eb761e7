"""The Composition: header and sections of the document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.frame import Contact, MessageFrame
from digmed_desktop.fhir.narrative import narrative, sentence
from digmed_desktop.fhir.sections import Section
from digmed_desktop.fhir.writing import Data

CARE_SETTING_EXTENSION = f"{NHS_PROFILE}Extension-CareSettingType-1"


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """The content of the Composition.

    ``entries`` maps a section's key to the ids that it refers to; ``authors`` are the ids of who answers for it.
    """

    title: str
    summary: str
    at: datetime
    sections: Iterable[Section]
    entries: Mapping[str, Sequence[str]]
    authors: Sequence[str]


def composition(id_: str, content: Content, contact: Contact, frame: MessageFrame) -> Data:
    """Return the Composition.

    The custodian is the pharmacy, which maintains the document. A withdrawal has the status entered-in-error.
    """
    edition, replaces = frame.edition, frame.replaces
    setting = extension(
        CARE_SETTING_EXTENSION, valueCodeableConcept={"coding": [coding(edition.care_setting)]}
    )
    whole = resource(
        "Composition",
        edition.composition_profile,
        id_,
        text=sentence(content.summary) if content.summary and edition.summary_text else None,
        extension=[setting],
        identifier=uuid_identifier(id_),
        status="entered-in-error" if frame.withdrawn else "final",
        type={"coding": [coding(edition.type)]},
        subject=reference(contact.patient_id),
        encounter=reference(contact.encounter_id),
        date=moment(content.at),
        author=[reference(author) for author in content.authors],
        title=content.title,
        custodian=reference(contact.pharmacy_id),
        relatesTo=[_relates_to(replaces)] if replaces else [],
        section=[
            _section(section, edition, content.entries.get(section.key, ())) for section in content.sections
        ],
    )
    whole["meta"]["versionId"] = str(frame.version)
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
