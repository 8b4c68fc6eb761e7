"""Practices whose systems refuse this pharmacy (20003, 20012): nothing goes there until a person lets it.

When three practices say so within a day, it is the pharmacy's account, and the whole queue stops.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history import profile
from digmed_desktop.history.tables import notification, refusal
from digmed_desktop.messaging.delivery import Stop
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.replies import StoppedPractice
from digmed_desktop.messaging.states import State
from digmed_desktop.untrusted import a_text

STOP = "delivery.stop"
"""The entry of the profile that says why the queue is stopped for good."""
TOO_MANY = 3
WITHIN = timedelta(days=1)
_ALL = Stop(
    "Three practices within a day refused this pharmacy, so nothing more is sent to any.",
    "Ask your onboarding contact at NHS England; then let sending continue under Replies.",
)

_UNKNOWN = Stop(
    "Sending is stopped, and the reason cannot be read from the records.",
    "Run Check everything under Settings; then let sending continue under Replies.",
)


def note(connection: sa.Connection, at: datetime, about: int, code: str) -> None:
    """Record that the practice of a notification refuses this pharmacy, and stop what has to stop."""
    practice = connection.execute(
        sa.select(notification.c.practice_ods, notification.c.practice_name).where(notification.c.id == about)
    ).one()
    connection.execute(
        refusal.insert().values(
            practice_ods=practice.practice_ods,
            practice_name=practice.practice_name,
            code=code,
            said_at=at,
        )
    )
    lately = sa.select(sa.func.count(sa.distinct(refusal.c.practice_ods))).where(
        refusal.c.said_at > at - WITHIN, refusal.c.cleared_at.is_(None)
    )
    if (connection.scalar(lately) or 0) >= TOO_MANY:
        profile.write(connection, STOP, json.dumps([_ALL.sentence, _ALL.remedy]))


def stop(connection: sa.Connection) -> Stop | None:
    """Return why the queue is stopped for good, or None; it stays stopped where the reason cannot be read."""
    try:
        return profile.value(connection, STOP, _stop, "The reason why sending is stopped")
    except UnreadableRowError:
        return _UNKNOWN


def _stop(found: Sequence[Any]) -> Stop:
    happened, remedy = map(a_text, found)
    return Stop(happened, remedy)


def stopped(connection: sa.Connection) -> Sequence[StoppedPractice]:
    """Return the practices to which nothing goes out, with how many notifications wait for each."""
    waiting = (
        sa.select(sa.func.count())
        .where(notification.c.state == State.WAITING, notification.c.practice_ods == refusal.c.practice_ods)
        .scalar_subquery()
    )
    wanted = (
        sa.select(
            refusal.c.practice_ods,
            refusal.c.practice_name,
            refusal.c.code,
            sa.func.max(refusal.c.said_at, type_=refusal.c.said_at.type).label("said_at"),
            waiting.label("waiting"),
        )
        .where(refusal.c.cleared_at.is_(None))
        .group_by(refusal.c.practice_ods)
    )
    return [
        StoppedPractice(row.practice_ods, row.practice_name, row.code, row.said_at, row.waiting)
        for row in connection.execute(wanted)
    ]


def are_stopped() -> sa.Select[tuple[str]]:
    """Return the select of the ODS codes to which nothing goes out."""
    return sa.select(refusal.c.practice_ods).where(refusal.c.cleared_at.is_(None))


def let_go_on(connection: sa.Connection, at: datetime, ods_code: str | None = None) -> None:
    """Let sending to one practice go on, or without ``ods_code`` to all and the queue as well."""
    cleared = refusal.update().where(refusal.c.cleared_at.is_(None)).values(cleared_at=at)
    if ods_code is None:
        profile.remove(connection, STOP)
        connection.execute(cleared)
    else:
        connection.execute(cleared.where(refusal.c.practice_ods == ods_code))
