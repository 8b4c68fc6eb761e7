"""Emergency supplies that this pharmacy recorded for one patient: what was withdrawn does not count."""

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.history.database import Database
from digmed_desktop.history.doses import Whose, records_of
from digmed_desktop.history.rows import IN_FORCE
from digmed_desktop.messaging.parcel import Kind
from digmed_desktop.messaging.patients import EarlierSupply

_CONDITION = f"notification.kind = '{Kind.EMERGENCY_SUPPLY.value}' AND {IN_FORCE}"


class Supplies:
    """Finds the emergency supplies of one patient."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, patient: Whose) -> list[EarlierSupply]:
        """Return a patient's supplies, newest first."""
        found = [
            EarlierSupply(
                record.contact_at.astimezone(ENGLAND).date(),
                tuple(item.product.display for item in record.items if item.product),
                number,
            )
            for number, record in records_of(self._database, patient, _CONDITION)
            if isinstance(record, EmergencySupplyRecord)
            and record.contact_at
            and record.supplied is not False
        ]
        return sorted(found, key=lambda one: one.on, reverse=True)
