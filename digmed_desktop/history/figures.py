"""Counts and short lists over the notifications, for Today and the end of the day."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.history.database import Database
from digmed_desktop.history.rows import LISTED, event_row, listed
from digmed_desktop.history.tables import IN_NEED, event, notification
from digmed_desktop.messaging import figures as plain
from digmed_desktop.messaging.parcel import Kind
from digmed_desktop.messaging.states import ANSWERS, IN_TRANSIT, Happening, State

_n = notification.c
_UNSENT = (State.WAITING, State.SENDING, State.CHECKING)
_ANSWERS = tuple(one.value for one in (*ANSWERS, Happening.UNEXPECTED))
_SUPERSEDED = (State.CANCELLED, State.REPLACED, State.WITHDRAWN)
LONGEST_LIST = 50
_ALL = -1
"""No limit, but a bound: the days are found by their own index first, and only then put in groups."""


class Figures:
    """Counts notifications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def today(self, back_since: datetime, days: int = 14) -> plain.Figures:
        """Return what Today shows: answers since ``back_since``, pictures over the last ``days`` days."""
        now = self._database.clock.now()
        since = _start(now.astimezone(ENGLAND).date() - timedelta(days=days - 1))
        in_need, on_way = IN_NEED, sa.and_(_n.state.in_(IN_TRANSIT), _n.need == 0)
        came = sa.and_(event.c.at >= back_since, event.c.happening.in_(_ANSWERS))
        with self._database.reading() as connection:
            back = connection.execute(
                sa.select(event)
                .where(came)
                .order_by(event.c.at.desc(), event.c.id.desc())
                .limit(LONGEST_LIST)
            ).all()
            rows = {
                row.id: listed(row)
                for row in connection.execute(LISTED.where(_n.id.in_({one.notification_id for one in back})))
            }
            return plain.Figures(
                needing=_short(connection, in_need, _n.need.desc(), _n.id),
                needing_count=_count(connection, in_need),
                due=_short(connection, on_way, _n.contact_at, _n.id),
                due_count=_count(connection, on_way),
                back=tuple(plain.CameBack(event_row(one), rows[one.notification_id]) for one in back),
                back_count=connection.scalar(sa.select(sa.func.count()).select_from(event).where(came)) or 0,
                waiting_count=_count(connection, _n.state.in_(_UNSENT)),
                days=_days(connection, since),
                doses=_doses(connection, _n.contact_at >= since),
                spans=_spans(connection, since),
            )

    def day_end(self, day: date) -> plain.DayEnd:
        """Return the summary of a day of contacts."""
        that_day = sa.and_(_n.contact_at >= _start(day), _n.contact_at < _start(day + timedelta(days=1)))
        with self._database.reading() as connection:
            states = connection.execute(
                sa.select(_n.kind, _n.state, sa.func.count().label("n"))
                .where(that_day)
                .group_by(_n.kind, _n.state)
                .order_by(_n.kind, _n.state)
            ).all()
            people = connection.execute(
                sa.select(_n.by_name, sa.func.count().label("n"))
                .where(that_day, _n.state.not_in(_SUPERSEDED))
                .group_by(_n.by_name)
                .order_by(_n.by_name)
            ).all()
            still = sa.and_(that_day, sa.or_(IN_NEED, _n.state.in_(IN_TRANSIT)))
            return plain.DayEnd(
                day=day,
                by_state=tuple((row.kind, row.state, row.n) for row in states),
                by_what=tuple((one.what, one.batch, one.count) for one in _doses(connection, that_day)),
                by_person=tuple((row.by_name, row.n) for row in people),
                open=_short(connection, still, _n.need.desc(), _n.id, limit=500),
                made_at=self._database.clock.now(),
            )


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), ENGLAND)


def _count(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(notification).where(which)) or 0


def _short(
    connection: sa.Connection, which: sa.ColumnElement[bool], *order: Any, limit: int = LONGEST_LIST
) -> tuple[Any, ...]:
    return tuple(listed(row) for row in connection.execute(LISTED.where(which).order_by(*order).limit(limit)))


def _days(connection: sa.Connection, since: datetime) -> tuple[plain.DayCount, ...]:
    hour = sa.func.substr(sa.cast(_n.contact_at, sa.String), 1, 13).label("hour")
    recent = sa.select(hour, _n.state).where(_n.contact_at >= since).limit(_ALL).subquery()
    rows = connection.execute(
        sa.select(recent.c.hour, recent.c.state, sa.func.count().label("n")).group_by(
            recent.c.hour, recent.c.state
        )
    )
    counted: Counter[tuple[date, State]] = Counter()
    for row in rows:
        day = datetime.fromisoformat(f"{row.hour}:00:00+00:00").astimezone(ENGLAND).date()
        counted[day, row.state] += row.n
    return tuple(plain.DayCount(day, state, n) for (day, state), n in sorted(counted.items()))


def _doses(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[plain.Doses, ...]:
    given = (
        sa.select(_n.what, _n.batch)
        .where(
            which,
            _n.kind == Kind.VACCINATION,
            _n.batch != "",
            _n.state.not_in(_SUPERSEDED),
            _n.withdrawal.is_(False),
        )
        .limit(_ALL)
        .subquery()
    )
    rows = connection.execute(
        sa.select(given.c.what, given.c.batch, sa.func.count().label("n"))
        .group_by(given.c.what, given.c.batch)
        .order_by(sa.desc("n"), given.c.what, given.c.batch)
    )
    return tuple(plain.Doses(row.what, row.batch, row.n) for row in rows)


def _spans(connection: sa.Connection, since: datetime) -> tuple[plain.SpanCount, ...]:
    taken: Counter[str] = Counter()
    rows = connection.execute(
        sa.select(_n.contact_at, _n.matched_at).where(_n.contact_at >= since, _n.matched_at.is_not(None))
    )
    for row in rows:
        taken[
            next(s for s, most in plain.SPANS if most is None or row.matched_at - row.contact_at <= most)
        ] += 1
    return tuple(plain.SpanCount(label, taken[label]) for label, _ in plain.SPANS)
