"""A complete emergency supply to a fictional patient, for the tests of every room."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from digmed_desktop.clinical.record import Address, Organisation, PersonName, Professional, Regulator
from digmed_desktop.clinical.supply_answers import SupplyReading, read, starting_answers
from digmed_desktop.reference import roles

NOW = datetime(2026, 4, 3, 10, 20, tzinfo=UTC)  # Good Friday, 11:20 in England
PHARMACY = Organisation(
    "Overtown Pharmacy", "FX999", Address(("1 High Street",), "Leeds", "LS1 4AP"), "01632 960123"
)
PHARMACIST = Professional(
    PersonName("Amira", "Khan"), roles.role("pharmacist").coded, Regulator.GPHC, "2071234"
)
INSULIN = "37417211000001103\tHumulin M3 100units/ml suspension for injection 3ml cartridges (CST Pharma Ltd)"
NEEDLES = (
    "31771611000001107\tBD Viva hypodermic insulin needles for pre-filled / reusable pen injectors screw on "
    "5mm/31gauge (Becton, Dickinson UK Ltd)"
)

PATIENT = {
    "patient.nhs_number": "999 012 3020",
    "patient.date_of_birth": "12/3/1971",
    "patient.traced": "scr",
    "patient.given": "William",
    "patient.family": "Smith",
    "patient.sex": "male",
    "patient.address_lines": "3 Weaver's Yard",
    "patient.city": "Leeds",
    "patient.postcode": "LS1 4AP",
    "patient.telephone": "07700 900123",
    "patient.telephone_use": "mobile",
    "patient.identity_checked": "yes",
    "practice.registered": "yes",
    "practice.ods_code": "X99999",
    "practice.name": "Overtown Surgery",
    "practice.address_lines": "1 Church Lane",
    "practice.city": "Leeds",
    "practice.postcode": "LS1 9ZZ",
}
CONDITIONS = {
    "conditions.interviewed": "yes",
    "conditions.interviewed_who": "patient",
    "conditions.prescription_waiting": "none",
    "conditions.immediate_need": "yes",
    "contact.reason": "Insulin left on the train; the practice is closed until Tuesday.",
    "conditions.previously_prescribed": "yes",
    "conditions.seen_in": "scr",
    "conditions.dose_appropriate": "yes",
}
PRESCRIBER = {
    "request.asked_by": "prescriber",
    "request.reference": "",
    "prescriber.given": "Grace",
    "prescriber.family": "Okafor",
    "prescriber.profession": "doctor",
    "prescriber.registration": "7999999",
    "prescriber.address_lines": "1 Church Lane",
    "prescriber.city": "Leeds",
    "prescriber.postcode": "LS1 9ZZ",
    "prescriber.why": "On a home visit without a printer.",
    "prescriber.undertaken": "yes",
    "item.1.as_directed": "yes",
}


def complete_answers(changes: dict[str, str] | None = None) -> dict[str, str]:
    """Every answer of a supply of insulin and needles after a referral by NHS 111; ``changes`` replace answers."""
    return {
        **starting_answers(NOW),
        "request.asked_by": "nhs-111",
        "request.reference": "111-0042",
        **PATIENT,
        **CONDITIONS,
        "contact.collector": "patient",
        "contact.method": "face-to-face",
        "decision.outcome": "supplied",
        "item.count": "2",
        "item.1.kind": "medicine",
        "item.1.product": INSULIN,
        "item.1.legal_class": "pom",
        "item.1.schedule": "none",
        "item.1.preparation": "insulin",
        "item.1.pack": "smallest",
        "item.1.directions": "As previously advised",
        "item.1.quantity": "2",
        "item.1.unit": "cartridge",
        "item.1.days": "14",
        "item.2.kind": "appliance",
        "item.2.product": NEEDLES,
        "item.2.directions": "Use a new needle each time",
        "item.2.quantity": "28",
        "item.2.unit": "needle",
        "item.2.days": "14",
        "consent.to_treatment": "yes",
        "consent.to_sharing": "yes",
        "consent.given_by": "patient",
        "allergies.status": "none-known",
        "after.advice": "Order prescriptions before holidays.",
        "after.plan_for_professionals": "Please consider electronic repeat dispensing.",
        "session.pharmacist": "1",
        "contact.time": "11:10",
        **(changes or {}),
    }


def tablets(route: str = "patient", **item: str) -> dict[str, str]:
    """The answers of one item of tablets by either route; ``item`` replaces answers of the item."""
    answers = complete_answers(
        {"item.count": "1", "item.1.pack": "", "item.1.product": "39113611000001102\tExample 5mg"}
    )
    answers |= (
        PRESCRIBER if route == "prescriber" else {"request.asked_by": "patient", "request.reference": ""}
    )
    answers |= {
        "item.1.preparation": "other",
        "item.1.directions": "As previously advised",
        "item.1.quantity": "28",
        "item.1.unit": "tablet",
        "item.1.days": "28",
    }
    return answers | {f"item.1.{name}": value for name, value in item.items()}


def asked(found: SupplyReading) -> list[str]:
    """Return the questions at which a reason is wanted, in the order of the form."""
    return [one.field for one in found.notes if one.needs_reason]


def reading(answers: Mapping[str, str], **changes: Any) -> SupplyReading:
    """Read answers as the pharmacy does."""
    told: dict[str, Any] = {"pharmacy": PHARMACY, "pharmacist": PHARMACIST, "may_finish": True, "now": NOW}
    return read(answers, **{**told, **changes})
