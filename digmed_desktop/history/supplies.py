"""Emergency supplies that this pharmacy recorded for one patient: what was withdrawn does not count.

One of which the practice was not told stands in the register alone, and counts as any other.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.history.database import Database
from digmed_desktop.history.doses import Whose, records_of
from digmed_desktop.history.readable import readable
from digmed_desktop.history.rows import IN_FORCE
from digmed_desktop.history.tables import register
from digmed_desktop.messaging.patients import EarlierSupply
from digmed_desktop.messaging.register import EntryKind
from digmed_desktop.messaging.sending import Kind

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
        found += self._not_shared(patient)
        return sorted(found, key=lambda one: one.on, reverse=True)

    def _not_shared(self, patient: Whose) -> Iterator[EarlierSupply]:
        """Yield the supplies that stand in the register alone."""
        content = register.c.content
        number, name = (sa.func.json_extract(content, f"$.{key}") for key in ("nhs_number", "patient"))
        whose = [name == patient.as_on_record] if patient.as_on_record else []
        whose += [number == patient.nhs_number] if patient.nhs_number else []
        alone = (register.c.kind == EntryKind.SUPPLY, register.c.notification_id.is_(None))
        query = sa.select(content).where(*alone, sa.or_(*whose)) if whose else None
        if query is None:
            return
        with self._database.reading() as connection:
            rows = connection.scalars(query).all()
        yield from (one for one in readable(lambda row: _supply(json.loads(row), patient), rows) if one)


def _supply(row: Mapping[str, Any], patient: Whose) -> EarlierSupply | None:
    if not row.get("supplied_on") or not _is_of(row, patient):
        return None
    names = tuple(item["name"] for item in row.get("items", ()) if item.get("name"))
    return EarlierSupply(date.fromisoformat(row["supplied_on"]), names, None)


def _is_of(entry: Mapping[str, Any], patient: Whose) -> bool:
    """Whether an entry is of a patient; one made before numbers and births stood in it goes by the name."""
    number, born = entry.get("nhs_number", ""), entry.get("born", "")
    if number and patient.nhs_number:
        return bool(number == patient.nhs_number)
    if born and patient.born:
        return bool(born == patient.born.isoformat() and entry.get("patient") == patient.as_on_record)
    return entry.get("patient") == patient.as_on_record
