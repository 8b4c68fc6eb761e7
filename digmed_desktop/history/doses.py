"""Doses that this pharmacy recorded, read from the records of its notifications: what was withdrawn is not a dose."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.history import written
from digmed_desktop.history.database import Database
from digmed_desktop.history.rows import IS_DOSE
from digmed_desktop.history.tables import notification, payload
from digmed_desktop.messaging.parcel import Kind
from digmed_desktop.messaging.patients import EarlierDose


class Doses:
    """Finds the doses of one patient."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, nhs_number: str, as_on_record: str, born: date | None) -> list[EarlierDose]:
        """Return a patient's doses, newest first.

        By NHS number; without one by the whole name (``O'NEILL, Rose``) and the date of birth.
        """
        n = notification.c
        if nhs_number:
            whose: sa.ColumnElement[bool] = n.nhs_number == nhs_number
            if as_on_record and born:  # also those recorded before the number was known
                whose = sa.or_(
                    whose, sa.and_(n.nhs_number == "", n.name_key == written.search_key(as_on_record))
                )
        elif as_on_record and born:
            whose = n.name_key == written.search_key(as_on_record)
        else:
            return []
        query = (
            sa.select(n.id, n.nhs_number, payload.c.record_json)
            .join(payload, payload.c.notification_id == n.id)
            .where(
                whose,
                n.kind == Kind.VACCINATION,
                sa.text(IS_DOSE),
            )
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        doses = []
        for row in rows:
            record = json_record.read(row.record_json)
            if not isinstance(record, VaccinationRecord):
                continue
            if row.nhs_number != nhs_number and record.patient.date_of_birth != born:
                continue
            doses += _of_record(record, row.id)
        return sorted(doses, key=lambda dose: dose.on, reverse=True)

    def among(self, ids: Collection[int]) -> frozenset[int]:
        """Return those of these notifications that count as a dose."""
        query = sa.select(notification.c.id).where(notification.c.id.in_(tuple(ids)), sa.text(IS_DOSE))
        with self._database.reading() as connection:
            return frozenset(connection.scalars(query))


def _of_record(record: VaccinationRecord, notification_id: int) -> list[EarlierDose]:
    if record.contact_at is None:
        return []
    return [
        EarlierDose(
            on=record.contact_at.astimezone(ENGLAND).date(),
            programme=one.programme,
            product=one.product.display if one.product else "",
            batch=one.batch,
            dose_number=one.dose_number,
            by=record.vaccinator.name.spoken() if record.vaccinator else "",
            notification=notification_id,
        )
        for one in record.immunizations
        if one.given
    ]
