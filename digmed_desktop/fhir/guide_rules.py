"""Rules that stand only in the text of the guides: handling keys, event, times, codes that the text must
show.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from digmed_desktop.clinical.dates import is_in_calendar
from digmed_desktop.clinical.nhs_number import sentence_about
from digmed_desktop.clinical.record import SNOMED_CT
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.base import attribute_at
from digmed_desktop.fhir.editions import all_editions
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.people import NHS_NUMBER_SYSTEM
from digmed_desktop.fhir.rules import Place
from digmed_desktop.fhir.writing import Data

RESPONSE_EVENT = "ITK008M"
_SHOWN = ("Immunization", "AllergyIntolerance", "Medication")


def header_findings(header: Place) -> Iterator[Finding]:
    """Check the MessageHeader: the event, the handling keys that a notification needs, and where it leads."""
    event = str(header.data.get("event", {}).get("code", ""))
    for kind in OWN.raw("editions/words/retired.toml")["kind"]:
        if kind.get("event") == event:
            yield Finding(f"{header.path}.event", kind["sentence"])
    editions = [edition for edition in all_editions() if edition.event.code == event]
    if event == RESPONSE_EVENT:
        if not header.data.get("response"):
            yield Finding(f"{header.path}.response", "A response must say what it responds to.")
        return
    if not editions:
        yield Finding(f"{header.path}.event", "The event belongs to neither notification.")
        return
    keys = {
        str(key.get("url", "")): key
        for outer in header.data.get("extension", [])
        for key in outer.get("extension", [])
    }
    for name in ("BusAckRequested", "InfAckRequested"):
        if keys.get(name, {}).get("valueBoolean") is not True:
            yield Finding(f"{header.path}.extension", f"{name} must be true, so that the practice answers.")
    definition = keys.get("MessageDefinition", {}).get("valueReference", {}).get("reference")
    if definition not in {edition.message_definition for edition in editions}:
        yield Finding(
            f"{header.path}.extension", "MessageDefinition does not name the definition of this notification."
        )
    if not 0 < len(str(keys.get("SenderReference", {}).get("valueString", ""))) <= 255:
        yield Finding(f"{header.path}.extension", "SenderReference must have 1 to 255 characters.")
    if not header.data.get("focus"):
        yield Finding(f"{header.path}.focus", "A notification must lead to its document.")
    if header.data.get("response"):
        yield Finding(f"{header.path}.response", "A notification is not a response.")


def retired_findings(composition: Place) -> Iterator[Finding]:
    """Name a document of a kind that is retired."""
    named = composition.data.get("meta", {}).get("profile", [])
    for kind in OWN.raw("editions/words/retired.toml")["kind"]:
        if kind["profile"] in named:
            yield Finding(f"{composition.path}.meta.profile", kind["sentence"])


def document_findings(header: Place, document: Place, inside: list[Place]) -> Iterator[Finding]:
    """Check the document: its times, its patient, and that what is coded stands in the text (FHIR-CC-03)."""
    composition = inside[0]
    assembled = _moment(document.data.get("meta", {}).get("lastUpdated"))
    if assembled is None:
        yield Finding(f"{document.path}.meta.lastUpdated", "A document says when it was assembled.")
    sent, written = _moment(header.data.get("timestamp")), _moment(composition.data.get("date"))
    if sent and written and sent < written:
        yield Finding(f"{header.path}.timestamp", "The message is older than its document.")
    if assembled and written and assembled < written:
        yield Finding(
            f"{document.path}.meta.lastUpdated", "The document was assembled before it was written."
        )
    text = " ".join(_text_of(section) for section in composition.data.get("section", []))
    for place in inside:
        if place.type == "Patient":
            yield from _patient_findings(place)
        if place.type == "Immunization":
            yield from _immunization_findings(place)
        if place.type == "MedicationDispense" and not any(
            instruction.get("text") for instruction in place.data.get("dosageInstruction", [])
        ):
            yield Finding(
                f"{place.path}.dosageInstruction", "The directions must be given in words.", "item.directions"
            )
        if place.type in _SHOWN:
            for path, display in _displays(place.data, place.path):
                if _spaced(display) not in text:
                    yield Finding(path, "The term is coded but is not in the text.", attribute_at(path))


def _patient_findings(place: Place) -> Iterator[Finding]:
    for number, identifier in enumerate(place.data.get("identifier", [])):
        if identifier.get("system") == NHS_NUMBER_SYSTEM:
            value = str(identifier.get("value", ""))
            if not value.isdigit() or sentence_about(value):
                path = f"{place.path}.identifier[{number}].value"
                yield Finding(
                    path, "The NHS number must be ten digits with a right check digit.", "patient.nhs_number"
                )


def _immunization_findings(place: Place) -> Iterator[Finding]:
    why = place.data.get("explanation", {})
    if place.data.get("notGiven") is True:
        if not why.get("reasonNotGiven"):
            yield Finding(
                f"{place.path}.explanation",
                "A vaccine not given must have the reason.",
                "vaccine.not_given_reason",
            )
        if why.get("reason") or place.data.get("reaction"):
            yield Finding(
                f"{place.path}.explanation", "A vaccine not given has no indication and no reaction."
            )
    elif why.get("reasonNotGiven"):
        yield Finding(
            f"{place.path}.explanation", "A vaccine that was given has no reason for not giving it."
        )


def _displays(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Return path and words of every SNOMED CT or dm+d term below ``value``."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _displays(one, f"{path}[{number}]")
    elif isinstance(value, Mapping):
        if value.get("system") == SNOMED_CT and isinstance(value.get("display"), str):
            yield f"{path}.display", value["display"]
        for name, part in value.items():
            yield from _displays(part, f"{path}.{name}")


def _text_of(section: Data) -> str:
    try:
        div = etree.fromstring(str(section.get("text", {}).get("div", "")))
    except etree.XMLSyntaxError:
        return ""
    return _spaced(" ".join(str(part) for part in div.itertext()))


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo and is_in_calendar(at) else None
