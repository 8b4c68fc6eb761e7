"""The audit: what the chain holds, told in its order. What no other record tells has a table of its own."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history import sealing
from digmed_desktop.history.database import Database
from digmed_desktop.history.people import name_of
from digmed_desktop.history.tables import audit
from digmed_desktop.messaging.audit import MISSING, AuditEntry, AuditRow

_AT_ONCE = 500
_TOLD = {
    "event": "SELECT id, happening AS act, notification_id AS about, note, by_id, by_name FROM event",
    "audit": "SELECT id, act, about, note, by_id, by_name FROM audit",
    "access-act": "SELECT id, why AS act, NULL AS about, "
    "json_object('person', person_id, 'manager', manager, 'until', until) AS note, by_id, by_name FROM access_act",
    "incident-act": "SELECT id, act, notification_id AS about, "
    "json_object('incident', coalesce(incident_id, id), 'what', CASE WHEN json_valid(content) THEN "
    "coalesce(json_extract(content, '$.label'), json_extract(content, '$.what')) END) AS note, by_id, by_name "
    "FROM incident_act",
    "pgd-act": "SELECT id, act, NULL AS about, content AS note, by_id, by_name FROM pgd_act",
    "reply-act": "SELECT id, act, notification_id AS about, note, by_id, by_name FROM reply_act",
}
"""Links whose rows are acts. Messages, answers and people have links too; the acts that led to them are told."""
_SAID = (sealing.BEGUN, sealing.FOUND, sealing.LOST, sealing.REMOVED, sealing.RETENTION)
_KINDS = ", ".join(f"'{kind}'" for kind in (*_TOLD, *_SAID))
_LATELY = (
    "SELECT link.kind AS kind, coalesce(a.act, e.happening) AS act, coalesce(a.about, e.notification_id) AS about, "
    "coalesce(a.note, e.note) AS note, coalesce(a.by_id, e.by_id) AS by_id FROM link "
    "LEFT JOIN audit a ON link.kind = 'audit' AND a.id = link.subject "
    "LEFT JOIN event e ON link.kind = 'event' AND e.id = link.subject "
    "WHERE link.number > (SELECT max(number) FROM link) - 500 AND (a.id IS NOT NULL OR e.by_id IS NOT NULL) "
    "ORDER BY link.number DESC LIMIT 20"
)
"""The last acts of people, the newest first."""


class Audit:
    """Adds acts and reads them. Nothing switches it off: an act that cannot be noted fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: AuditEntry, *, again: bool = True) -> None:
        """Note an act. KeyError for an unknown person.

        Not ``again`` where nobody has done anything since the same act. Of an act about a record, what was done to
        records does not count, nor what else is about this one: a page that reads it anew is no second look.
        """
        values = {"act": entry.act.value, "about": entry.about, "note": entry.note, "by_id": entry.by}
        if not again and self._is_last(values):
            return
        with self._database.writing() as connection:
            name, at = name_of(connection, entry.by), self._database.clock.now()
            connection.execute(audit.insert().values(**values, by_name=name, at=at))

    def _is_last(self, values: dict[str, Any]) -> bool:
        with self._database.reading() as connection:
            rows = connection.exec_driver_sql(_LATELY).mappings().all()
        for row in map(dict, rows):
            is_event = row.pop("kind") == "event"
            if row == values:
                return True
            # what is done to a record is done on its page, which reads it anew, perhaps before the next one is open
            if values["about"] is None or not (is_event or row["about"] == values["about"]):
                return False
        return False

    def rows(self, before: int | None = None) -> Iterator[AuditRow]:
        """Yield acts, the newest first, from the one before a number on; each piece is read on its own."""
        while True:
            with self._database.reading() as connection:
                links = _links(connection, before)
                found = list(_told(connection, links))
            yield from found
            if len(links) < _AT_ONCE:
                return
            before = int(links[-1].number)


def _links(connection: sa.Connection, before: int | None) -> Sequence[Any]:
    where = f"kind IN ({_KINDS})" + (" AND number < ?" if before is not None else "")
    text = f"SELECT number, kind, subject, at, note FROM link WHERE {where} ORDER BY number DESC LIMIT {_AT_ONCE}"  # noqa: S608 - own words only
    return connection.exec_driver_sql(text, () if before is None else (before,)).all()


def _told(connection: sa.Connection, links: Sequence[Any]) -> Iterator[AuditRow]:
    acts = {
        kind: _acts(connection, kind, [one.subject for one in links if one.kind == kind]) for kind in _TOLD
    }
    for link in links:
        at = datetime.fromisoformat(link.at)
        if link.kind in _SAID:
            by, note = _said(link)
            yield AuditRow(link.number, at, link.kind, link.kind, None, note, None, by)
            continue
        act = acts[link.kind].get(link.subject)
        if act is None:  # emptied by retention, or taken away: the check of the chain says which
            yield AuditRow(link.number, at, link.kind, MISSING, None, "", None, "")
        else:
            yield AuditRow(link.number, at, link.kind, act.act, act.about, act.note, act.by_id, act.by_name)


def _acts(connection: sa.Connection, kind: str, keys: Sequence[str]) -> dict[str, Any]:
    if not keys:
        return {}
    marks = ", ".join("?" * len(keys))
    found = connection.exec_driver_sql(f"{_TOLD[kind]} WHERE id IN ({marks})", tuple(map(int, keys)))
    return {str(row.id): row for row in found}


def _said(link: Any) -> tuple[str, str]:
    """Return who made a link that says something itself, and what it says as JSON, its subject among it."""
    try:
        told = dict(json.loads(link.note))
    except (ValueError, TypeError):
        told = {}
    return str(told.pop("by", "")), json.dumps({"subject": link.subject, **told}, ensure_ascii=False)
