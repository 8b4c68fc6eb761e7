"""Rows of the tables as the plain data that other rooms know."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from digmed_desktop.history.bodies import unpacked
from digmed_desktop.history.readable import read_row
from digmed_desktop.history.tables import AnyRow, inbox, notification, owed, sending
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.sending import ItemKind, Kind
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import (
    NO_TIME,
    UNREADABLE_RECORD,
    NotificationRow,
    Outcome,
    StoryEvent,
    StoryMessage,
)

_n = notification.c


def _as_kept(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """Return the plain type behind a column's own."""
    return column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type


_COLUMNS = (
    _n.id,
    _n.kind,
    _n.state,
    _n.need,
    _n.held,
    _n.corrects,
    _n.withdrawal,
    _n.patient_name,
    _n.nhs_number,
    _n.what,
    _n.batch,
    _n.practice_name,
    _n.practice_ods,
    _n.by_name,
    _n.contact_at,
    _n.changed_at,
    _n.outcome,
    _n.settled_at,
    _n.on_behalf,
)
LISTED = sa.select(*(sa.type_coerce(one, _as_kept(one)).label(one.name) for one in _COLUMNS))
"""The narrow columns of the list, as they are kept: a row whose values nobody knows is shown for what it is."""

COLUMNS = tuple(f"notification.{column.name}" for column in _COLUMNS)
"""Their names, for SQL that is written by hand."""

_KINDS, _STATES = {one.value: one for one in Kind}, {one.value: one for one in State}
_NEEDS = {one.value: one for one in Need}
_OUTCOMES = {one.value: one for one in Outcome}
_AS_MOMENT = "0000-00-00T00:00:00.000000Z".replace("0", "[0-9]")


def _among(column: str, values: Iterable[object]) -> str:
    return f"{column} IN ({', '.join(repr(one) for one in values)})"


READABLE = " AND ".join(
    (
        _among("kind", _KINDS),
        _among("state", _STATES),
        _among("need", _NEEDS),
        _among("outcome", _OUTCOMES),
        f"contact_at GLOB '{_AS_MOMENT}'",
        f"changed_at GLOB '{_AS_MOMENT}'",
        f"(settled_at IS NULL OR settled_at GLOB '{_AS_MOMENT}')",
    )
)
"""SQL: the row has values that this version knows. Its own words only, no text of anybody."""
_moment = datetime.fromisoformat

EACH_STATE = (
    "WITH RECURSIVE each(state) AS (SELECT min(state) FROM notification UNION ALL "
    "SELECT (SELECT min(state) FROM notification WHERE notification.state > each.state) FROM each "
    "WHERE each.state IS NOT NULL) SELECT state FROM each WHERE state IS NOT NULL"
)
"""SQL: the states that there are, in order, by one look into the index for each."""

ASIDE = tuple(one.value for one in (State.CANCELLED, State.REPLACED, State.WITHDRAWN))
"""The states of a record that does not hold."""
_LATER = "SELECT 1 FROM notification AS later WHERE later.corrects = notification.id"
IN_FORCE = (
    f"NOT notification.withdrawal AND notification.state NOT IN ({', '.join(repr(one) for one in ASIDE)}) "
    f"AND NOT EXISTS ({_LATER} AND later.state <> '{State.CANCELLED.value}')"
)
"""SQL: what a record says holds. A correction stands for what it corrects, unless it was cancelled."""

IS_DOSE = f"notification.outcome = '{Outcome.GIVEN.value}' AND {IN_FORCE}"
"""SQL: the record counts as a dose, wherever doses are counted."""

OUTGOING, INCOMING = True, False


def listed(row: AnyRow) -> NotificationRow:
    """Return a row of :data:`LISTED`; one that cannot be read says so, and which it is."""
    return shown(tuple(row)[: len(COLUMNS)])


def strictly(row: AnyRow) -> NotificationRow:
    """Return a row of :data:`LISTED` that somebody acts on. Raises UnreadableRowError."""
    return read_row(f"Notification {row.id}", from_columns, tuple(row)[: len(COLUMNS)])


def shown(row: Sequence[Any]) -> NotificationRow:
    """Return a row of :data:`COLUMNS` for a list; one that cannot be read says so, and which it is."""
    try:
        return read_row("", from_columns, row)
    except UnreadableRowError:
        pass
    kept = dict(zip(COLUMNS, row, strict=True))
    texts = {name: one if isinstance(one, str) else "" for name, one in kept.items()}
    return NotificationRow(
        id=row[0],
        kind=_KINDS.get(kept["notification.kind"], Kind.VACCINATION),
        state=State.DRAFT,
        needs_person=True,
        patient_name=texts["notification.patient_name"],
        nhs_number=texts["notification.nhs_number"],
        what=UNREADABLE_RECORD,
        batch=texts["notification.batch"],
        practice_name=texts["notification.practice_name"],
        practice_ods=texts["notification.practice_ods"],
        by="",
        contact_at=_time(kept["notification.contact_at"]),
        changed_at=_time(kept["notification.changed_at"]),
        unreadable=True,
    )


def _time(kept: Any) -> datetime:
    try:
        return read_row("", _moment, kept).astimezone(UTC)
    except (UnreadableRowError, OverflowError):
        return NO_TIME


def from_columns(row: Sequence[Any]) -> NotificationRow:
    """Return a row of :data:`COLUMNS` as the database keeps it; many times as fast as by name."""
    (
        number, kind, state, need, held, corrects, withdrawal, patient, nhs_number, what, batch, practice, ods, by,
        contact_at, changed_at, outcome, settled_at, on_behalf,
    ) = row  # fmt: skip
    return NotificationRow(
        number, _KINDS[kind], _STATES[state], need > 0, patient, nhs_number, what, batch, practice, ods, by,
        _moment(contact_at), _moment(changed_at), _NEEDS[need], corrects, bool(withdrawal), bool(held),
        _OUTCOMES[outcome], _moment(settled_at) if settled_at else None, bool(on_behalf),
    )  # fmt: skip


def event_row(row: AnyRow) -> StoryEvent:
    """Return one event of a story."""
    return StoryEvent(
        at=row.at, happening=row.happening, state=row.state, by=row.by_name, code=row.code, note=row.note
    )


def messages(connection: sa.Connection, of: int, kept: AnyRow, sent: AnyRow | None) -> Iterator[StoryMessage]:
    """Yield the messages of a story: ours, what came back, and what we owed for it, each in its turn."""
    if kept.body is not None:
        mesh_id = (sent.mesh_id or "") if sent else ""
        yield StoryMessage(kept.made_at, OUTGOING, "Notification", unpacked(kept.body, kept.sha256), mesh_id)
    came = connection.execute(
        inbox.select().where(inbox.c.notification_id == of).order_by(inbox.c.kept_at, inbox.c.mesh_id)
    )
    for row in came.all():
        title = "Response" if row.kind is ItemKind.DATA else f"MESH report {row.status_code}".strip()
        yield StoryMessage(row.received_at or row.kept_at, INCOMING, title, row.body, row.mesh_id)
        for answer in connection.execute(
            sa.select(owed.c.body, sending.c.mesh_id, sending.c.posted_at)
            .join(sending, sending.c.owed_id == owed.c.id)
            .where(owed.c.inbox_id == row.mesh_id)
        ):
            at = answer.posted_at or row.kept_at
            yield StoryMessage(at, OUTGOING, "Answer to the response", answer.body, answer.mesh_id or "")
