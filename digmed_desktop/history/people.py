"""The people who use the program. Whoever is added or changed is sealed in the chain, counts of wrong PINs are not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.record import Professional
from digmed_desktop.history import written
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import count_unreadable, read_row, readable
from digmed_desktop.history.tables import AnyRow, access_act, link, person
from digmed_desktop.messaging.people import Access, Person, Why

ACCESS_ACT = "access-act"
"""The kind of the links of acts about someone's access."""


class People:
    """Keeps people. Nobody is deleted, because the history names them: who has left is retired."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[int, _Seen] = {}  # by the last act about a person's access

    def all(self) -> list[Person]:
        """Return everyone, those who have left too, in the order they were added."""
        with self._database.reading() as connection:
            access = _acts(connection)
            rows = connection.execute(person.select().order_by(person.c.id))
            return list(readable(lambda row: _person(row, access.get(row.id)), rows))

    def count_unreadable(self) -> int:
        """Return how many people cannot be read."""
        with self._database.reading() as connection:
            access = _acts(connection)
            rows = connection.execute(person.select())
            return count_unreadable(lambda row: _person(row, access.get(row.id)), rows)

    def get(self, person_id: int) -> Person | None:
        """Return one person, or None."""
        with self._database.reading() as connection:
            row = connection.execute(person.select().where(person.c.id == person_id)).first()
            access = _acts(connection).get(person_id)
        return None if row is None else read_row(f"Person {person_id}", lambda one: _person(one, access), row)

    def add(
        self,
        professional: Professional,
        pin_hash: str,
        access: Access | None = None,
        why: Why = Why.CHANGED,
        by: int | None = None,
    ) -> int:
        """Add a person and return the id; ``access`` where it is another than that of the profession."""
        with self._database.writing() as connection:
            made: int = connection.execute(
                person.insert()
                .values(
                    professional=written.of_professional(professional),
                    pin_hash=pin_hash,
                    active=True,
                    failed_tries=0,
                )
                .returning(person.c.id)
            ).scalar_one()
            if access is not None:
                self._give(connection, made, access, why, by)
        return made

    def give(self, person_id: int, access: Access, why: Why, by: int | None) -> None:
        """Say as what a person works here from now on. KeyError when there is no such person."""
        with self._database.writing() as connection:
            self._give(connection, person_id, access, why, by)

    def has_seen(self, person_id: int, moment: datetime) -> bool:
        """Whether anything was sealed at a moment or after it, since it was last said as what a person works here.

        A clock that is set back does not bring back a day that the records have seen.
        """
        with self._database.reading() as connection:
            mine = sa.select(sa.func.max(access_act.c.id)).where(access_act.c.person_id == person_id)
            act = connection.scalar(mine)
            if act is None:
                return False
            seen = self._seen.get(act) or _Seen(_number_of(connection, act), None)
            later = sa.select(sa.func.max(link.c.number), sa.func.max(link.c.at, type_=link.c.at.type)).where(
                link.c.number > seen.number
            )
            number, at = connection.execute(later).one()
        if number is not None:
            seen = _Seen(number, max(one for one in (at, seen.at) if one is not None))
        self._seen[act] = seen
        return seen.at is not None and seen.at >= moment

    def _give(
        self, connection: sa.Connection, person_id: int, access: Access, why: Why, by: int | None
    ) -> None:
        name_of(connection, person_id)
        connection.execute(
            access_act.insert().values(
                person_id=person_id,
                manager=access.manager,
                until=access.until.isoformat() if access.until else None,
                why=why.value,
                by_id=by,
                by_name=name_of(connection, by),
                at=self._database.clock.now(),
            )
        )

    def update(
        self, person_id: int, professional: Professional | None = None, pin_hash: str | None = None
    ) -> None:
        """Change details or PIN; a new PIN also ends a lock. KeyError when there is no such person."""
        values: dict[str, Any] = {}
        if professional is not None:
            values["professional"] = written.of_professional(professional)
        if pin_hash is not None:
            values |= {"pin_hash": pin_hash, "failed_tries": 0, "locked_until": None}
        if values:
            self._change(person_id, values)

    def retire(self, person_id: int) -> None:
        """Take a person off the list of those who may act. KeyError when there is no such person."""
        self._change(person_id, {"active": False})

    def restore(self, person_id: int) -> None:
        """Put a person who had left back on the list. KeyError when there is no such person."""
        self._change(person_id, {"active": True})

    def note_wrong_pin(self, person_id: int, until: datetime | None) -> int:
        """Count a wrong PIN, lock until a time or not, and return how many there were in a row."""
        with self._database.writing() as connection:
            tries = connection.scalar(
                person.update()
                .where(person.c.id == person_id)
                .values(failed_tries=person.c.failed_tries + 1, locked_until=until)
                .returning(person.c.failed_tries)
            )
        if tries is None:
            raise KeyError(person_id)
        return int(tries)

    def note_right_pin(self, person_id: int) -> None:
        """Forget the wrong PINs. KeyError when there is no such person."""
        self._change(person_id, {"failed_tries": 0, "locked_until": None})

    def _change(self, person_id: int, values: dict[str, Any]) -> None:
        with self._database.writing() as connection:
            done = connection.execute(person.update().where(person.c.id == person_id).values(values))
            if done.rowcount != 1:
                raise KeyError(person_id)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Remember the last link of the chain that was read, and the latest moment so far."""

    number: int
    at: datetime | None


def _number_of(connection: sa.Connection, act: int) -> int:
    """Return the number of the link of an act about someone's access; 0 where it has none."""
    own = sa.select(link.c.number).where(link.c.kind == ACCESS_ACT, link.c.subject == str(act))
    return connection.scalar(own.order_by(link.c.number.desc()).limit(1)) or 0


def _acts(connection: sa.Connection) -> dict[int, AnyRow]:
    """Return the last act about each person."""
    rows = connection.execute(access_act.select().order_by(access_act.c.id))
    return {row.person_id: row for row in rows}


def _access(act: AnyRow | None) -> Access:
    if act is None:
        return Access()
    return Access(act.manager, date.fromisoformat(act.until) if act.until else None)


def _person(row: AnyRow, act: AnyRow | None) -> Person:
    return Person(
        id=row.id,
        professional=written.professional(row.professional),
        pin_hash=row.pin_hash,
        active=row.active,
        failed_tries=row.failed_tries,
        locked_until=row.locked_until,
        access=_access(act),
    )


def name_of(connection: sa.Connection, person_id: int | None) -> str:
    """Return how a person is named in the story, or ``""`` for the program itself. KeyError when unknown."""
    if person_id is None:
        return ""
    text = connection.scalar(sa.select(person.c.professional).where(person.c.id == person_id))
    if text is None:
        raise KeyError(person_id)
    return read_row(f"Person {person_id}", written.professional, text).name.spoken()
