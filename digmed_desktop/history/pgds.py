"""The register of patient group directions: acts are only added, and what holds now follows from them."""

import json
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.pgd import Authorised, Direction, PgdRegister
from digmed_desktop.history.database import Database
from digmed_desktop.history.people import name_of
from digmed_desktop.history.readable import read_row
from digmed_desktop.history.tables import AnyRow, pgd_act


class PgdAct(StrEnum):
    """An act of a person on the register."""

    SWITCHED = "switched"
    ENTERED = "entered"
    AUTHORISED = "authorised"
    REMOVED = "removed"  # a person no longer works under it
    WITHDRAWN = "withdrawn"


class Pgds:
    """Keeps the register."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self) -> PgdRegister:
        """Return the register as it stands."""
        with self._database.reading() as connection:
            rows = connection.execute(pgd_act.select().order_by(pgd_act.c.id)).all()
        found = PgdRegister()
        for row in rows:
            found = read_row("The register of patient group directions", partial(_after, found), row)
        return found

    def switch(self, by: int, *, on: bool) -> None:
        """Switch the register on or off."""
        self._add(PgdAct.SWITCHED, {"on": on}, by)

    def enter(self, direction: Direction, by: int) -> int:
        """Enter a direction and return its id."""
        content = {
            "name": direction.name,
            "version": direction.version,
            "valid_from": direction.valid_from.isoformat(),
            "valid_to": direction.valid_to.isoformat(),
            "programme": direction.programme,
        }
        return self._add(PgdAct.ENTERED, content, by)

    def authorise(self, direction: int, who: Authorised, by: int) -> None:
        """Say that a person may work under a direction, and when they signed it."""
        signed = who.signed.isoformat() if who.signed else ""
        self._add(
            PgdAct.AUTHORISED, {"person": who.person, "name": who.name, "signed": signed}, by, direction
        )

    def remove(self, direction: int, person: int, by: int) -> None:
        """Say that a person no longer works under a direction."""
        self._add(PgdAct.REMOVED, {"person": person}, by, direction)

    def withdraw(self, direction: int, by: int) -> None:
        """Say that a direction is no longer worked under."""
        self._add(PgdAct.WITHDRAWN, {}, by, direction)

    def _add(self, act: PgdAct, content: dict[str, Any], by: int, about: int | None = None) -> int:
        with self._database.writing() as connection:
            if about is not None and not connection.scalar(
                sa.select(pgd_act.c.id).where(pgd_act.c.id == about, pgd_act.c.act == PgdAct.ENTERED)
            ):
                raise KeyError(about)
            made: int = connection.execute(
                pgd_act.insert()
                .values(
                    act=act.value,
                    about=about,
                    content=json.dumps(content, ensure_ascii=False, sort_keys=True),
                    by_id=by,
                    by_name=name_of(connection, by),
                    at=self._database.clock.now(),
                )
                .returning(pgd_act.c.id)
            ).scalar_one()
        return made


def _after(register: PgdRegister, row: AnyRow) -> PgdRegister:
    """Return the register after one act. An entry of the same name and version puts the days of the first right."""
    content, day = json.loads(row.content), row.at.astimezone(ENGLAND).date()
    match PgdAct(row.act):
        case PgdAct.SWITCHED:
            return replace(register, on=content["on"])
        case PgdAct.ENTERED:
            return replace(register, directions=_entered(register.directions, row.id, content))
        case act:
            changed = tuple(
                _changed(one, act, content, day) if one.id == row.about else one
                for one in register.directions
            )
            return replace(register, directions=changed)


def _entered(
    directions: tuple[Direction, ...], number: int, content: dict[str, str]
) -> tuple[Direction, ...]:
    made = Direction(
        number,
        content["name"],
        content["version"],
        date.fromisoformat(content["valid_from"]),
        date.fromisoformat(content["valid_to"]),
        content["programme"],
    )
    for place, one in enumerate(directions):
        if (one.title, one.programme) == (made.title, made.programme):
            right = replace(one, valid_from=made.valid_from, valid_to=made.valid_to, withdrawn=None)
            return (*directions[:place], right, *directions[place + 1 :])
    return (*directions, made)


def _changed(direction: Direction, act: PgdAct, content: dict[str, Any], day: date) -> Direction:
    """Return a direction after an act about it; what was so before that day stays so."""
    if act is PgdAct.WITHDRAWN:
        return replace(direction, withdrawn=day)
    mine = [one for one in direction.people if one.person == content["person"] and one.removed is None]
    others = tuple(one for one in direction.people if one not in mine)
    if act is PgdAct.REMOVED:
        return replace(direction, people=(*others, *(replace(one, removed=day) for one in mine)))
    signed = date.fromisoformat(content["signed"]) if content["signed"] else None
    return replace(direction, people=(*others, Authorised(content["person"], content["name"], signed)))
