"""List what can name a patient besides records: unfinished forms, saved searches and unmatched replies."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import load
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.questions.patient import patient_of
from digmed_desktop.clinical.retention_kinds import RecordKind
from digmed_desktop.history import searching, written
from digmed_desktop.history.known_time import sealed_behind
from digmed_desktop.history.readable import read_row
from digmed_desktop.history.replies import OTHER_PROGRAMS
from digmed_desktop.history.sealed_tables import SEALED
from digmed_desktop.history.sealing import REMOVED, Sealer
from digmed_desktop.history.tables import AnyRow, draft, inbox, notification, owed, reply_act
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.replies import Doubt
from digmed_desktop.messaging.retention import Leftover
from digmed_desktop.messaging.states import IN_TRANSIT

NEWEST = "it has the last entry of a list that is numbered on"
WAITS = "a reply needs action"
_OF_REPLY = (
    ("reply_act", "inbox_id = ?"),
    ("sending", "owed_id IN (SELECT id FROM owed WHERE inbox_id = ?)"),
    ("owed", "inbox_id = ?"),
    ("inbox", "mesh_id = ?"),
)
"""Tables that go with a reply, in order."""
_SEALED = {one.table: one for one in SEALED}


def all_of(connection: sa.Connection, now: datetime) -> Iterator[Leftover]:
    """Yield each with the day from which its time counts."""
    for row in connection.execute(draft.select().order_by(draft.c.id)):
        yield _draft(row, now)
    for name, saved_at in searching.saved_at(connection).items():
        last = day_of(saved_at) if saved_at else None
        yield Leftover(RecordKind.SAVED_SEARCH, name, last)
    yield from _replies(connection, sealed_behind(connection, now))


def remove(connection: sa.Connection, sealer: Sealer, gone: Sequence[Leftover], note: dict[str, Any]) -> None:
    """Remove leftovers, with the links that say so of what was sealed, inside the transaction of the caller."""
    for one in gone:
        rule = {"rule": one.kind.value, **note}
        if one.kind is RecordKind.DRAFT:
            connection.execute(draft.delete().where(draft.c.id == one.key))
        elif one.kind is RecordKind.SAVED_SEARCH:
            searching.forget(connection, one.key)
        else:
            _remove_reply(connection, sealer, one.key, rule)


def _draft(row: AnyRow, now: datetime) -> Leftover:
    """Return a form that was begun; one that cannot be read says nothing of whose it is, and stays."""
    last = day_of(row.changed_at)
    try:
        state = read_row("A draft", FormState.from_json, row.answers)
        patient = patient_of(load(row.form), state.answers, now)
    except (UnreadableRowError, KeyError, FileNotFoundError):
        return Leftover(RecordKind.DRAFT, row.id, last, in_use="it cannot be read")
    batches = (text for key, text in state.answers.items() if key.endswith(".batch"))
    return Leftover(
        RecordKind.DRAFT,
        row.id,
        last,
        patient.date_of_birth,
        patient.nhs_number,
        written.search_key(patient.name.as_on_record()),
        frozenset(one.strip().casefold() for one in batches if one.strip()),
    )


def _replies(connection: sa.Connection, behind: Mapping[tuple[str, str], datetime]) -> Iterator[Leftover]:
    """Yield the replies that no notification took; whose they may be is known where they hint at a notification."""
    whose = inbox.outerjoin(notification, notification.c.id == inbox.c.about_id)
    wanted = (
        sa.select(
            inbox.c.mesh_id, inbox.c.kept_at, inbox.c.settled_at, notification.c.nhs_number,
            notification.c.name_key, _waits().label("waits"),
        )
        .select_from(whose)
        .where(inbox.c.notification_id.is_(None))
        .order_by(inbox.c.mesh_id)
    )  # fmt: skip
    owes = set(connection.scalars(sa.select(owed.c.inbox_id).where(owed.c.state.in_(IN_TRANSIT))))
    newest = {
        connection.scalar(sa.select(table.c.inbox_id).order_by(table.c.id.desc()).limit(1))
        for table in (owed, reply_act)
    }
    acts = sa.select(reply_act.c.inbox_id, sa.func.max(reply_act.c.at)).group_by(reply_act.c.inbox_id)
    decided: dict[str, datetime] = dict(map(tuple, connection.execute(acts)))
    for row in connection.execute(wanted):
        in_use = "a reply is owed to the practice" if row.mesh_id in owes else ""
        if row.waits:
            in_use = WAITS
        elif row.mesh_id in newest:
            in_use = in_use or NEWEST
        kept_at = max(row.kept_at, behind.get(("inbox", row.mesh_id), row.kept_at))
        last = max(kept_at, row.settled_at or kept_at, decided.get(row.mesh_id, kept_at))
        yield Leftover(
            RecordKind.UNMATCHED_REPLY,
            row.mesh_id,
            day_of(last),
            nhs_number=row.nhs_number or "",
            name_key=row.name_key or "",
            in_use=in_use,
        )


def _waits() -> sa.ColumnElement[bool]:
    """Whether a reply is still to be read, or waits for a person; what another program waits for does not."""
    doubted = sa.and_(inbox.c.doubt != Doubt.NONE, sa.not_(OTHER_PROGRAMS), inbox.c.settled_at.is_(None))
    return sa.or_(doubted, sa.and_(inbox.c.doubt == Doubt.NONE, inbox.c.applied_at.is_(None)))


def day_of(moment: datetime) -> date:
    """Return the day of a moment in England."""
    return moment.astimezone(dates.ENGLAND).date()


def _remove_reply(connection: sa.Connection, sealer: Sealer, mesh_id: str, note: dict[str, Any]) -> None:
    for table, where in _OF_REPLY:
        if (sealed := _SEALED.get(table)) is not None:
            keys = connection.exec_driver_sql(
                f"SELECT {sealed.key} FROM {table} WHERE {where} ORDER BY {sealed.order}",  # noqa: S608 - own names
                (mesh_id,),
            )
            for key in keys.scalars().all():
                sealer.say(connection, REMOVED, f"{sealed.kind} {key}", note)
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE {where}", (mesh_id,))  # noqa: S608 - own names
