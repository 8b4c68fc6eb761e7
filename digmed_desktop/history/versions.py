"""The versions of one notification: the first, and each that corrected or withdrew the one before."""

import contextlib
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.history import written
from digmed_desktop.history.database import Database
from digmed_desktop.history.doses import Whose, records_of
from digmed_desktop.history.readable import read_row, record_of
from digmed_desktop.history.rows import IN_FORCE, LISTED, strictly
from digmed_desktop.history.tables import notification, payload
from digmed_desktop.messaging.errors import NotThereError, UnreadableRowError
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Version

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record

_n = notification.c
_LONGEST = 200  # versions of one notification; nobody corrects a record so often


class Versions:
    """Follows a notification through its corrections."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, notification_id: int) -> tuple[Version, ...]:
        """Return all versions, the first one first; NotThereError when there is no such notification."""
        with self._database.reading() as connection:
            ids = _chain(connection, notification_id)
            rows = {row.id: row for row in connection.execute(LISTED.where(_n.id.in_(ids)))}
            kept = {
                row.notification_id: row
                for row in connection.execute(
                    sa.select(payload.c.notification_id, payload.c.record_json, payload.c.made_at).where(
                        payload.c.notification_id.in_(ids)
                    )
                )
            }
        if notification_id not in rows:
            raise NotThereError("This notification is not in the data file.")
        return tuple(
            Version(strictly(rows[one]), kept[one].record_json, kept[one].made_at) for one in sorted(rows)
        )

    def state(self, notification_id: int) -> FormState | None:
        """Return the form as it was typed, None if it was not kept."""
        with self._database.reading() as connection:
            text = connection.scalar(
                sa.select(payload.c.answers).where(payload.c.notification_id == notification_id)
            )
        return (
            read_row(f"The form of notification {notification_id}", FormState.from_json, text)
            if text
            else None
        )

    def can_be_corrected(self, notification_id: int) -> bool:
        """Whether the form was kept and can be read."""
        with contextlib.suppress(UnreadableRowError):
            return self.state(notification_id) is not None
        return False

    def record(self, notification_id: int) -> str:
        """Return the record as JSON; NotThereError when there is no such notification."""
        with self._database.reading() as connection:
            text: str | None = connection.scalar(
                sa.select(payload.c.record_json).where(payload.c.notification_id == notification_id)
            )
        if text is None:
            raise NotThereError("This notification is not in the data file.")
        return text

    def record_of(self, notification_id: int) -> "Record":
        """Return the record; NotThereError when there is none, UnreadableRowError where it cannot be read."""
        return record_of(notification_id, self.record(notification_id))

    def records(self, ids: Collection[int]) -> dict[int, str]:
        """Return the records of several notifications as JSON."""
        wanted = sa.select(payload.c.notification_id, payload.c.record_json)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.where(payload.c.notification_id.in_(tuple(ids))))
            return {row.notification_id: row.record_json for row in rows}

    def births(self, ids: Collection[int]) -> dict[int, date]:
        """Return the dates of birth in several notifications, as far as their records can be read and have one."""
        born = sa.func.json_extract(payload.c.record_json, "$.record.patient.date_of_birth")
        wanted = sa.select(
            payload.c.notification_id,
            sa.case((sa.func.json_valid(payload.c.record_json), born)).label("born"),
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted.where(payload.c.notification_id.in_(tuple(ids))))
            found = {row.notification_id: _day(row.born) for row in rows}
        return {number: born for number, born in found.items() if born is not None}

    def in_force(self, notification_id: int) -> int | None:
        """Return the version that holds now, None where the record was taken back."""
        with self._database.reading() as connection:
            ids = _chain(connection, notification_id)
            found: int | None = connection.scalar(
                sa.select(sa.func.max(_n.id)).where(_n.id.in_(ids), sa.text(IN_FORCE))
            )
        return found

    def of_patient(self, patient: Whose) -> "list[tuple[int, Record]]":
        """Return what holds of a patient's records, each with its notification, the oldest first."""
        return sorted(records_of(self._database, patient, IN_FORCE), key=lambda one: one[0])

    def numbers_of(self, patient: Whose) -> set[int]:
        """Return the numbers of all notifications of a patient, whatever became of them, readable or not."""
        key = written.search_key(patient.as_on_record)
        born = sa.func.json_extract(payload.c.record_json, "$.record.patient.date_of_birth")
        wanted = (
            sa.select(
                _n.id, _n.nhs_number, sa.case((sa.func.json_valid(payload.c.record_json), born)).label("born")
            )
            .join(payload, payload.c.notification_id == _n.id)
            .where(
                sa.or_(sa.and_(_n.nhs_number != "", _n.nhs_number == patient.nhs_number), _n.name_key == key)
            )
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
        of_birth = patient.born.isoformat() if patient.born else None
        return {
            row.id
            for row in rows
            if (bool(patient.nhs_number) and row.nhs_number == patient.nhs_number)
            or ((not row.nhs_number or not patient.nhs_number) and row.born == of_birth)
        }

    def later(self, ids: Collection[int]) -> dict[int, bool]:
        """Return those of these notifications that a later version stands for, and whether that withdraws it."""
        wanted = sa.select(_n.corrects, sa.func.max(_n.withdrawal)).group_by(_n.corrects)
        wanted = wanted.where(_n.corrects.in_(tuple(ids)), _n.state != State.CANCELLED)
        with self._database.reading() as connection:
            return {of: bool(withdrawal) for of, withdrawal in connection.execute(wanted)}

    def edition(self, notification_id: int) -> str:
        """Return the edition its message is written in, ``""`` when there is no message."""
        with self._database.reading() as connection:
            return (
                connection.scalar(
                    sa.select(payload.c.edition).where(payload.c.notification_id == notification_id)
                )
                or ""
            )


def _chain(connection: sa.Connection, notification_id: int) -> set[int]:
    """Return the ids of all versions; a version may have been corrected twice, when a correction was cancelled."""
    found, todo = {notification_id}, {notification_id}
    while todo and len(found) < _LONGEST:
        before = connection.scalars(sa.select(_n.corrects).where(_n.id.in_(todo), _n.corrects.is_not(None)))
        after = connection.scalars(sa.select(_n.id).where(_n.corrects.in_(todo)))
        todo = {*before.all(), *after.all()} - found
        found |= todo
    return found


def _day(kept: object) -> date | None:
    """Return a date as a record keeps it, None where none can be read."""
    try:
        return date.fromisoformat(kept) if isinstance(kept, str) else None
    except ValueError:
        return None
