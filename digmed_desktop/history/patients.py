"""Patients this pharmacy has seen: their details as last recorded, found by number, name or date of birth."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from digmed_desktop.clinical.identity import facts_left
from digmed_desktop.history import written
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import count_unreadable, read_row, readable
from digmed_desktop.history.tables import AnyRow, patient
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.patients import KnownPatient
from digmed_desktop.untrusted import a_table


class Patients:
    """Remembers patients. Two with one NHS number are one; without a number, name and date of birth together decide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(
        self,
        *,
        family: str,
        given: str,
        nhs_number: str,
        born: date | None,
        answers: Mapping[str, str],
        seen_at: datetime | None = None,
    ) -> int:
        """Keep a patient with the details given last, and return the id; ``seen_at`` is now unless it is named."""
        key = written.search_key(f"{family} {given}")
        values = {
            "nhs_number": nhs_number,
            "family": family,
            "given": given,
            "name_key": key,
            "born": born.isoformat() if born else "",
            "answers": json.dumps(dict(answers), ensure_ascii=False),
            "seen_at": seen_at or self._database.clock.now(),
        }
        with self._database.writing() as connection:
            found = self._same(connection, nhs_number, key, values["born"])
            if found is None:
                new: int = connection.execute(
                    patient.insert().values(**values).returning(patient.c.id)
                ).scalar_one()
                return new
            if not nhs_number:
                values |= self._completed(connection, found, answers)
            connection.execute(patient.update().where(patient.c.id == found).values(**values))
            return found

    @staticmethod
    def _completed(connection: sa.Connection, found: int, answers: Mapping[str, str]) -> dict[str, str]:
        """Return number and answers of a known patient with what a record without a number says: it empties nothing."""
        row = connection.execute(patient.select().where(patient.c.id == found)).one()
        try:
            known: dict[str, str] = read_row("A patient", lambda text: a_table(json.loads(text)), row.answers)
        except UnreadableRowError:
            known = {}
        whole = {**facts_left(known, answers), **answers}
        return {"nhs_number": row.nhs_number, "answers": json.dumps(whole, ensure_ascii=False)}

    def count_unreadable(self) -> int:
        """Return how many patients cannot be read."""
        with self._database.reading() as connection:
            return count_unreadable(_known, connection.execute(patient.select()))

    def forget(self, *, family: str, given: str, nhs_number: str, born: date | None) -> None:
        """Forget the patient with exactly this number; without one, of this name and birth and without a number."""
        whose = patient.c.nhs_number == nhs_number
        if not nhs_number:
            key = written.search_key(f"{family} {given}")
            whose &= sa.and_(patient.c.name_key == key, patient.c.born == (born.isoformat() if born else ""))
        with self._database.writing() as connection:
            connection.execute(patient.delete().where(whose))

    @staticmethod
    def _same(connection: sa.Connection, nhs_number: str, key: str, born: object) -> int | None:
        by_name = sa.and_(patient.c.name_key == key, patient.c.born == born)
        if nhs_number:
            found = connection.scalar(sa.select(patient.c.id).where(patient.c.nhs_number == nhs_number))
            if found is not None:
                return int(found)
            by_name = sa.and_(by_name, patient.c.nhs_number == "")
        if not born:
            return None  # without a number and a birth nobody is the same as anybody
        rows = connection.execute(sa.select(patient.c.id, patient.c.nhs_number).where(by_name)).all()
        if len({row.nhs_number for row in rows} - {""}) > 1:
            return None  # two people of one name and birth
        same = sorted(rows, key=lambda row: (bool(row.nhs_number), row.id))
        return int(same[-1].id) if same else None

    def of_number(self, digits: str, limit: int) -> list[KnownPatient]:
        """Return patients whose NHS number begins with these digits."""
        low, high = written.prefix_range(digits)
        return self._found(sa.and_(patient.c.nhs_number >= low, patient.c.nhs_number < high), limit)

    def born_on(self, day: date, limit: int) -> list[KnownPatient]:
        """Return patients born on a day."""
        return self._found(patient.c.born == day.isoformat(), limit)

    def named(self, names: Sequence[str], limit: int) -> list[KnownPatient]:
        """Return patients with one of these names, last name first, as names are searched."""
        return self._found(patient.c.name_key.in_([written.search_key(one) for one in names]), limit)

    def of_ids(self, ids: Sequence[int]) -> list[KnownPatient]:
        """Return these patients, in this order; those that are not there are left out."""
        by_id = {one.id: one for one in self._found(patient.c.id.in_(ids), len(ids))}
        return [by_id[one] for one in ids if one in by_id]

    def names(self) -> list[tuple[int, str]]:
        """Return every patient's id and name as it is searched, those seen last first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(patient.c.id, patient.c.name_key).order_by(patient.c.seen_at.desc())
            )
            return [(row.id, row.name_key) for row in rows]

    def _found(self, condition: sa.ColumnElement[bool], limit: int) -> list[KnownPatient]:
        query = patient.select().where(condition).order_by(patient.c.seen_at.desc()).limit(limit)
        with self._database.reading() as connection:
            return list(readable(_known, connection.execute(query)))


def _known(row: AnyRow) -> KnownPatient:
    answers = json.loads(row.answers)
    if not isinstance(answers, dict) or not all(isinstance(text, str) for text in answers.values()):
        raise TypeError("no answers")
    return KnownPatient(
        id=row.id,
        family=row.family,
        given=row.given,
        nhs_number=row.nhs_number,
        born=date.fromisoformat(row.born) if row.born else None,
        answers=answers,
        seen_at=row.seen_at,
    )
