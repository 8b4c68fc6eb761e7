"""Word the rows about an emergency supply: the data items of the supply's own sections."""

from collections.abc import Callable, Mapping

from digmed_desktop.clinical.dates import shown_time
from digmed_desktop.clinical.emergency_supply import (
    EmergencySupplyRecord,
    ItemKind,
    SuppliedItem,
    SupplyRoute,
)
from digmed_desktop.clinical.units import amount
from digmed_desktop.fhir.items import Cell, Context, Item, lines, term, text, words


def _of_contact(read: Callable[[EmergencySupplyRecord], str]) -> Callable[[Context], Cell | None]:
    def item(c: Context) -> Cell | None:
        return text(read(c.record)) if isinstance(c.record, EmergencySupplyRecord) else None

    return item


def _of(kind: ItemKind, read: Callable[[SuppliedItem], Cell]) -> Callable[[Context], Cell | None]:
    def item(c: Context) -> Cell | None:
        return read(c.supplied) if c.supplied.kind is kind else None

    return item


def _quantity(of: SuppliedItem) -> Cell:
    return text(amount(of.quantity)) if of.quantity else Cell()


def _days(c: Context) -> Cell:
    days = c.supplied.days
    if days is None:
        return Cell()
    said = words("supply")
    return text(said["one_day" if days == 1 else "days"].format(days=days))


def _prescriber(c: Context) -> Cell | None:
    """Return who asked for the supply, where that was a prescriber."""
    record = c.record
    if not isinstance(record, EmergencySupplyRecord) or record.supply_route is not SupplyRoute.PRESCRIBER:
        return None
    asked = record.prescriber_request.prescriber
    number = asked.registration.strip()
    return lines(
        asked.name.as_on_record(),
        asked.role.display if asked.role else "",
        words("supply")["registration"].format(number=number) if number else "",
    )


def _owed(c: Context) -> Cell | None:
    """Return that a prescription is still to come, where the prescriber said so."""
    record = c.record
    if not isinstance(record, EmergencySupplyRecord) or record.supply_route is not SupplyRoute.PRESCRIBER:
        return None
    return text(words("supply")["owed"]) if record.prescriber_request.undertaken else None


def supply_instructions(of: SuppliedItem) -> tuple[str, ...]:
    """Return the additional instructions, one a line, as they are sent."""
    return tuple(line.strip() for line in of.additional_instructions.splitlines() if line.strip())


SUPPLY: Mapping[str, Item] = {
    "contact.collected": Item("collected_by", _of_contact(lambda r: r.collected_by)),
    "contact.method": Item("consultation_method", _of_contact(lambda r: r.consultation_method)),
    "supply.prescriber": Item("prescriber_request.prescriber.name.family", _prescriber),
    "supply.owed": Item("prescriber_request.undertaken", _owed),
    "plan.professionals": Item("plan_for_professionals", _of_contact(lambda r: r.plan_for_professionals)),
    "plan.patient": Item("plan_for_patient", _of_contact(lambda r: r.plan_for_patient)),
    "supply.type": Item(
        "", lambda c: term(c.edition.supply_type) if isinstance(c.record, EmergencySupplyRecord) else None
    ),
    "supply.medicine": Item("items.product", _of(ItemKind.MEDICINE, lambda i: term(i.product))),
    "supply.appliance": Item("items.product", _of(ItemKind.APPLIANCE, lambda i: term(i.product))),
    "supply.form": Item("items.form", _of(ItemKind.MEDICINE, lambda i: term(i.form))),
    "supply.size": Item("items.size", _of(ItemKind.APPLIANCE, lambda i: text(i.size))),
    "supply.weight": Item("items.weight", _of(ItemKind.APPLIANCE, lambda i: text(i.weight))),
    "supply.colour": Item("items.colour", _of(ItemKind.APPLIANCE, lambda i: text(i.colour))),
    "supply.route": Item("items.route", lambda c: term(c.supplied.route)),
    "supply.site": Item("items.site", lambda c: term(c.supplied.site)),
    "supply.indication": Item("items.indication", lambda c: text(c.supplied.indication)),
    "supply.quantity_medicine": Item("items.quantity", _of(ItemKind.MEDICINE, _quantity)),
    "supply.quantity_appliance": Item("items.quantity", _of(ItemKind.APPLIANCE, _quantity)),
    "supply.days": Item("items.days", _days),
    "supply.directions": Item("items.directions", lambda c: text(c.supplied.directions)),
    "supply.additional": Item(
        "items.additional_instructions", lambda c: lines(*supply_instructions(c.supplied))
    ),
    "supply.time": Item("contact_at", lambda c: text(shown_time(c.record.contact_at))),
}
