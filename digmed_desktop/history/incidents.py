"""Incidents: acts are only added, and how each stands follows from them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.incident import (
    Done,
    Happened,
    IncidentAct,
    LoggedIncident,
    as_content,
    of_content,
)
from digmed_desktop.history.database import Database
from digmed_desktop.history.people import name_of
from digmed_desktop.history.readable import readable
from digmed_desktop.history.tables import AnyRow, incident_act


class Incidents:
    """Keeps incidents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[LoggedIncident]:
        """Return every incident that can be read, the newest first."""
        with self._database.reading() as connection:
            return _all(connection)

    def count_unreadable(self) -> int:
        """Return how many incidents cannot be read."""
        first = incident_act.c.incident_id.is_(None)
        with self._database.reading() as connection:
            every = connection.scalar(sa.select(sa.func.count()).select_from(incident_act).where(first))
        return int(every or 0) - len(self.all())

    def record(self, happened: Happened, notification: int | None, by: int) -> int:
        """Record an incident and return its number."""
        return self._add(IncidentAct.RECORDED, as_content(happened), by, notification=notification)

    def do(self, incident: int, done: Mapping[str, str], act: IncidentAct, by: int) -> None:
        """Add an act to an incident; ``done`` has step, words of the step, and note, as far as the act has them."""
        self._add(act, done, by, about=incident)

    def link(self, incident: int, notification: int, by: int) -> None:
        """Say which notification an incident is about."""
        self._add(IncidentAct.LINKED, {}, by, about=incident, notification=notification)

    def _add(
        self,
        act: IncidentAct,
        content: Mapping[str, Any],
        by: int,
        *,
        about: int | None = None,
        notification: int | None = None,
    ) -> int:
        row = incident_act.c
        with self._database.writing() as connection:
            first = sa.select(row.id).where(row.id == about, row.incident_id.is_(None))
            if about is not None and not connection.scalar(first):
                raise KeyError(about)
            made: int = connection.execute(
                incident_act.insert()
                .values(
                    act=act.value,
                    incident_id=about,
                    notification_id=notification,
                    content=json.dumps(dict(content), ensure_ascii=False, sort_keys=True),
                    by_id=by,
                    by_name=name_of(connection, by),
                    at=self._database.clock.now(),
                )
                .returning(row.id)
            ).scalar_one()
        return made


@dataclass(frozen=True, slots=True, repr=False)
class Holding:
    """Name the records that open incidents protect: notifications, NHS numbers and batches, in small letters."""

    notifications: frozenset[int]
    numbers: frozenset[str]
    batches: frozenset[str]


def _all(connection: sa.Connection) -> list[LoggedIncident]:
    rows = connection.execute(incident_act.select().order_by(incident_act.c.id)).all()
    later: dict[int, list[AnyRow]] = {}
    for row in rows:
        if row.incident_id is not None:
            later.setdefault(row.incident_id, []).append(row)
    first = (row for row in reversed(rows) if row.incident_id is None)
    return list(readable(lambda row: _incident(row, later.get(row.id, [])), first))


def holding(connection: sa.Connection) -> tuple[Holding, dict[int, datetime]]:
    """Return what open incidents hold, and the moment of the last act on each notification that one is about."""
    every = _all(connection)
    last: dict[int, datetime] = {}
    for one in every:
        if one.notification is not None:
            last[one.notification] = max(one.last_at, last.get(one.notification, one.last_at))
    opened = [one for one in every if one.is_open]
    return (
        Holding(
            frozenset(one.notification for one in opened if one.notification is not None),
            frozenset(one.happened.nhs_number for one in opened if one.happened.nhs_number),
            frozenset(number.casefold() for one in opened for number in one.happened.batches),
        ),
        last,
    )


def _incident(first: AnyRow, later: list[AnyRow]) -> LoggedIncident:
    found = LoggedIncident(
        first.id, of_content(json.loads(first.content)), first.at, first.by_name, first.notification_id
    )
    for row in later:
        content = json.loads(row.content)
        found = found.after(Done(IncidentAct(row.act), row.at, row.by_name, **content), row.notification_id)
    return found
