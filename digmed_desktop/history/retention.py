"""Removes records whose time is over, whole: all versions of one, with messages, events and answers.

The links of the chain stay, and each row that goes has a link that says so. What people are still needed for stays.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history import leftovers, profile
from digmed_desktop.history.database import Database
from digmed_desktop.history.incidents import holding
from digmed_desktop.history.known_time import KnownTime, sealed_behind
from digmed_desktop.history.sealed_tables import LISTED, SEALED
from digmed_desktop.history.sealing import REMOVED, RETENTION, Sealer
from digmed_desktop.history.tables import event, inbox, notification, owed, patient, register
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.retention import Leftover, RecordGroup
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import IN_TRANSIT, UNTOLD, State
from digmed_desktop.untrusted import a_table

_STATE = "retention"
"""The entry of the profile with the confirmation and the holds."""
_ON_THE_WAY = {*UNTOLD, State.DRAFT}
_SEALED = {one.table: one for one in SEALED}
_NUMBERED_ANEW = {"audit": "about", "owed": "notification_id", "reply_act": "notification_id"}
"""Tables that give the number of a removed last row out again; their last row stays until there is a later one."""
_BORN = (
    "SELECT notification_id, json_extract(record_json, '$.record.patient.date_of_birth') FROM payload "
    "WHERE json_valid(record_json)"
)
_CAME = "SELECT mesh_id FROM inbox WHERE notification_id IN ({ids})"
_OWED = f"SELECT id FROM owed WHERE notification_id IN ({{ids}}) OR inbox_id IN ({_CAME})"  # noqa: S608 - own names
OPEN_INCIDENT = "an open incident is about it"
STEPS = (
    ("reply_act", f"notification_id IN ({{ids}}) OR inbox_id IN ({_CAME})", 2),
    ("sending", f"notification_id IN ({{ids}}) OR owed_id IN ({_OWED})", 3),
    ("owed", f"notification_id IN ({{ids}}) OR inbox_id IN ({_CAME})", 2),
    ("inbox", "notification_id IN ({ids})", 1),
    ("audit", "about IN ({ids})", 1),
    ("event", "notification_id IN ({ids})", 1),
    ("word", "notification_id IN ({ids})", 1),
    ("payload", "notification_id IN ({ids})", 1),
)
"""Tables that go with a record, in order: the table, which rows, and how often the numbers are asked for."""
_UNCHANGEABLE = ("audit", "event", "payload", "reply_act")


class Retention:
    """Finds records by their last day, and removes them."""

    def __init__(self, database: Database, time: KnownTime) -> None:
        self._database, self._time = database, time

    def groups(self) -> list[RecordGroup]:
        """Return every record, all its versions together."""
        with self._database.reading() as connection:
            return list(_groups(connection, self._time.now()))

    def leftovers(self) -> list[Leftover]:
        """Return what holds patients' data and is no record."""
        with self._database.reading() as connection:
            return list(leftovers.all_of(connection, self._time.now()))

    def remove(self, wanted: Mapping[tuple[int, ...], str], by: str, besides: Sequence[Leftover] = ()) -> int:
        """Remove records, each with all its versions, and leftovers, in one transaction; return how many.

        ``wanted`` has the rule by the ids of all versions. Raises NotAllowedNowError, and nothing goes, where one
        has changed since or is in use.
        """
        with self._database.writing() as connection:
            now = self._time.now()
            free = {group.ids for group in _groups(connection, now) if not group.in_use}
            loose = {one for one in leftovers.all_of(connection, now) if not one.in_use} if besides else set()
            if not wanted.keys() <= free or not set(besides) <= loose:
                raise NotAllowedNowError(
                    "A record changed in the meantime, so nothing was removed.", "Look at the preview again."
                )
            with _unlocked(connection):
                for ids, rule in wanted.items():
                    _remove(connection, self._database.sealer, ids, {"rule": rule, "by": by})
                leftovers.remove(connection, self._database.sealer, besides, {"by": by})
            count = len(wanted) + len(besides)
            if count:
                note = {"act": f"removed {count}", "by": by}
                self._database.sealer.say(connection, RETENTION, "records", note)
        return count

    def forget_patients(self, before: datetime, held: Sequence[str]) -> int:
        """Forget the details of patients last seen before a moment of whom no record is left; return how many.

        ``held`` are NHS numbers and keys of names that a hold protects.
        """
        same = sa.or_(
            sa.and_(patient.c.nhs_number != "", notification.c.nhs_number == patient.c.nhs_number),
            notification.c.name_key == patient.c.name_key,
        )
        with self._database.writing() as connection:
            behind = sealed_behind(connection, self._time.now())
            later = [int(key) for (kind, key), seen in behind.items() if kind == "patient" and seen >= before]
            gone = connection.execute(
                patient.delete().where(
                    patient.c.seen_at < before,
                    patient.c.id.not_in(later),
                    patient.c.nhs_number.not_in(held),
                    patient.c.name_key.not_in(held),
                    ~sa.exists(sa.select(notification.c.id).where(same)),
                )
            )
            return int(gone.rowcount)

    def state(self) -> dict[str, Any]:
        """Return the confirmation and the holds, as they were kept."""
        with self._database.reading() as connection:
            return _state(connection)

    def keep(
        self, changed: Mapping[str, Any], subject: str = "", note: Mapping[str, Any] | None = None
    ) -> None:
        """Keep what a manager decided, sealed; ``note`` says what it was, and nothing of a patient may be in it."""
        with self._database.writing() as connection:
            state = _state(connection)
            profile.write(connection, _STATE, json.dumps({**state, **changed}, ensure_ascii=False))
            if note is not None:
                self._database.sealer.say(connection, RETENTION, subject, dict(note))


def _state(connection: sa.Connection) -> dict[str, Any]:
    """Return the confirmation and the holds. Raises UnreadableRowError: without them nothing is removed or kept anew."""
    return profile.value(connection, _STATE, a_table, "The decision about retention, with its holds,") or {}


def _groups(connection: sa.Connection, now: datetime) -> Iterator[RecordGroup]:
    wanted = sa.select(
        notification.c.id, notification.c.kind, notification.c.state, notification.c.need, notification.c.corrects,
        notification.c.replaces, notification.c.nhs_number, notification.c.name_key, notification.c.batch,
        notification.c.contact_at,
    ).order_by(notification.c.id)  # fmt: skip
    first: dict[int, int] = {}
    rows = defaultdict(list)
    for row in connection.execute(wanted):
        before = row.corrects if row.corrects is not None else row.replaces
        first[row.id] = row.id if before is None else first[before]
        rows[first[row.id]].append(row)
    last = _last_moments(connection, now)
    busy, births = _busy(connection), _births(connection)
    holds, incidents = holding(connection)
    for group in rows.values():
        ids = tuple(row.id for row in group)
        moments = [row.contact_at for row in group] + [last[one] for one in ids if one in last]
        batches = frozenset(
            one.casefold() for row in group if row.batch for one in (row.batch, *row.batch.split(", "))
        )
        open_incident = holds.notifications & {*ids} or holds.batches & batches
        if open_incident or any(row.nhs_number in holds.numbers for row in group):
            busy.setdefault(ids[0], OPEN_INCIDENT)
        yield RecordGroup(
            ids,
            any(row.kind is not Kind.VACCINATION for row in group),
            leftovers.day_of(max(moments)),
            births.get(ids[-1]),
            group[-1].nhs_number,
            group[-1].name_key,
            batches,
            _in_use(group, busy),
            max((leftovers.day_of(incidents[one]) for one in ids if one in incidents), default=None),
        )


def _last_moments(connection: sa.Connection, now: datetime) -> dict[int, datetime]:
    """Return of each notification when anything happened to it last; not earlier than what was sealed before that."""
    newest = sa.select(event.c.notification_id, sa.func.max(event.c.at)).group_by(event.c.notification_id)
    last: dict[int, datetime] = dict(map(tuple, connection.execute(newest)))
    behind = {int(key): at for (kind, key), at in sealed_behind(connection, now).items() if kind == "event"}
    for number, about in connection.execute(sa.select(event.c.id, event.c.notification_id)) if behind else ():
        if number in behind:
            last[about] = max(last[about], behind[number])
    return last


def _in_use(group: Sequence[Any], busy: dict[int, str]) -> str:
    if any(row.need > 0 for row in group):
        return "action is needed"
    if any(row.state in _ON_THE_WAY for row in group):
        return "it is on its way"
    return next((busy[row.id] for row in group if row.id in busy), "")


def _busy(connection: sa.Connection) -> dict[int, str]:
    """Return notifications of which something else is still worked with, and what."""
    found: dict[int, str] = {}
    for about in connection.scalars(
        sa.select(register.c.notification_id).where(register.c.notification_id.is_not(None))
    ):
        found[about] = "the register includes it"
    waits = sa.select(owed.c.notification_id).where(owed.c.state.in_(IN_TRANSIT))
    for about in connection.scalars(waits):
        found[about] = "a reply is owed to the practice"
    doubted = sa.select(inbox.c.notification_id, inbox.c.about_id).where(
        sa.or_(sa.and_(inbox.c.doubt != "", inbox.c.settled_at.is_(None)), inbox.c.applied_at.is_(None))
    )
    for row in connection.execute(doubted):
        for about in (row.notification_id, row.about_id):
            if about is not None:
                found[about] = leftovers.WAITS
    for table, column in _NUMBERED_ANEW.items():
        newest = connection.exec_driver_sql(
            f"SELECT {column} FROM {table} ORDER BY id DESC LIMIT 1"  # noqa: S608 - own names only
        ).scalar()
        if newest is not None:
            found.setdefault(newest, leftovers.NEWEST)
    return found


def _births(connection: sa.Connection) -> dict[int, date]:
    """Return the date of birth of each record that holds one."""
    found = {}
    for number, text in connection.exec_driver_sql(_BORN):
        try:
            found[number] = date.fromisoformat(text)
        except (ValueError, TypeError):
            continue
    return found


def _remove(connection: sa.Connection, sealer: Sealer, ids: Sequence[int], note: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(ids))
    for table, where, times in STEPS:
        which = where.format(ids=marks)
        values = tuple(ids) * times
        if (sealed := _SEALED.get(table)) is not None:
            keys = connection.exec_driver_sql(
                f"SELECT {sealed.key_sql} FROM {table} WHERE {which} ORDER BY {sealed.order}",  # noqa: S608
                values,
            )
            for key in keys.scalars().all():
                sealer.say(connection, REMOVED, f"{sealed.kind} {key}", note)
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {which}", values)  # noqa: S608
    for one in sorted(ids, reverse=True):  # a later version names the one before
        sealer.say(connection, REMOVED, f"{LISTED} {one}", note)
        connection.exec_driver_sql("DELETE FROM notification WHERE id = ?", (one,))


@contextmanager
def _unlocked(connection: sa.Connection) -> Iterator[None]:
    """Let rows of append-only tables be deleted, inside this transaction alone."""
    from digmed_desktop.history.migrations.append_only import (
        triggers,  # with Alembic, which no start waits for
    )

    made = {name: sql for table in _UNCHANGEABLE for name, sql in triggers(table).items()}
    for name in made:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for name, sql in made.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {sql}")
