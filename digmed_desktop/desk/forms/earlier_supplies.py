"""Count and show earlier emergency supplies to a patient before the next."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from digmed_desktop.clinical.dates import ENGLAND, shown
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.questions.emergency_supply import EMERGENCY_SUPPLY
from digmed_desktop.history.doses import Whose

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

LOOKED_BACK = timedelta(days=183)
"""About six months: what a pharmacist asks about."""
_LISTED = 3
_FEW_DAYS = ("4", "5")


def earlier_supplies(
    store: "Store", record: EmergencySupplyRecord, corrected: int | None, today: date
) -> tuple[Problem, ...]:
    """Return what to look at; a reason is needed where it is the same medicine, or one of Schedule 4 or 5."""
    if record.supplied is False:
        return ()
    patient = record.patient
    day = record.contact_at.astimezone(ENGLAND).date() if record.contact_at else today
    whose = Whose(patient.nhs_number, patient.name.as_on_record(), patient.date_of_birth)
    found = [
        one
        for one in store.supplies.of(whose)
        if (corrected is None or one.notification != corrected) and timedelta() <= day - one.on <= LOOKED_BACK
    ]
    if not found:
        return ()
    listed = "; ".join(f"{shown(one.on)}: {', '.join(one.products)}" for one in found[:_LISTED])
    more = f"; and {len(found) - _LISTED} before" if len(found) > _LISTED else ""
    times = "once" if len(found) == 1 else f"{len(found)} times"
    now = {item.product.display for item in record.items if item.product}
    again = bool(now & {name for one in found for name in one.products})
    few = any(item.schedule in _FEW_DAYS for item in record.items)
    sentence = (
        f"Supplied here in an emergency {times} in the last 6 months ({listed}{more}). This is only what this pharmacy "
        "recorded: other pharmacies may have supplied too."
    )
    field = EMERGENCY_SUPPLY.question("asked_by")
    raised_by = " ".join(
        sorted(f"{item.product.display if item.product else ''} {item.schedule}" for item in record.items)
    )
    return (Problem(field, sentence, Severity.LOOK, needs_reason=again or few, raised_by=raised_by),)
