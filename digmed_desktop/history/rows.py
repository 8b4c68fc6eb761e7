"""Rows of the tables as the plain data that other rooms know."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history.bodies import unpacked
from digmed_desktop.history.tables import AnyRow, inbox, notification, owed, sending
from digmed_desktop.messaging.parcel import ItemKind, Kind
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import NotificationRow, Outcome, StoryEvent, StoryMessage

_n = notification.c
LISTED = sa.select(
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
"""The narrow columns of the list."""

COLUMNS = tuple(f"notification.{column.name}" for column in LISTED.selected_columns)
"""Their names, for SQL that is written by hand."""

_KINDS, _STATES = {one.value: one for one in Kind}, {one.value: one for one in State}
_NEEDS = {one.value: one for one in Need}
_OUTCOMES = {one.value: one for one in Outcome}
_moment = datetime.fromisoformat

_ASIDE = ", ".join(f"'{one.value}'" for one in (State.CANCELLED, State.REPLACED, State.WITHDRAWN))
_LATER = "SELECT 1 FROM notification AS later WHERE later.corrects = notification.id"
IN_FORCE = (
    f"NOT notification.withdrawal AND notification.state NOT IN ({_ASIDE}) "
    f"AND NOT EXISTS ({_LATER} AND later.state <> '{State.CANCELLED.value}')"
)
"""SQL: what a record says holds. A correction stands for what it corrects, unless it was cancelled."""

IS_DOSE = f"notification.outcome = '{Outcome.GIVEN.value}' AND {IN_FORCE}"
"""SQL: the record counts as a dose, wherever doses are counted."""

OUTGOING, INCOMING = True, False


def listed(row: AnyRow) -> NotificationRow:
    """Return a row of :data:`LISTED`."""
    return NotificationRow(
        id=row.id,
        kind=row.kind,
        state=row.state,
        needs_person=row.need > Need.NOBODY,
        patient_name=row.patient_name,
        nhs_number=row.nhs_number,
        what=row.what,
        batch=row.batch,
        practice_name=row.practice_name,
        practice_ods=row.practice_ods,
        by=row.by_name,
        contact_at=row.contact_at,
        changed_at=row.changed_at,
        need=row.need,
        corrects=row.corrects,
        withdrawal=row.withdrawal,
        held=row.held,
        outcome=row.outcome,
        settled_at=row.settled_at,
        on_behalf=row.on_behalf,
    )


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
