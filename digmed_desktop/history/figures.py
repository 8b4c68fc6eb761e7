"""Counts and short lists over the notifications, for Today and the end of the day."""

import contextlib
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.history.database import Database
from digmed_desktop.history.rows import IN_FORCE, IS_DOSE, LISTED, event_row, listed
from digmed_desktop.history.tables import IN_NEED, event, moment, notification
from digmed_desktop.messaging import figures as plain
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import ANSWERS, IN_TRANSIT, UNSENT, UNSIGNED, UNTOLD, Happening, State

_n = notification.c
_ANSWERS = tuple(one.value for one in (*ANSWERS, Happening.UNEXPECTED))
LONGEST_LIST = 50
_STATES = frozenset(one.value for one in State)


class Figures:
    """Counts notifications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def today(self, back_since: datetime, days: int = 14) -> plain.Figures:
        """Return what Today shows: answers since ``back_since``, pictures over the last ``days`` days."""
        now = self._database.clock.now()
        since = _start(now.astimezone(ENGLAND).date() - timedelta(days=days - 1))
        in_need, on_way = IN_NEED, sa.and_(_n.state.in_(IN_TRANSIT), _n.need == 0)
        to_paper = sa.and_(_n.state == State.TO_PAPER, _n.need == 0)
        to_sign = _n.state.in_(UNSIGNED)
        came = sa.and_(event.c.at >= back_since, event.c.happening.in_(_ANSWERS))
        with self._database.reading() as connection:
            spans, half_within = _spans(connection, since)
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
                to_paper=_short(connection, to_paper, _n.contact_at, _n.id),
                to_paper_count=_count(connection, to_paper),
                to_sign=_short(connection, to_sign, _n.contact_at, _n.id),
                to_sign_count=_count(connection, to_sign),
                due=_short(connection, on_way, _n.contact_at, _n.id),
                due_count=_count(connection, on_way),
                back=tuple(plain.CameBack(event_row(one), rows[one.notification_id]) for one in back),
                back_count=connection.scalar(sa.select(sa.func.count()).select_from(event).where(came)) or 0,
                waiting_count=_count(connection, _n.state.in_(UNSENT)),
                days=_days(connection, since),
                doses=_doses(connection, since),
                spans=spans,
                half_within=half_within,
                weeks=_weeks(connection, now.astimezone(ENGLAND).date()),
            )

    def day_end(self, day: date) -> plain.DayEnd:
        """Return the summary of a day of contacts."""
        begins, ends = _start(day), _start(day + timedelta(days=1))
        that_day = sa.and_(_n.contact_at >= begins, _n.contact_at < ends)
        with self._database.reading() as connection:
            states = connection.execute(
                sa.select(_n.kind, _n.state, sa.func.count().label("n"))
                .where(_n.kind.in_(list(Kind)), _n.state.in_(list(State)))
                .where(that_day)
                .group_by(_n.kind, _n.state)
                .order_by(_n.kind, _n.state)
            ).all()
            people = connection.execute(
                sa.select(_n.by_name, sa.func.count().label("n"))
                .where(that_day, sa.text(IN_FORCE))
                .group_by(_n.by_name)
                .order_by(_n.by_name)
            ).all()
            still = sa.and_(that_day, sa.or_(IN_NEED, _n.state.in_(UNTOLD), _n.state.not_in(list(State))))
            return plain.DayEnd(
                day=day,
                by_state=tuple((row.kind, row.state, row.n) for row in states),
                by_what=tuple((one.what, one.batch, one.count) for one in _doses(connection, begins, ends)),
                by_person=tuple((row.by_name, row.n) for row in people),
                open=_short(connection, still, _n.need.desc(), _n.id, limit=500),
                made_at=self._database.clock.now(),
            )


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), ENGLAND)


def _moment(text: str) -> datetime | None:
    with contextlib.suppress(ValueError, TypeError):
        return datetime.fromisoformat(text)
    return None


def _count(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(notification).where(which)) or 0


def _short(
    connection: sa.Connection, which: sa.ColumnElement[bool], *order: Any, limit: int = LONGEST_LIST
) -> tuple[Any, ...]:
    return tuple(listed(row) for row in connection.execute(LISTED.where(which).order_by(*order).limit(limit)))


def _between(
    connection: sa.Connection, what: str, since: datetime, until: datetime | None, more: str = ""
) -> Any:
    """Return columns of the contacts of some days, found by the index of contacts: SQLite cannot know that they
    are few.
    """
    last = "9" if until is None else moment(until)
    return connection.exec_driver_sql(
        f"SELECT {what} FROM notification INDEXED BY notification_by_contact "  # noqa: S608 - own words only
        f"WHERE contact_at >= ? AND contact_at < ?{more}",
        (moment(since), last),
    ).all()


def _days(connection: sa.Connection, since: datetime) -> tuple[plain.DayCount, ...]:
    counted: Counter[tuple[date, State]] = Counter()
    for hour, state in _between(connection, "substr(contact_at, 1, 13), state", since, None):
        at = _moment(f"{hour}:00:00+00:00")
        if at and state in _STATES:  # a row that cannot be read is listed, and in no picture
            counted[at.astimezone(ENGLAND).date(), State(state)] += 1
    return tuple(plain.DayCount(day, state, n) for (day, state), n in sorted(counted.items()))


def _doses(
    connection: sa.Connection, since: datetime, until: datetime | None = None
) -> tuple[plain.Doses, ...]:
    given = f" AND kind = '{Kind.VACCINATION.value}' AND {IS_DOSE}"
    counted = Counter(tuple(row) for row in _between(connection, "what, batch", since, until, given))
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple(plain.Doses(what, batch, n) for (what, batch), n in ordered)


def _weeks(connection: sa.Connection, today: date) -> tuple[plain.WeekDoses, ...]:
    """Return the doses of the last weeks, each beside that of the year before."""
    this = today - timedelta(days=today.weekday())
    begins = [this - timedelta(weeks=n) for n in range(plain.WEEKS - 1, -1, -1)]
    given = f" AND kind = '{Kind.VACCINATION.value}' AND {IS_DOSE}"
    counted: Counter[date] = Counter()
    for back in (timedelta(), plain.YEAR):
        first, last = _start(begins[0] - back), _start(this + timedelta(weeks=1) - back)
        for (hour,) in _between(connection, "substr(contact_at, 1, 13)", first, last, given):
            if at := _moment(f"{hour}:00:00+00:00"):
                day = at.astimezone(ENGLAND).date()
                counted[day - timedelta(days=day.weekday())] += 1
    return tuple(plain.WeekDoses(one, counted[one], counted[one - plain.YEAR]) for one in begins)


def _spans(
    connection: sa.Connection, since: datetime
) -> tuple[tuple[plain.SpanCount, ...], timedelta | None]:
    """Return how long it took until the patient was found, in spans, and what half of them took at most."""
    taken: Counter[str] = Counter()
    all_of_them: list[timedelta] = []
    matched = " AND matched_at IS NOT NULL AND corrects IS NULL AND NOT withdrawal"
    for contact, found in _between(connection, "contact_at, matched_at", since, None, matched):
        begun, ended = _moment(contact), _moment(found)
        if begun and ended:
            took = ended - begun
            all_of_them.append(took)
            taken[next(label for label, most in plain.SPANS if most is None or took <= most)] += 1
    half = sorted(all_of_them)[(len(all_of_them) - 1) // 2] if all_of_them else None
    return tuple(plain.SpanCount(label, taken[label]) for label, _ in plain.SPANS), half
