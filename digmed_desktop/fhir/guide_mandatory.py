"""Check elements that the guide's tables make mandatory (M) and no profile does."""

from collections.abc import Callable, Iterator, Sequence

from digmed_desktop.fhir.base import attribute_at
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.people import NHS_NUMBER_SYSTEM
from digmed_desktop.fhir.rules import Place
from digmed_desktop.fhir.writing import Data

_SENTENCE = "The guide makes this item mandatory."
_UNDER_ITS_SYSTEM = f"The NHS number must be under its own system, {NHS_NUMBER_SYSTEM}."


def mandatory_findings(inside: Sequence[Place]) -> Iterator[Finding]:
    """Yield the items of the guide's tables that a document lacks."""
    for place in inside:
        for name, has in _MANDATORY.get(place.type, {}).items():
            if not has(place.data):
                yield Finding(
                    f"{place.path}.{name}", _SENTENCE, attribute_at(f"x.resource.{place.type}.{name}")
                )
        if place.type == "Patient" and not _has_nhs_number(place.data):
            yield Finding(f"{place.path}.identifier", _UNDER_ITS_SYSTEM, "patient.nhs_number")


def _has_nhs_number(patient: Data) -> bool:
    return any(
        one.get("system") == NHS_NUMBER_SYSTEM and one.get("value") for one in patient.get("identifier", [])
    )


def _some(name: str) -> Callable[[Data], bool]:
    return lambda data: bool(data.get(name))


def _named(data: Data) -> bool:
    return any(one.get("family") or one.get("text") for one in data.get("name", []))


def _refers(name: str, inner: str = "") -> Callable[[Data], bool]:
    """Return whether an element (or one inside it) holds a reference."""

    def has(data: Data) -> bool:
        value = data.get(name) or []
        parts = value if isinstance(value, list) else [value]
        held = [part.get(inner, {}) if inner else part for part in parts]
        return any(one.get("reference") or one.get("display") for one in held)

    return has


_MANDATORY: dict[str, dict[str, Callable[[Data], bool]]] = {
    "Patient": {
        "birthDate": _some("birthDate"),
        "gender": _some("gender"),
        "address": _some("address"),
        "name": _named,
    },
    "Practitioner": {"name": _named},
    "Organization": {"name": _some("name")},
    "Encounter": {
        "period": lambda data: bool(data.get("period", {}).get("start")),
        "serviceProvider": _refers("serviceProvider"),
        "participant": _refers("participant", "individual"),
    },
    "Immunization": {"vaccineCode": _some("vaccineCode"), "practitioner": _refers("practitioner", "actor")},
    "MedicationDispense": {
        "quantity": lambda data: data.get("quantity", {}).get("value") is not None,
        "medicationReference": lambda data: bool(
            data.get("medicationReference") or data.get("medicationCodeableConcept")
        ),
    },
    "Medication": {"code": _some("code")},
    "AllergyIntolerance": {"code": _some("code")},
}
