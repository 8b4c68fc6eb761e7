"""A notification as its receiver reads it: who it is about, from whom, and the ids that answers must name."""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from digmed_desktop.fhir.datatypes import ODS_CODE_SYSTEM
from digmed_desktop.fhir.parsing import NotReadableError, parse
from digmed_desktop.fhir.people import NHS_NUMBER_SYSTEM
from digmed_desktop.fhir.structure import FHIR, XHTML

__all__ = [
    "NotReadableError",
    "ReceivedNotification",
    "ReceivedSection",
    "read_notification",
    "read_vaccination",
]


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedSection:
    """One section of the text: its title and its rows, each a label and its lines."""

    title: str
    code: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedNotification:
    """A message as a practice's system takes it. Texts that the message lacks are ``""``, a date None."""

    message_id: str
    event: str
    document_id: str
    composition_id: str
    replaces: str  # the Composition.identifier of the document this one replaces
    status: str  # Composition.status
    title: str
    sender_ods: str
    mailbox: str
    sender_reference: str
    nhs_number: str
    family: str
    given: str
    date_of_birth: date | None
    practice_ods: str
    sections: tuple[ReceivedSection, ...]


def read_vaccination(xml: bytes) -> ReceivedNotification:
    """Return a vaccination message as its receiver reads it; raises :class:`NotReadableError`."""
    return read_notification(xml)


def read_notification(xml: bytes) -> ReceivedNotification:
    """Return either notification as its receiver reads it; raises :class:`NotReadableError`."""
    root = parse(xml)
    header = root.find(_path("entry/resource/MessageHeader"))
    document = root.find(_path("entry/resource/Bundle"))
    if header is None or document is None:
        raise NotReadableError("The file is not a notification: it has no header or no document.")
    found = _by_url(document)
    composition = document.find(_path("entry/resource/Composition"))
    if composition is None:
        raise NotReadableError("The document has no Composition.")
    patient = found.get(_value(composition, "subject/reference"))
    name = None if patient is None else patient.find(_path("name"))
    practice = None if patient is None else found.get(_value(patient, "generalPractitioner/reference"))
    return ReceivedNotification(
        message_id=_value(header, "id"),
        event=_value(header, "event/code"),
        document_id=_value(document, "id"),
        composition_id=_value(composition, "identifier/value"),
        replaces=_value(composition, "relatesTo/targetIdentifier/value"),
        status=_value(composition, "status"),
        title=_value(composition, "title"),
        sender_ods=_identifier(_by_url(root).get(_value(header, "sender/reference")), ODS_CODE_SYSTEM),
        mailbox=_value(header, "source/endpoint"),
        sender_reference=_sender_reference(header),
        nhs_number=_identifier(patient, NHS_NUMBER_SYSTEM),
        family=_value(name, "family"),
        given=_value(name, "given"),
        date_of_birth=_date(_value(patient, "birthDate")),
        practice_ods=_identifier(practice, ODS_CODE_SYSTEM),
        sections=tuple(_section(section) for section in composition.findall(_path("section"))),
    )


def _path(steps: str) -> str:
    return "/".join(f"{{{FHIR}}}{step}" for step in steps.split("/"))


def _value(node: etree._Element | None, steps: str) -> str:
    found = None if node is None else node.find(_path(steps))
    return "" if found is None else found.get("value") or ""


def _by_url(bundle: etree._Element) -> dict[str, etree._Element]:
    """Return the resources of a bundle by their full URL."""
    found = {}
    for entry in bundle.findall(_path("entry")):
        for inner in entry.findall(_path("resource") + "/*"):
            found[_value(entry, "fullUrl")] = inner
    return found


def _identifier(node: etree._Element | None, system: str) -> str:
    for identifier in [] if node is None else node.findall(_path("identifier")):
        if _value(identifier, "system") == system:
            return _value(identifier, "value")
    return ""


def _sender_reference(header: etree._Element) -> str:
    for extension in header.iter(_path("extension")):
        if extension.get("url") == "SenderReference":
            return _value(extension, "valueString")
    return ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _section(section: etree._Element) -> ReceivedSection:
    rows = []
    for line in section.iter(f"{{{XHTML}}}tr"):
        label = "".join(_words(cell) for cell in line.findall(f"{{{XHTML}}}th"))
        cell = line.find(f"{{{XHTML}}}td")
        paragraphs = [] if cell is None else cell.findall(f"{{{XHTML}}}p")
        lines = tuple(_words(p) for p in paragraphs)
        rows.append((label, lines or (() if cell is None else (_words(cell),))))
    return ReceivedSection(_value(section, "title"), _value(section, "code/coding/code"), tuple(rows))


def _words(node: etree._Element) -> str:
    return str(node.xpath("string()"))
