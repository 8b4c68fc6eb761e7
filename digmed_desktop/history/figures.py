"""Counts and short lists over the notifications, for Today and the end of the day."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.history.database import Database
from digmed_desktop.history.rows import ASIDE, EACH_STATE, IN_FORCE, IS_DOSE, LISTED, event_row, listed
from digmed_desktop.history.tables import AMONG_IN_NEED, event, moment, notification
from digmed_desktop.messaging import figures as plain
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import ANSWERS, IN_TRANSIT, UNSENT, UNSIGNED, UNTOLD, Happening, State

_n = notification.c
_ANSWERS = tuple(one.value for one in (*ANSWERS, Happening.UNEXPECTED))
LONGEST_LIST = 50
_KINDS, _STATES = ({one.value for one in of} for of in (Kind, State))
_STILL = (
    f"need > 0 OR state IN ({', '.join(repr(one.value) for one in UNTOLD)}) "
    f"OR state NOT IN ({', '.join(repr(one.value) for one in State)})"
)
_COUNT_IN_NEED = f"SELECT count(*) FROM {AMONG_IN_NEED}"  # noqa: S608 - own names only
_MOST_IN_NEED = f"SELECT id FROM {AMONG_IN_NEED} ORDER BY need DESC, id LIMIT {LONGEST_LIST}"  # noqa: S608
_OF_STATE = "notification INDEXED BY notification_by_state_and_contact"
_IN_SPAN = "state = span.state AND contact_at >= span.since AND contact_at < span.until"


class Figures:
    """Counts notifications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def today(self, back_since: datetime, days: int = 14) -> plain.Figures:
        """Return what Today shows: answers since ``back_since``, pictures over the last ``days`` days."""
        now = self._database.clock.now()
        since = _start(now.astimezone(ENGLAND).date() - timedelta(days=days - 1))
        on_way = sa.and_(_n.state.in_(IN_TRANSIT), _n.need == 0)
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
                needing=_in_need(connection),
                needing_count=connection.exec_driver_sql(_COUNT_IN_NEED).scalar_one(),
                to_paper=_short(connection, to_paper, _n.contact_at, _n.id),
                to_paper_count=_count(connection, to_paper),
                to_sign=_short(connection, to_sign, _n.contact_at, _n.id),
                to_sign_count=_count(connection, to_sign),
                due=_short(connection, on_way, _n.contact_at, _n.id),
                due_count=_count(connection, on_way),
                back=tuple(plain.CameBack(event_row(one), rows[one.notification_id]) for one in back),
                back_count=connection.scalar(sa.select(sa.func.count()).select_from(event).where(came)) or 0,
                waiting_count=_count(connection, _n.state.in_(UNSENT)),
                days=_days(connection, since, days),
                doses=_doses(connection, since),
                spans=spans,
                half_within=half_within,
                weeks=_weeks(connection, now.astimezone(ENGLAND).date()),
            )

    def day_end(self, day: date) -> plain.DayEnd:
        """Return the summary of a day of contacts."""
        begins, ends = _start(day), _start(day + timedelta(days=1))
        with self._database.reading() as connection:
            states = Counter(
                (Kind(kind), State(state))
                for kind, state in _between(connection, "kind, state", begins, ends)
                if kind in _KINDS and state in _STATES
            )
            people = Counter(
                name for (name,) in _between(connection, "by_name", begins, ends, f" AND {IN_FORCE}")
            )
            still = [number for (number,) in _between(connection, "id", begins, ends, f" AND ({_STILL})")]
            return plain.DayEnd(
                day=day,
                by_state=tuple((*which, n) for which, n in sorted(states.items())),
                by_what=tuple((one.what, one.batch, one.count) for one in _doses(connection, begins, ends)),
                by_person=tuple(sorted(people.items())),
                open=_short(connection, _n.id.in_(still), _n.need.desc(), _n.id, limit=500),
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


def _states_in_force(connection: sa.Connection) -> list[str]:
    return [one for one in connection.exec_driver_sql(EACH_STATE).scalars() if one not in ASIDE]


def _in_need(connection: sa.Connection) -> tuple[Any, ...]:
    ids = connection.exec_driver_sql(_MOST_IN_NEED).scalars().all()
    return _short(connection, _n.id.in_(ids), _n.need.desc(), _n.id)


_Span = tuple[date, str, datetime, datetime]
"""A day that names it, a state, and the moments from which and before which."""


def _counted(
    connection: sa.Connection, spans: Sequence[_Span], more: str = ""
) -> Iterator[tuple[date, str, int]]:
    """Yield how many rows of a state have their contact in each span, all from one index."""
    if not spans:
        return
    values = [
        value
        for number, (_, state, since, until) in enumerate(spans)
        for value in (number, state, moment(since), moment(until))
    ]
    places = ", ".join(["(?, ?, ?, ?)"] * len(spans))
    rows = connection.exec_driver_sql(
        f"WITH span(number, state, since, until) AS (VALUES {places}) SELECT number, "  # noqa: S608 - own words only
        f"(SELECT count(*) FROM {_OF_STATE} WHERE {_IN_SPAN}{more}) FROM span",
        tuple(values),
    )
    for number, counted in rows:
        if counted:
            yield (*spans[number][:2], counted)


def _days(connection: sa.Connection, since: datetime, days: int) -> tuple[plain.DayCount, ...]:
    """Return how many of each day stand in each state; a row that cannot be read is listed, and in no picture."""
    first = since.astimezone(ENGLAND).date()
    spans = [
        (day, state.value, _start(day), _start(day + timedelta(days=1)))
        for day in (first + timedelta(days=n) for n in range(days))
        for state in State
    ]
    return tuple(
        sorted(
            (plain.DayCount(day, State(state), n) for day, state, n in _counted(connection, spans)),
            key=lambda one: (one.day, one.state),
        )
    )


def _doses(
    connection: sa.Connection, since: datetime, until: datetime | None = None
) -> tuple[plain.Doses, ...]:
    counted: Counter[tuple[str, str]] = Counter()
    for state in _states_in_force(connection):
        rows = connection.exec_driver_sql(
            f"SELECT what, batch FROM {_OF_STATE} "  # noqa: S608 - own words only
            f"WHERE state = ? AND contact_at >= ? AND contact_at < ? AND {IS_DOSE}",
            (state, moment(since), "9" if until is None else moment(until)),
        )
        counted.update(tuple(row) for row in rows)
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple(plain.Doses(what, batch, n) for (what, batch), n in ordered)


def _weeks(connection: sa.Connection, today: date) -> tuple[plain.WeekDoses, ...]:
    """Return the doses of the last weeks, each beside that of the year before."""
    this = today - timedelta(days=today.weekday())
    begins = [this - timedelta(weeks=n) for n in range(plain.WEEKS - 1, -1, -1)]
    states = _states_in_force(connection)
    spans = [
        (week - back, state, _start(week - back), _start(week - back + timedelta(weeks=1)))
        for back in (timedelta(), plain.YEAR)
        for week in begins
        for state in states
    ]
    counted: Counter[date] = Counter()
    for week, _state, n in _counted(connection, spans, f" AND {IS_DOSE}"):
        counted[week] += n
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
