"""Sendings: what the outbox asks of the store (``messaging.delivery.SendingStore``).

A sending is of a notification, or of an answer that a response asked for; both go the same way through the
same table of transitions. Only the latest sending of a notification speaks for its state.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history import ledger, refusals
from digmed_desktop.history.bodies import unpacked
from digmed_desktop.history.database import Database
from digmed_desktop.history.tables import AMONG_IN_NEED, AnyRow, notification, owed, payload, sending
from digmed_desktop.messaging.delivery import Outcome, Stop, Tracked, Unsure
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import NotThereError
from digmed_desktop.messaging.replies import StoppedPractice
from digmed_desktop.messaging.sending import Receipt, Sending
from digmed_desktop.messaging.states import UNSENT, UNTOLD, Happening, Need, Standing, State, next_state
from digmed_desktop.messaging.story import QueueStanding

_INTERRUPTED = "The program ended while this was being sent."
_AT_ONCE = 500  # rows written in one transaction
_UNSURE = (State.SENDING, State.HANDED_OVER, State.CHECKING)
_NEVER = datetime.min.replace(tzinfo=UTC)
_OF_NOTIFICATION = (
    notification.c.kind,
    notification.c.practice_ods,
    payload.c.subject,
    payload.c.body,
    payload.c.sha256,
)
_MAY_GO = notification.c.practice_ods.not_in(refusals.are_stopped())
"""Deliveries that nothing stops."""
_MAY_GO_OWED = owed.c.notification_id.in_(sa.select(notification.c.id).where(_MAY_GO))
_SURELY_LATE = timedelta(days=60)  # ago: longer than any duty, with every bank holiday
_LONGEST_WAIT = timedelta(days=1)
"""No pause is longer; one that seems to be was written while the computer's clock was wrong."""


def _of_notifications(state: State, *columns: sa.ColumnElement[Any]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .join_from(notification, sending, sending.c.notification_id == notification.c.id)
        .where(notification.c.state == state, sending.c.latest.is_(True))
    )


def _of_owed(state: State, *columns: sa.ColumnElement[Any]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(*columns)
        .join_from(owed, sending, sending.c.owed_id == owed.c.id)
        .where(owed.c.state == state, sending.c.latest.is_(True))
    )


_IS_DUE = sa.or_(
    sending.c.not_before.is_(None),
    sending.c.not_before <= sa.bindparam("now"),
    sending.c.not_before > sa.bindparam("too_far"),
)
# What each round asks is put together once.
_ANSWERS_WAITING = (
    _of_owed(
        State.WAITING,
        *sending.c,
        owed.c.workflow,
        owed.c.body,
        owed.c.notification_id.label("about"),
    )
    .where(_MAY_GO_OWED, _IS_DUE)
    .order_by(owed.c.id)
    .limit(sa.bindparam("most"))
)
_NOTIFICATIONS_WAITING = (
    _of_notifications(State.WAITING, *sending.c, *_OF_NOTIFICATION)
    .join(payload, payload.c.notification_id == notification.c.id)
    .where(notification.c.held.is_(False), _IS_DUE, _MAY_GO)
    .order_by(notification.c.id)
    .limit(sa.bindparam("most"))
)
_UNSURE_IN_TURN = tuple(
    wanted.where(_IS_DUE).order_by(sending.c.not_before, sending.c.id).limit(1)
    for wanted in (
        _of_notifications(State.CHECKING, sending.c.local_id, sending.c.posted_at, notification.c.need),
        _of_owed(State.CHECKING, sending.c.local_id, sending.c.posted_at, sa.literal(0).label("need")),
    )
)


class Deliveries:
    """Keeps sendings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recover(self) -> int:
        """Turn what was being sent when the program ended into what must be looked up; return how many."""
        with self._database.writing() as connection:
            left = [
                *connection.scalars(_of_notifications(State.SENDING, sending.c.local_id)),
                *connection.scalars(_of_owed(State.SENDING, sending.c.local_id)),
            ]
            for local_id in left:
                row = _sending(connection, local_id)
                interrupted = Outcome(local_id, Happening.OUTCOME_UNKNOWN, note=_INTERRUPTED)
                self._note_sendings(connection, [(row.id, interrupted)])
                self._write(connection, row, ledger.Entry(interrupted.happening, note=interrupted.note))
        return len(left)

    def waiting(self, limit: int) -> list[Sending]:
        """Return what is to go out next, answers first, then the oldest, without claiming it."""
        with self._database.reading() as connection:
            found = [
                _sending_of_owed(row)
                for row in connection.execute(_ANSWERS_WAITING, {**self._at(), "most": limit})
            ]
            if len(found) < limit:
                ours = {**self._at(), "most": limit - len(found)}
                found += [
                    _sending_of_notification(row) for row in connection.execute(_NOTIFICATIONS_WAITING, ours)
                ]
        return found

    def claim(self, local_ids: Sequence[str]) -> set[str]:
        """Record that their sending begins now; return those that still waited and are claimed by this."""
        now = self._database.clock.now()
        with self._database.writing() as connection:
            ours = _of_notifications(
                State.WAITING, sending.c.id, sending.c.local_id, notification.c.id.label("of")
            )
            rows = connection.execute(
                ours.where(notification.c.held.is_(False), sending.c.local_id.in_(local_ids), _MAY_GO)
            ).all()
            answers = _of_owed(State.WAITING, sending.c.id, sending.c.local_id, sending.c.owed_id)
            owing = connection.execute(answers.where(sending.c.local_id.in_(local_ids), _MAY_GO_OWED)).all()
            if found := [*rows, *owing]:
                connection.execute(
                    sending.update()
                    .where(sending.c.id.in_([row.id for row in found]))
                    .values(attempts=sending.c.attempts + 1, posted_at=now, not_before=None)
                )
            if rows:
                entry = ledger.Entry(Happening.CLAIMED)
                ledger.write_many(connection, now, [(row.of, entry) for row in rows])
            for row in owing:
                write_owed(connection, row.owed_id, Happening.CLAIMED)
        return {row.local_id for row in found}

    def record_all(self, outcomes: Sequence[Outcome]) -> None:
        """Record what became of several sendings, each at most once, in one step."""
        if not outcomes:
            return
        by_id = {one.local_id: one for one in outcomes}
        with self._database.writing() as connection:
            rows = connection.execute(
                sa.select(
                    sending.c.id, sending.c.local_id, sending.c.notification_id, sending.c.owed_id
                ).where(sending.c.local_id.in_(by_id))
            ).all()
            if len(rows) < len(by_id):
                raise NotThereError("This sending is not in the data file.")
            self._note_sendings(connection, [(row.id, by_id[row.local_id]) for row in rows])
            entries = [
                (row.notification_id, ledger.Entry(one.happening, one.code, one.note))
                for row in rows
                if row.notification_id is not None and (one := by_id[row.local_id])
            ]
            if entries:
                ledger.write_many(connection, self._database.clock.now(), entries)
            for row in rows:
                if row.owed_id is not None:
                    write_owed(connection, row.owed_id, by_id[row.local_id].happening)

    def record(
        self,
        local_id: str,
        happening: Happening,
        *,
        code: str = "",
        note: str = "",
        receipt: Receipt | None = None,
        not_before: datetime | None = None,
    ) -> State:
        """Record what became of it, and return the state it is in."""
        outcome = Outcome(local_id, happening, code, note, receipt, not_before)
        with self._database.writing() as connection:
            row = _sending(connection, local_id)
            if happening is Happening.NOT_FOUND:
                asked = ledger.asked_since_restored(connection, row.notification_id)
                if asked is not None:  # a person decides; MESH may still come to know it
                    later = self._database.clock.now() + _LONGEST_WAIT
                    outcome = replace(outcome, happening=Happening.NOT_FOUND_RESTORED, not_before=later)
                if asked:
                    self._note_sendings(connection, [(row.id, outcome)])
                    return ledger.standing_of(connection, row.notification_id).state
            self._note_sendings(connection, [(row.id, outcome)])
            return self._write(connection, row, ledger.Entry(outcome.happening, code, note))

    def handed_over(self) -> Sequence[str]:
        """Return the local ids of what lies with the MESH client, the oldest first."""
        with self._database.reading() as connection:
            ours = connection.scalars(_of_notifications(State.HANDED_OVER, sending.c.local_id))
            return [*ours, *connection.scalars(_of_owed(State.HANDED_OVER, sending.c.local_id))]

    def may_be_with_client(self) -> Sequence[str]:
        """Return the local ids of all that is neither waiting nor known to be at MESH."""
        with self._database.reading() as connection:
            return [
                local_id
                for state in _UNSURE
                for of in (_of_notifications, _of_owed)
                for local_id in connection.scalars(of(state, sending.c.local_id))
            ]

    def local_id_of(self, notification_id: int) -> str:
        """Return the local id of the latest sending of a notification, or ``""``."""
        wanted = sa.select(sending.c.local_id).where(
            sending.c.notification_id == notification_id, sending.c.latest.is_(True)
        )
        with self._database.reading() as connection:
            return str(connection.scalar(wanted) or "")

    def next_unsure(self) -> Unsure | None:
        """Return the sending to look up next, of those whose time has come."""
        with self._database.reading() as connection:
            for wanted in _UNSURE_IN_TURN:
                row = connection.execute(wanted, self._at()).first()
                if row is not None:
                    doubted = row.need >= Need.UNSENT
                    return Unsure(row.local_id, row.posted_at or _NEVER, doubted=doubted)
        return None

    def look_up_later(self, local_id: str, not_before: datetime, *, begun_now: bool = False) -> None:
        """Look it up again later; ``begun_now`` starts the grace period again."""
        changes: dict[str, Any] = {"not_before": not_before}
        if begun_now:
            changes["posted_at"] = self._database.clock.now()
        with self._database.writing() as connection:
            connection.execute(sending.update().where(sending.c.local_id == local_id).values(changes))

    def surely_there(self) -> str | None:
        """Return the local id of the last sending that MESH is known to have taken, if there is one."""
        wanted = (
            sa.select(sending.c.local_id)
            .where(sending.c.mesh_id.is_not(None))
            .order_by(sending.c.id.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            found: str | None = connection.scalar(wanted)
        return found

    def to_track(self, sent_before: datetime, tracked_before: datetime, limit: int) -> Sequence[Tracked]:
        """Return sendings of notifications whose collection may be asked for, those never asked for first."""
        wanted = (
            sa.select(sending.c.local_id, sending.c.mesh_id)
            .join(notification, notification.c.id == sending.c.notification_id)
            .where(
                notification.c.state == State.SENT,
                sending.c.latest.is_(True),
                sending.c.mesh_id.is_not(None),
                sending.c.posted_at < sent_before,
                sa.or_(sending.c.tracked_at.is_(None), sending.c.tracked_at < tracked_before),
            )
            .order_by(sending.c.tracked_at, sending.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [Tracked(row.local_id, row.mesh_id) for row in connection.execute(wanted)]

    def tracked(self, local_id: str, *, collected: bool) -> None:
        """Record that MESH was asked, and what it said."""
        with self._database.writing() as connection:
            row = _sending(connection, local_id)
            connection.execute(
                sending.update().where(sending.c.id == row.id).values(tracked_at=self._database.clock.now())
            )
            if collected:
                self._write(connection, row, ledger.Entry(Happening.PICKED_UP), ledger.write_news)

    def raise_overdue(self, duty: Duty) -> int:
        """Raise a need for a person for all that is late; return for how many."""
        now = self._database.clock.now()
        n = notification.c
        wanted = sa.select(n.id, n.state, n.need, n.contact_at, n.sent_at, n.accepted_at, n.settled_at).where(
            n.state.in_((*UNTOLD, State.ACCEPTED))
        )
        with self._database.reading() as connection:
            late = [
                (row.id, happening)
                for row in connection.execute(wanted)
                if (happening := _overdue(row, duty, now)) is not None
            ]
        for begin in range(0, len(late), _AT_ONCE):
            some = late[begin : begin + _AT_ONCE]
            with self._database.writing() as connection:
                ledger.write_many(connection, now, [(of, ledger.Entry(happening)) for of, happening in some])
        return len(late)

    def standing(self) -> QueueStanding:
        """Return how many wait and how many need a person."""
        with self._database.reading() as connection:
            return counted(connection)

    def unsure(self) -> int:
        """Return of how many notifications it is not known whether MESH has them."""
        wanted = sa.select(sa.func.count()).where(notification.c.state.in_(_UNSURE))
        with self._database.reading() as connection:
            return connection.scalar(wanted) or 0

    def stopped(self) -> Stop | None:
        """Return why the queue is stopped for good, or None."""
        with self._database.reading() as connection:
            return refusals.stop(connection)

    def stopped_practices(self) -> Sequence[StoppedPractice]:
        """Return the practices that refuse this pharmacy, to which nothing goes out."""
        with self._database.reading() as connection:
            return refusals.stopped(connection)

    def let_go_on(self) -> None:
        """Let sending go on everywhere: a person mended the cause."""
        with self._database.writing() as connection:
            refusals.let_go_on(connection, self._database.clock.now())

    def _at(self) -> dict[str, datetime]:
        """Return what :data:`_IS_DUE` compares with."""
        now = self._database.clock.now()
        return {"now": now, "too_far": now + _LONGEST_WAIT}

    def _note_sendings(self, connection: sa.Connection, outcomes: Sequence[tuple[int, Outcome]]) -> None:
        """Note receipts and pauses. What became unknown may have gone out until now, long after it was claimed."""
        columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for sending_id, outcome in outcomes:
            changes: dict[str, Any] = {"not_before": outcome.not_before}
            if outcome.happening is Happening.OUTCOME_UNKNOWN:
                changes["posted_at"] = self._database.clock.now()
            if outcome.receipt is not None:
                changes["mesh_id"] = outcome.receipt.mesh_id
                if outcome.receipt.recipient:
                    changes["address"] = outcome.receipt.recipient
            columns.setdefault(tuple(changes), []).append({"this": sending_id} | changes)
        for names, rows in columns.items():
            values = {name: sa.bindparam(name, type_=sending.c[name].type) for name in names}
            connection.execute(
                sending.update().where(sending.c.id == sa.bindparam("this")).values(values), rows
            )

    def _write(
        self,
        connection: sa.Connection,
        row: AnyRow,
        entry: ledger.Entry,
        write: Callable[[sa.Connection, datetime, int, ledger.Entry], Standing] = ledger.write,
    ) -> State:
        if row.notification_id is not None:
            return write(connection, self._database.clock.now(), row.notification_id, entry).state
        return write_owed(connection, row.owed_id, entry.happening)


def _sending(connection: sa.Connection, local_id: str) -> AnyRow:
    row = connection.execute(sending.select().where(sending.c.local_id == local_id)).first()
    if row is None:
        raise NotThereError("This sending is not in the data file.")
    return row


def write_owed(connection: sa.Connection, owed_id: int, happening: Happening) -> State:
    """Change the state of an answer that we owe, by the same table as all others, and return it."""
    state: State = connection.execute(sa.select(owed.c.state).where(owed.c.id == owed_id)).scalar_one()
    after = next_state(state, happening) or state
    connection.execute(owed.update().where(owed.c.id == owed_id).values(state=after))
    return after


def _sending_of_owed(row: AnyRow) -> Sending:
    return Sending(
        notification=row.about,
        local_id=row.local_id,
        workflow=row.workflow,
        practice_ods="",
        subject="",
        payload=row.body,
        attempt=row.attempts + 1,
        recipient=row.address,
    )


def _sending_of_notification(row: AnyRow) -> Sending:
    return Sending(
        notification=row.notification_id,
        local_id=row.local_id,
        workflow=row.kind.value,
        practice_ods=row.practice_ods,
        subject=row.subject,
        payload=unpacked(row.body, row.sha256),
        attempt=row.attempts + 1,
        recipient=row.address,
    )


def _overdue(row: AnyRow, duty: Duty, now: datetime) -> Happening | None:
    """Return what is overdue. A person who settled something sets the clock back to that moment.

    A moment that lies ahead was written while the computer's clock was wrong: nothing waits for it to come.
    """

    def begun(*moments: datetime | None) -> datetime:
        right = [one for one in moments if one is not None and one <= now + _LONGEST_WAIT]
        return max(right, default=now - _SURELY_LATE)

    if row.state is State.ACCEPTED:
        late = now >= duty.answer_overdue_from(begun(row.accepted_at, row.settled_at))
        return Happening.ANSWER_OVERDUE if late else None
    if now < duty.overdue_from(begun(row.contact_at, row.settled_at)):
        return None
    out = row.sent_at is not None and row.state in (State.SENT, State.COLLECTED)
    if out and now >= duty.overdue_from(begun(row.contact_at, row.sent_at, row.settled_at)):
        return Happening.ANSWER_OVERDUE
    return Happening.DUTY_OVERDUE if row.need == Need.NOBODY else None


def counted(connection: sa.Connection) -> QueueStanding:
    """Return how many notifications wait and how many need a person."""
    waiting = connection.scalar(sa.select(sa.func.count()).where(notification.c.state.in_(UNSENT)))
    needs = connection.exec_driver_sql(f"SELECT count(*) FROM {AMONG_IN_NEED}").scalar()  # noqa: S608 - own names only
    return QueueStanding(waiting=waiting or 0, needs_person=needs or 0, connected=None)
