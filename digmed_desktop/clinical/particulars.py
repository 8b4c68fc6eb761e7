"""State an emergency supply for register and label, as plain words and numbers that JSON can hold.

Regulation 253(2) and Schedule 23 of the Human Medicines Regulations 2012 ask for: the date of supply; name, quantity and,
except where apparent from the name, form and strength; name and address of the patient; at the patient's request the
nature of the emergency; at a prescriber's request the prescriber's name and address, and the two dates of the
prescription, which are appended when it comes.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from digmed_desktop.clinical import units
from digmed_desktop.clinical.dates import ENGLAND, shown
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.record import Professional
from digmed_desktop.untrusted import a_table, a_text

LABEL_WORDS = "Emergency Supply"
"""The words that the label of a supply at the patient's request bears."""


def particulars(record: EmergencySupplyRecord) -> dict[str, Any]:
    """Return the content of the register entry of a supply, or of the decision not to supply."""
    at = record.contact_at
    request = record.prescriber_request
    by_prescriber = record.supply_route is SupplyRoute.PRESCRIBER
    content: dict[str, Any] = {
        "route": record.supply_route.value if record.supply_route else "",
        "asked_by": record.asked_by.value if record.asked_by else "",
        "reference": record.referral_reference,
        "supplied_on": at.astimezone(ENGLAND).date().isoformat() if at else "",
        "supplied_at": at.isoformat() if at else "",
        "patient": record.patient.name.as_on_record(),
        "patient_spoken": record.patient.name.spoken(),
        "nhs_number": record.patient.nhs_number,
        "born": record.patient.date_of_birth.isoformat() if record.patient.date_of_birth else "",
        "patient_address": list(record.patient.address.in_lines()),
        "items": [_item(one) for one in record.items],
        "pharmacist": _who(record.pharmacist),
        "pharmacy": record.pharmacy.name,
        "pharmacy_address": list(record.pharmacy.address.in_lines()),
        "late_reason": record.late_entry_reason,
    }
    if record.supplied is False:
        content["not_supplied"] = record.not_supplied_reason
    elif by_prescriber:
        content["prescriber"] = request.prescriber.name.spoken()
        content["prescriber_address"] = list(request.address.in_lines())
        content["prescriber_profession"] = request.prescriber.role.display if request.prescriber.role else ""
        content["prescriber_registration"] = request.prescriber.registration
        content["why_not_at_once"] = request.why_not_at_once
    else:
        content["nature"] = record.patient_conditions.nature_of_emergency
        content["seen_in"] = record.patient_conditions.seen_in
        content["interviewed"] = record.patient_conditions.interviewed_who
    return content


def _item(item: SuppliedItem) -> dict[str, Any]:
    return {
        "name": item.product.display if item.product else "",
        "quantity": units.amount(item.quantity) if item.quantity else "",
        "form": item.form.display if item.form else "",
        "strength": item.strength,
        "directions": item.directions,
        "additional": item.additional_instructions,
        "days": item.days,
        "kind": item.kind.value,
        "legal_class": item.legal_class,
        "schedule": item.schedule,
        "reason": item.reason,
    }


def _who(person: Professional | None) -> str:
    if person is None:
        return ""
    number = f"{person.regulator.value} {person.registration}".strip() if person.registration else ""
    return ", ".join(part for part in (person.name.spoken(), number) if part)


def item_words(item: Mapping[str, Any]) -> str:
    """Return name, strength, form and quantity of one item of an entry, in one line."""
    parts = (item.get("name", ""), item.get("strength", ""), item.get("form", ""), item.get("quantity", ""))
    return ", ".join(part for part in parts if part)


def label_texts(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the text of one label for each item of an entry."""
    return tuple("\n".join(_label(content, item)) for item in content.get("items", ()))


def _label(content: Mapping[str, Any], item: Mapping[str, Any]) -> Iterable[str]:
    if content.get("route") != SupplyRoute.PRESCRIBER.value:  # there the law asks for no words
        yield LABEL_WORDS
    yield item_words(item)
    for words in (item.get("directions", ""), item.get("additional", "")):
        if words:
            yield words
    yield content.get("patient_spoken", "")
    on = content.get("supplied_on", "")
    yield shown(date.fromisoformat(on)) if on else ""
    yield ", ".join((content.get("pharmacy", ""), *content.get("pharmacy_address", ())))
    yield "Keep out of the sight and reach of children."


def entry_pairs(content: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what an entry says, as labels and their lines, in the order of Schedule 23; what is empty is left out."""
    on = content.get("supplied_on", "")
    prescriber = (
        content.get("prescriber", ""),
        content.get("prescriber_profession", ""),
        content.get("prescriber_registration", ""),
    )
    pairs: list[tuple[str, tuple[str, ...]]] = [
        ("Date of supply", (shown(date.fromisoformat(on)) if on else "",)),
        ("Supplied", tuple(_supplied(item) for item in content.get("items", ()))),
        ("Not supplied", tuple(content.get("not_supplied", "").split("\n"))),
        ("Patient", (content.get("patient", ""), *content.get("patient_address", ()))),
        ("Nature of the emergency", (content.get("nature", ""),)),
        ("Interviewed", (content.get("interviewed", ""),)),
        ("Earlier prescription seen in", (content.get("seen_in", ""),)),
        (
            "Prescriber",
            (", ".join(part for part in prescriber if part), *content.get("prescriber_address", ())),
        ),
        ("Why no prescription at once", (content.get("why_not_at_once", ""),)),
        ("Referral", (content.get("reference", ""),)),
        ("Decided by the pharmacist", tuple(content.get("decided", ()))),
        ("Pharmacist", (content.get("pharmacist", ""),)),
        ("Why entered later", (content.get("late_reason", ""),)),
        ("Date on the prescription", (_day(content.get("dated", "")),)),
        ("Date it was received", (_day(content.get("received", "")),)),
        ("Amendment", tuple(content.get("text", "").split("\n"))),
    ]
    return tuple(
        (label, lines) for label, values in pairs if (lines := tuple(line for line in values if line))
    )


_LISTS = ("items", "decided", "patient_address", "prescriber_address", "pharmacy_address")


def read_content(raw: Any) -> dict[str, Any]:
    """Return the content of an entry as the records have it. Raises TypeError, ValueError, LookupError for damage."""
    content = a_table(raw)
    for name in _LISTS:
        if not isinstance(content.get(name, []), list):
            raise TypeError("not a list")
    lines = [line for _label, lines in entry_pairs(content) for line in lines]
    for text in (*lines, *label_texts(content), content.get("patient", "")):
        a_text(text)
    if route := content.get("route"):
        SupplyRoute(route)
    if (at := content.get("supplied_at")) and datetime.fromisoformat(at).tzinfo is None:
        raise ValueError("a moment without its offset")
    return content


def _supplied(item: Mapping[str, Any]) -> str:
    days = item.get("days")
    parts = (item_words(item), f"{days} days" if days else "", _class(item))
    reason = item.get("reason", "")
    return "; ".join(part for part in parts if part) + (f". Reason: {reason}" if reason else "")


def _class(item: Mapping[str, Any]) -> str:
    legal, schedule = item.get("legal_class", ""), item.get("schedule", "")
    words = legal.upper()
    return f"{words}, Schedule {schedule}" if schedule in ("1", "2", "3", "4", "5") else words


def _day(iso: str) -> str:
    return shown(date.fromisoformat(iso)) if iso else ""
