"""The time as far as it is known: what time alone allows is not allowed because somebody set the clock.

The computer's clock can be put forward. MESH tells the time with each answer, and how long the computer has run since
then nobody can set. After a start of the computer, time counts from the last moment that was known, until MESH answers.
A pharmacy that MESH tells nothing has its own clock alone: it is believed once for each start of the computer.
"""

import json
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

import sqlalchemy as sa

from digmed_desktop.history import profile
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import read_row
from digmed_desktop.history.tables import moment

_KNOWN = "time.known"
_TOLD_FOR = timedelta(days=90)
"""A pharmacy that MESH has told nothing for so long of known time is one without MESH."""
_EVERY = timedelta(minutes=10)
_OFF = timedelta(minutes=5)
"""By so much a clock may differ before anybody is asked to set it right."""
_SEALED_BEHIND = (
    "SELECT kind, subject, seen FROM (SELECT kind, subject, at, max(at) OVER (ORDER BY number) AS seen FROM link "
    "WHERE at <= ?) WHERE at < seen"
)
BEHIND = (
    "The clock of this computer was put forward, or the program has not reached MESH since the computer was started. "
    "Check the clock. Check the connection to MESH under Settings."
)


@dataclass(frozen=True, slots=True, repr=False)
class _Known:
    """A moment that had come when the computer had run so long after one of its starts; when MESH last told the time."""

    at: datetime
    running: float
    start: str
    told: datetime | None = None

    def after(self, running: float) -> datetime:
        """Return the moment that has come by now."""
        return _later(self.at, running - self.running)


class KnownTime:
    """Tells the time for acts that must not come too early. Usable from several threads."""

    def __init__(self, database: Database) -> None:
        self._database, self._clock = database, database.clock
        self._lock = threading.Lock()
        self._known = self._by_clock()
        self._kept: _Known | None = None

    def begin(self) -> None:
        """Take what was known before the records were opened, once their tables are there."""
        self._known = self._from_before()

    def now(self) -> datetime:
        """Return the present: never later than the computer's clock, nor than the time that is known to have passed."""
        with self._lock:
            known = self._known
        return min(self._clock.now(), known.after(self._clock.running()))

    def doubt(self) -> str:
        """Return why the present is taken to be earlier than the computer's clock says, ``""`` where it is not."""
        return BEHIND if self._clock.now() - self.now() > _OFF else ""

    def heard(self, at: datetime | None) -> None:
        """Take the time that MESH has told just now; None where it answers and tells none, as through folders."""
        with self._lock:
            if at is None:
                self._known = replace(self._known, told=None)
            else:
                self._known = _Known(at, self._clock.running(), self._clock.start(), at)

    def keep(self) -> None:
        """Keep the time that is known, for the next start of the program; at most every ten minutes."""
        if self._database.sealer.is_refusing:
            return
        with self._lock:
            known, running = self._known, self._clock.running()
        now = replace(known, at=known.after(running), running=running)
        kept = self._kept
        same = kept is not None and (kept.told is None) == (now.told is None)
        if (
            kept is not None
            and same
            and abs(now.at - kept.after(running)) < _OFF
            and now.at - kept.at < _EVERY
        ):
            return
        with self._database.writing() as connection:
            profile.write(connection, _KNOWN, _written(now))
        self._kept = now

    def _by_clock(self) -> _Known:
        return _Known(self._clock.now(), self._clock.running(), self._clock.start())

    def _from_before(self) -> _Known:
        """Return what was known when the records were open before, or the clock where nothing was."""
        with self._database.reading() as connection:
            kept = profile.remembered(connection, _KNOWN, _read)
        running, start = self._clock.running(), self._clock.start()
        if kept is not None and start and start == kept.start and running >= kept.running:
            return kept
        if kept is None or kept.told is None or kept.at - kept.told > _TOLD_FOR:
            return self._by_clock()
        since = (
            running - kept.running if running >= kept.running else running
        )  # at least, whenever it was started
        return _Known(_later(kept.at, since), running, start, kept.told)


def _later(at: datetime, seconds: float) -> datetime:
    """Return a moment so many seconds later, and the last there is where the calendar ends before."""
    try:
        return at + timedelta(seconds=max(0.0, seconds))
    except OverflowError:
        return datetime.max.replace(tzinfo=at.tzinfo)


def sealed_behind(connection: sa.Connection, now: datetime) -> dict[tuple[str, str], datetime]:
    """Return the rows that were sealed while the clock stood behind an earlier link: when that one was made.

    By kind and subject of their links. What lies after ``now`` was stamped by a clock put forward, and says nothing.
    """
    rows = connection.exec_driver_sql(_SEALED_BEHIND, (moment(now),)).all()
    return {(row.kind, row.subject): read_row("A seal", datetime.fromisoformat, row.seen) for row in rows}


def _written(known: _Known) -> str:
    told = known.told.isoformat() if known.told else None
    return json.dumps(
        {"at": known.at.isoformat(), "running": known.running, "start": known.start, "told": told}
    )


def _read(raw: Any) -> _Known:
    told = datetime.fromisoformat(raw["told"]) if raw["told"] is not None else None
    at = datetime.fromisoformat(raw["at"])
    if at.tzinfo is None or (told is not None and told.tzinfo is None):
        raise ValueError("a moment without its offset")
    running = float(raw["running"])
    if not isfinite(running):
        raise ValueError("a time that is not a number of seconds")
    return _Known(at, running, str(raw["start"]), told)
