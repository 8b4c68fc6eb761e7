"""Write down events: the only place that changes the state of a notification.

Each happening is one row that is never changed, and the state follows by ``messaging.states.judge``. What
follows for another version of the same notification is written in the same transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history.people import name_of
from digmed_desktop.history.tables import event, notification
from digmed_desktop.messaging.errors import NotAllowedNowError, NotThereError
from digmed_desktop.messaging.states import (
    ACTS,
    ANSWERS,
    UNSIGNED,
    Happening,
    Need,
    Standing,
    State,
    judge,
    may,
)

_ANSWERS = tuple(h.value for h in (*ANSWERS, Happening.UNEXPECTED, Happening.DOUBTED))
NEVER_ON_RECORD = (
    State.REJECTED,
    State.NOT_KNOWN_THERE,
    State.NO_LONGER_THERE,
    State.NOT_DELIVERED,
    State.CANCELLED,
    State.ON_PAPER,
    State.BY_TELEPHONE,
)
"""The practice's system does not have it on the record: a correction of it has nothing to replace."""

_BEGUN_AT = {State.SENT: "sent_at", State.ACCEPTED: "accepted_at", State.MATCHED: "matched_at"}
"""The columns that say since when a notification is in a state."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One happening to write down. ``by`` is the id of a person, None for the program itself."""

    happening: Happening
    code: str = ""
    note: str = ""
    by: int | None = None
    asks: bool = False
    voids_original: bool = False


def standing_of(connection: sa.Connection, notification_id: int) -> Standing:
    """Return where a notification stands; NotThereError when there is none of that id."""
    row = connection.execute(
        sa.select(notification.c.state, notification.c.need).where(notification.c.id == notification_id)
    ).first()
    if row is None:
        raise NotThereError("This notification is not in the data file.")
    heard = connection.execute(
        sa.select(event.c.happening, event.c.code).where(
            event.c.notification_id == notification_id, event.c.happening.in_(_ANSWERS)
        )
    )
    return Standing(row.state, row.need, frozenset((Happening(h), code) for h, code in heard))


def write(connection: sa.Connection, at: datetime, notification_id: int, entry: Entry) -> Standing:
    """Write down what happened, and return where the notification stands now."""
    before = standing_of(connection, notification_id)
    after = judge(before, entry.happening, entry.code, asks=entry.asks)
    connection.execute(
        event.insert().values(
            notification_id=notification_id,
            at=at,
            happening=entry.happening.value,
            state=after.state,
            by_id=entry.by,
            by_name=name_of(connection, entry.by),
            code=entry.code,
            note=entry.note,
        )
    )
    changes: dict[str, Any] = {"state": after.state, "need": after.need, "changed_at": at}
    if after.state is not before.state and (dated := _BEGUN_AT.get(after.state)):
        changes[dated] = at
    if entry.by is not None and entry.happening in ACTS:
        changes["settled_at"] = at
    connection.execute(notification.update().where(notification.c.id == notification_id).values(changes))
    if after.state is not before.state or entry.voids_original:
        _follow(connection, at, notification_id, after.state, entry)
    return after


def write_news(connection: sa.Connection, at: datetime, notification_id: int, entry: Entry) -> Standing:
    """Write down what MESH says of a sending, unless the story since it was claimed says so and nothing changes.

    A look-up and a report may both say that a message was collected: that is one happening.
    """
    before = standing_of(connection, notification_id)
    if judge(before, entry.happening, entry.code, asks=entry.asks) == before:
        of = event.c.notification_id == notification_id
        claimed = sa.select(sa.func.coalesce(sa.func.max(event.c.id), 0)).where(
            of, event.c.happening == Happening.CLAIMED.value
        )
        said = sa.select(event.c.id).where(
            of, event.c.happening == entry.happening.value, event.c.id > claimed.scalar_subquery()
        )
        if connection.execute(said.limit(1)).first() is not None:
            return before
    return write(connection, at, notification_id, entry)


def end_doubt(connection: sa.Connection, notification_id: int, asks: Callable[[str], bool]) -> None:
    """Take back the need that doubted answers raised, once no person has to look at one any more.

    What else asks for a person still does. ``asks`` says whether a code needs a person whatever the state.
    """
    now = standing_of(connection, notification_id)
    rows = connection.execute(
        sa.select(event.c.happening, event.c.code)
        .where(event.c.notification_id == notification_id, event.c.happening != Happening.DOUBTED.value)
        .order_by(event.c.id)
    ).all()
    standing = Standing(State.DRAFT)
    for row in rows:
        is_answer = row.happening in _ANSWERS and row.happening != Happening.UNDELIVERED.value
        standing = judge(standing, Happening(row.happening), row.code, asks=is_answer and asks(row.code))
    if standing.state is now.state and standing.need < now.need:
        connection.execute(
            notification.update().where(notification.c.id == notification_id).values(need=standing.need)
        )


def write_many(
    connection: sa.Connection, at: datetime, entries: Sequence[tuple[int, Entry]]
) -> dict[int, Standing]:
    """Write down happenings of different notifications that the program itself saw, in few statements.

    Each notification at most once; the same as :func:`write` for each of them. Those that change alike are
    changed by one statement: SQLite copies each page that a statement touches, however many rows it changes.
    """
    before = _standings(connection, [of for of, _ in entries])
    after = {of: judge(before[of], entry.happening, entry.code, asks=entry.asks) for of, entry in entries}
    alike: dict[tuple[Entry, State, Need, str], list[int]] = {}
    for of, entry in entries:
        now = after[of]
        dated = _BEGUN_AT.get(now.state, "") if now.state is not before[of].state else ""
        alike.setdefault((entry, now.state, now.need, dated), []).append(of)
    for (entry, state, need, dated), ids in alike.items():
        row = {
            "at": at,
            "happening": entry.happening.value,
            "state": state,
            "by_id": None,
            "by_name": "",
            "code": entry.code,
            "note": entry.note,
        }
        values = [sa.literal(value, event.c[name].type) for name, value in row.items()]
        of_each = sa.select(notification.c.id, *values).where(notification.c.id.in_(ids))
        connection.execute(event.insert().from_select(["notification_id", *row], of_each))
        changes = {"state": state, "need": need, "changed_at": at} | ({dated: at} if dated else {})
        connection.execute(notification.update().where(notification.c.id.in_(ids)).values(changes))
    for of, entry in entries:
        if after[of].state is not before[of].state or entry.voids_original:
            _follow(connection, at, of, after[of].state, entry)
    return after


def _standings(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Standing]:
    heard: dict[int, set[tuple[Happening, str]]] = {of: set() for of in ids}
    for row in connection.execute(
        sa.select(event.c.notification_id, event.c.happening, event.c.code).where(
            event.c.notification_id.in_(ids), event.c.happening.in_(_ANSWERS)
        )
    ):
        heard[row.notification_id].add((Happening(row.happening), row.code))
    wanted = sa.select(notification.c.id, notification.c.state, notification.c.need)
    return {
        row.id: Standing(row.state, row.need, frozenset(heard[row.id]))
        for row in connection.execute(wanted.where(notification.c.id.in_(ids)))
    }


def asked_since_restored(connection: sa.Connection, notification_id: int | None) -> bool | None:
    """Say whether a person was asked about a notification that may be older than the last records.

    None where the records have not gone back since it was last in hand. It may have been cancelled or corrected in the
    records that are gone, so that only a person can have it sent.
    """
    among = (Happening.RESTORED, Happening.CLAIMED, Happening.NOT_FOUND_RESTORED)
    last = connection.scalar(
        sa.select(event.c.happening)
        .where(
            event.c.notification_id == notification_id, event.c.happening.in_([one.value for one in among])
        )
        .order_by(event.c.id.desc())
        .limit(1)
    )
    if last is None or last == Happening.CLAIMED.value:
        return None
    return bool(last == Happening.NOT_FOUND_RESTORED.value)


def act(connection: sa.Connection, at: datetime, notification_id: int, entry: Entry) -> Standing:
    """Write down what a person did; raises NotAllowedNowError when the state does not allow it (any more)."""
    if not may(standing_of(connection, notification_id), entry.happening):
        raise NotAllowedNowError(
            "This is not possible now: the notification has changed in the meantime.",
            "Look at it again and choose from what is offered.",
        )
    return write(connection, at, notification_id, entry)


def _follow(connection: sa.Connection, at: datetime, this: int, state: State, entry: Entry) -> None:
    if state is not State.MATCHED and state not in NEVER_ON_RECORD and not entry.voids_original:
        return  # nothing follows for another version
    replaced, withdrawal = connection.execute(
        sa.select(notification.c.replaces, notification.c.withdrawal).where(notification.c.id == this)
    ).one()
    held = connection.scalars(
        sa.select(notification.c.id).where(
            notification.c.replaces == this,
            notification.c.held.is_(True),
            notification.c.state.in_((State.WAITING, *UNSIGNED)),
        )
    ).all()
    if state is State.MATCHED:
        for newer in held:
            connection.execute(notification.update().where(notification.c.id == newer).values(held=False))
            write(connection, at, newer, Entry(Happening.RELEASED))
        if replaced is not None:
            done = Happening.WITHDRAWN if withdrawal else Happening.REPLACED
            write(connection, at, replaced, Entry(done))
    elif state in NEVER_ON_RECORD:
        for newer in held:
            write(connection, at, newer, Entry(Happening.ORIGINAL_FAILED))
    if entry.voids_original and replaced is not None:
        write(connection, at, replaced, Entry(Happening.VOIDED, entry.code, entry.note))
