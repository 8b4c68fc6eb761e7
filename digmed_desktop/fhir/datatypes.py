"""Clinical values as FHIR datatypes, in the shapes that the NHS profiles allow."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.record import (
    NULL_FLAVOUR,
    Address,
    Coded,
    PersonName,
    Quantity,
)
from digmed_desktop.fhir.writing import Data

UUID_SYSTEM = "https://tools.ietf.org/html/rfc4122"
ODS_CODE_SYSTEM = "https://fhir.nhs.uk/Id/ods-organization-code"
NHS_PROFILE = "https://fhir.nhs.uk/STU3/StructureDefinition/"
HL7_UK_PROFILE = "https://fhir.hl7.org.uk/STU3/StructureDefinition/"

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document can hold: most control characters, lone surrogates, two non-characters."""

_NULL_FLAVOURS = {"UNC": "un-encoded", "UNK": "unknown", "NAVU": "Not available"}


def present(**parts: Any) -> Data:
    """Return the parts that say something: None, empty text, empty list and empty mapping are left out.

    A trailing underscore keeps Python's own words apart from FHIR's (``class_``).
    """
    return {
        name.rstrip("_"): part
        for name, part in parts.items()
        if part is not None and part not in ("", [], {}, ())
    }


def resource(resource_type: str, profile: str, id_: str, **parts: Any) -> Data:
    """Return a resource that names its profile."""
    return {"resourceType": resource_type, "id": id_, "meta": {"profile": [profile]}, **present(**parts)}


def uri_of(id_: str) -> str:
    """Return the full URL of an entry, and what a reference to it says."""
    return f"urn:uuid:{id_}"


def reference(id_: str, display: str = "") -> Data:
    """Return a reference to an entry of the same bundle."""
    return present(reference=uri_of(id_), display=display)


def uuid_identifier(id_: str) -> Data:
    """Return a UUID as an identifier."""
    return {"system": UUID_SYSTEM, "value": id_}


def coding(coded: Coded) -> Data:
    """Return a coding with its system, code and display."""
    return {"system": coded.system, "code": coded.code, "display": coded.display.strip()}


def concept(coded: Coded) -> Data:
    """Return a term; one without a code as NullFlavor UNC with its words (guide 1.2.9, vaccine product)."""
    if coded.is_coded:
        return {"coding": [coding(coded)]}
    return null_concept("UNC", coded.display)


def null_concept(flavour: str, words: str) -> Data:
    """Return a term that has no code: why, and its words."""
    why = {"system": NULL_FLAVOUR, "code": flavour, "display": _NULL_FLAVOURS[flavour]}
    return present(coding=[why], text=words.strip())


def quantity(amount: Quantity) -> Data:
    """Return an amount with its unit, coded where the unit has a code."""
    unit = amount.unit
    return present(
        value=amount.value,
        unit=unit.display,
        system=unit.system if unit.is_coded else "",
        code=unit.code,
    )


def moment(at: datetime) -> str:
    """Return a moment with the offset that England's clocks had, to the second."""
    return at.astimezone(ENGLAND).isoformat(timespec="seconds")


def day(on: date | None) -> str:
    """Return a calendar date."""
    return on.isoformat() if on else ""


def human_name(name: PersonName) -> Data:
    """Return the official name of a person."""
    parts = present(
        family=name.family.strip(),
        given=[name.given.strip()] if name.given.strip() else [],
        prefix=[name.prefix.strip()] if name.prefix.strip() else [],
    )
    return {"use": "official", **parts} if parts else {}


def address(where: Address, use: str) -> Data:
    """Return a postal address; ``use`` is home or work."""
    parts = present(
        line=[line.strip() for line in where.lines if line.strip()],
        city=where.city.strip(),
        postalCode=where.postcode.strip(),
    )
    return {"use": use, **parts} if parts else {}


def telephone(number: str, use: str) -> Data:
    """Return a telephone number; ``use`` is home, work or mobile."""
    return {"system": "phone", "value": number.strip(), "use": use} if number.strip() else {}


def extension(url: str, **value: Any) -> Data:
    """Return an extension with its one value (``valueBoolean=True``)."""
    return {"url": url, **value}


def entry(inner: Mapping[str, Any]) -> Data:
    """Return a bundle entry whose full URL is the id of its resource."""
    return {"fullUrl": uri_of(str(inner["id"])), "resource": dict(inner)}
