"""Rules of base STU3 that bind several elements of one datatype or resource (HL7's invariants, named by their keys).

``fhir.resources`` checks each element for itself, not these.
"""

from collections.abc import Iterator
from typing import Any

from digmed_desktop.fhir.base import attribute_at
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.writing import Data


def invariant_findings(resource: Data, path: str) -> Iterator[Finding]:
    """Check one resource, without those inside it."""
    kind = resource.get("resourceType")
    if kind == "Organization" and not (resource.get("identifier") or resource.get("name")):
        yield _finding(path, "An organisation must have a name or an identifier (org-1).")
    if kind == "AllergyIntolerance" and (
        resource.get("verificationStatus") != "entered-in-error" and not resource.get("clinicalStatus")
    ):
        yield _finding(f"{path}.clinicalStatus", "The clinical status is missing (ait-1).")
    if kind == "Bundle" and resource.get("type") == "document":
        identifier = resource.get("identifier", {})
        if not (identifier.get("system") and identifier.get("value")):
            yield _finding(f"{path}.identifier", "A document's identifier needs system and value (bdl-9).")
    yield from _inside(resource, path)


def _inside(value: Any, path: str, name: str = "") -> Iterator[Finding]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _inside(one, f"{path}[{number}]", name)
        return
    if not isinstance(value, dict):
        return
    if name == "extension" and not any(key == "extension" or key.startswith("value") for key in value):
        yield _finding(path, "An extension must have a value (ext-1).")
    if name == "telecom" and value.get("value") and not value.get("system"):
        yield _finding(path, "A telephone number or address must say what it is: system is missing (cpt-2).")
    if "code" in value and ("value" in value or "unit" in value) and not value.get("system"):
        yield _finding(path, "The unit has a code without its system (qty-3).")
    for key, part in value.items():
        if isinstance(part, list) or (isinstance(part, dict) and "resourceType" not in part):
            yield from _inside(part, f"{path}.{key}", key)


def _finding(path: str, sentence: str) -> Finding:
    return Finding(path, sentence, attribute_at(path))
