"""Parts of a message that cannot all be true: its resources read as a record, and held to the judgement of records."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from digmed_desktop.clinical.contradictions import contradictions
from digmed_desktop.clinical.dates import is_in_calendar
from digmed_desktop.clinical.record import (
    NULL_FLAVOUR,
    Coded,
    Consent,
    Immunization,
    Incident,
    Organisation,
    Patient,
    Quantity,
    VaccinationRecord,
)
from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.datatypes import ODS_CODE_SYSTEM
from digmed_desktop.fhir.finding import Finding
from digmed_desktop.fhir.immunizations import PROCEDURE_EXTENSION
from digmed_desktop.fhir.items import words
from digmed_desktop.fhir.narrative_rows import plain, rows_of
from digmed_desktop.fhir.rules import Place
from digmed_desktop.fhir.writing import Data

_ELEMENTS: Mapping[str, str] = {
    "immunizations.given": "notGiven",
    "immunizations.product": "vaccineCode",
    "immunizations.procedure": "extension",
    "immunizations.site": "site",
    "immunizations.route": "route",
    "immunizations.not_given_reason": "explanation",
    "immunizations.indication": "explanation",
    "immunizations.batch": "lotNumber",
    "immunizations.expiry": "expirationDate",
    "immunizations.dose": "doseQuantity",
    "immunizations.dose_number": "vaccinationProtocol",
    "immunizations.target_disease": "vaccinationProtocol",
    "immunizations.adverse_reaction": "note",
}


def impossible_findings(header: Place | None, inside: Sequence[Place]) -> Iterator[Finding]:
    """Yield what cannot be true in a document: dates, outcome, procedure, product, dose, consent, practice."""
    composition = inside[0]
    vaccines = [place for place in inside if place.type == "Immunization"]
    patient = next((place for place in inside if place.type == "Patient"), None)
    encounter = next((place for place in inside if place.type == "Encounter"), composition)
    by_url = {place.full_url: place for place in inside}
    record = VaccinationRecord(
        patient=Patient(date_of_birth=_day(patient.data.get("birthDate"))) if patient else Patient(),
        practice=_organisation(by_url, _first(patient.data.get("generalPractitioner")) if patient else None),
        pharmacy=_organisation(by_url, composition.data.get("custodian")) or Organisation(),
        contact_at=_contact(inside),
        recorded_at=_moment(composition.data.get("date")),
        consent=_consent(composition.data),
        incident=Incident(done=_tells_incident(composition.data) or None),
        immunizations=tuple(_vaccine(place.data) for place in vaccines),
    )
    where = {
        "contact_at": f"{encounter.path}.period.start",
        "recorded_at": f"{composition.path}.date",
        "patient.date_of_birth": f"{patient.path}.birthDate" if patient else composition.path,
        "practice.ods_code": f"{patient.path}.generalPractitioner" if patient else composition.path,
        "consent.to_treatment": f"{composition.path}.section",
    }
    for found in contradictions(record, _moment(header.data.get("timestamp")) if header else None):
        element = _ELEMENTS.get(found.path)
        path = (
            f"{vaccines[found.place].path}.{element}" if element else where.get(found.path, composition.path)
        )
        yield Finding(path, found.sentence, found.path)
    supplied = any(place.type == "MedicationDispense" for place in inside)
    if supplied and record.consent.to_treatment is False and not record.incident.done:
        path = f"{composition.path}.section"
        yield Finding(path, "Consent was refused, and the medicine was supplied.", "consent.to_treatment")
    for place in vaccines:
        recorded, given = _recorded(place.data), _moment(place.data.get("date"))
        if recorded and given and recorded < given:
            yield Finding(
                f"{place.path}.extension", "The vaccine was recorded before it was given.", "recorded_at"
            )


def _recorded(immunization: Data) -> datetime | None:
    extensions = immunization.get("extension", [])
    return next((_moment(one["valueDateTime"]) for one in extensions if "valueDateTime" in one), None)


def _contact(inside: Sequence[Place]) -> datetime | None:
    """Return when the contact was: the latest time at which the document says that something was done."""
    times = [
        _moment(place.data.get("period", {}).get("start")) for place in inside if place.type == "Encounter"
    ]
    times += [_moment(place.data.get("date")) for place in inside if place.type == "Immunization"]
    times += [
        _moment(place.data.get("whenHandedOver")) for place in inside if place.type == "MedicationDispense"
    ]
    return max((one for one in times if one), default=None)


def _vaccine(data: Data) -> Immunization:
    why, protocol = data.get("explanation", {}), _first(data.get("vaccinationProtocol")) or {}
    number = protocol.get("doseSequence")
    not_given = data.get("notGiven")
    procedures = [
        one.get("valueCodeableConcept")
        for one in data.get("extension", [])
        if one.get("url") == PROCEDURE_EXTENSION
    ]
    return Immunization(
        given=None if not isinstance(not_given, bool) else not not_given,
        not_given_reason=_term(_first(why.get("reasonNotGiven"))),
        procedure=_term(_first(procedures)),
        product=_term(data.get("vaccineCode")),
        batch=str(data.get("lotNumber", "")),
        expiry=_day(data.get("expirationDate")),
        dose_number=int(str(number)) if str(number).lstrip("-").isdigit() else None,
        dose=_quantity(data.get("doseQuantity")),
        site=_term(data.get("site")),
        route=_term(data.get("route")),
        indication=_term(_first(why.get("reason"))),
    )


def _term(concept: Any) -> Coded | None:
    if not isinstance(concept, Mapping):
        return None
    coding = _first(concept.get("coding")) or {}
    if coding.get("system") == NULL_FLAVOUR:  # it has no code; its words alone say what it is
        coding = {}
    display = str(coding.get("display") or concept.get("text") or "")
    system = str(coding.get("system", ""))
    return Coded(display, str(coding.get("code", "")), system) if display or coding else None


def _quantity(data: Any) -> Quantity | None:
    if not isinstance(data, Mapping):
        return None
    try:
        value = Decimal(str(data.get("value", "")))
    except InvalidOperation:
        return None
    return (
        Quantity(value, Coded(str(data.get("unit", "")), str(data.get("code", ""))))
        if value.is_finite()
        else None
    )


def _first(several: Any) -> Any:
    return several[0] if isinstance(several, list) and several else None


def _organisation(by_url: Mapping[str, Place], reference: Any) -> Organisation | None:
    target = by_url.get(str(reference.get("reference", ""))) if isinstance(reference, Mapping) else None
    codes = [
        str(one.get("value", ""))
        for one in (target.data.get("identifier", []) if target else [])
        if one.get("system") == ODS_CODE_SYSTEM
    ]
    return Organisation(ods_code=codes[0]) if codes else None


def _consent(composition: Data) -> Consent:
    """Return whether consent was refused, by the words of this program's own text; else nothing is known."""
    refused = {
        said for key, said in words("consent").items() if key.startswith("treatment_") and key.endswith("_no")
    }
    texts = (row.text for row in rows_of(composition))
    return Consent(to_treatment=False if any(one in text for text in texts for one in refused) else None)


def _tells_incident(composition: Data) -> bool:
    """Whether the text tells of something done although the rules refuse it."""
    labels = {
        plain(row["label"])
        for name in OWN.names("editions")
        for section in OWN.raw(name).get("section", [])
        for row in section.get("rows", [])
        if row.get("item") == "incident.reason"
    }
    return any(row.label in labels and row.text.strip() for row in rows_of(composition))


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo and is_in_calendar(at) else None
