"""Doses that this pharmacy recorded, read from the records of its notifications: what was withdrawn is not a dose."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.history import written
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import record_of
from digmed_desktop.history.rows import IS_DOSE
from digmed_desktop.history.tables import notification, payload
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.patients import EarlierDose

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record


class Doses:
    """Finds the doses of one patient."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, nhs_number: str, as_on_record: str, born: date | None) -> list[EarlierDose]:
        """Return a patient's doses, newest first."""
        doses: list[EarlierDose] = []
        for number, record in records_of(self._database, Whose(nhs_number, as_on_record, born), IS_DOSE):
            if isinstance(record, VaccinationRecord):
                doses += _of_record(record, number)
        return sorted(doses, key=lambda dose: dose.on, reverse=True)

    def batches(self) -> list[str]:
        """Return every batch as the list of notifications has it: several of one record are parted by commas."""
        with self._database.reading() as connection:
            return list(connection.scalars(sa.select(notification.c.batch).distinct()))

    def with_batches(self, batches: Collection[str]) -> list[int]:
        """Return every notification that the list has with one of these, the newest first, whatever became of it."""
        wanted = sa.select(notification.c.id).where(notification.c.batch.in_(tuple(batches)))
        with self._database.reading() as connection:
            return list(connection.scalars(wanted.order_by(notification.c.id.desc())))

    def among(self, ids: Collection[int]) -> frozenset[int]:
        """Return those of these notifications that count as a dose."""
        query = sa.select(notification.c.id).where(notification.c.id.in_(tuple(ids)), sa.text(IS_DOSE))
        with self._database.reading() as connection:
            return frozenset(connection.scalars(query))


@dataclass(frozen=True, slots=True, repr=False)
class Whose:
    """A patient: by NHS number; without one by the whole name (``O'NEILL, Rose``) and the date of birth."""

    nhs_number: str
    as_on_record: str
    born: date | None


def records_of(database: Database, patient: Whose, condition: str) -> Iterator[tuple[int, "Record"]]:
    """Yield the records of a patient whose notifications meet a condition in SQL, each with its notification."""
    n, named = notification.c, patient.as_on_record and patient.born
    if patient.nhs_number:
        whose: sa.ColumnElement[bool] = n.nhs_number == patient.nhs_number
        if named:  # also those recorded before the number was known
            key = written.search_key(patient.as_on_record)
            whose = sa.or_(whose, sa.and_(n.nhs_number == "", n.name_key == key))
    elif named:
        whose = n.name_key == written.search_key(patient.as_on_record)
    else:
        return
    query = (
        sa.select(n.id, n.nhs_number, payload.c.record_json)
        .join(payload, payload.c.notification_id == n.id)
        .where(whose, sa.text(condition))
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        try:
            record = record_of(row.id, row.record_json)
        except UnreadableRowError:
            continue  # it costs itself alone: the patient's other records are found
        same_number = bool(patient.nhs_number) and row.nhs_number == patient.nhs_number
        if same_number or record.patient.date_of_birth == patient.born:
            yield row.id, record


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
