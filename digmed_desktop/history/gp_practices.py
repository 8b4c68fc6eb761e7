"""The public list of GP practices, imported whole: found by the beginnings of words, codes and postcodes."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from digmed_desktop.clinical.practices import ListedPractice, NotOpen
from digmed_desktop.history import profile, written
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import readable
from digmed_desktop.history.tables import AnyRow, gp_practice, gp_practice_detail, gp_practice_word

_AT_ONCE = 500
_IMPORTED = "practices.imported"
_AT_ONCE_WORDS = 4000
"""Words written in one transaction: some 15 ms, which is how long somebody who records something waits at most."""
_NONE_SO_HIGH = 2**62
_PRACTICE = "INSERT INTO gp_practice (id, ods_code, name_key, closed, successor) VALUES (?, ?, ?, ?, ?)"
_DETAIL = "INSERT INTO gp_practice_detail (practice_id, organisation) VALUES (?, ?)"
_WORD = "INSERT INTO gp_practice_word (word, practice_id) VALUES (?, ?)"
_FORGET = "DELETE FROM gp_practice_word WHERE practice_id BETWEEN ? AND ? LIMIT ?"
_KNOWN_SUCCESSOR = "UPDATE gp_practice SET successor = ? WHERE ods_code = ? AND successor = ''"


class GpPractices:
    """The imported list. Until there is one it is empty, and every search finds nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(
        self, practices: Iterable[ListedPractice], progress: Callable[[int], None] = lambda _n: None
    ) -> int:
        """Put this list in place of the old one and return its length; on any error the old one stays.

        Nobody who records something waits for all of it: the words, of which there are most, are written in pieces
        under numbers that no practice has yet, and found from the moment that the practices are there.

        ``progress`` is told the number read so far. A practice that comes twice counts once, as it came last.
        Successors that were looked up stay known.
        """
        rows: dict[str, ListedPractice] = {}
        count = 0
        for count, one in enumerate(practices, 1):
            rows[one.organisation.ods_code] = one
            if count % _AT_ONCE == 0:
                progress(count)
        now = self._database.clock.now()
        with self._database.reading() as connection:
            last = connection.scalar(sa.select(sa.func.max(gp_practice.c.id))) or 0
        made, details, words = _laid_out(rows, last, now.date())
        self._forget_words(last + 1, _NONE_SO_HIGH)  # of an import that was broken off
        for begin in range(0, len(words), _AT_ONCE_WORDS):
            with self._database.writing() as connection:
                connection.exec_driver_sql(_WORD, words[begin : begin + _AT_ONCE_WORDS])
        with self._database.writing() as connection:
            successors = [
                (row.successor, row.ods_code)
                for row in connection.execute(
                    sa.select(gp_practice.c.ods_code, gp_practice.c.successor).where(
                        gp_practice.c.successor != ""
                    )
                )
                if row.ods_code in rows
            ]
            connection.execute(gp_practice_detail.delete())
            connection.execute(gp_practice.delete())
            if made:
                connection.exec_driver_sql(_PRACTICE, made)
                connection.exec_driver_sql(_DETAIL, details)
            if successors:
                connection.exec_driver_sql(_KNOWN_SUCCESSOR, successors)
            profile.write(connection, _IMPORTED, f'{{"at": "{now:%Y-%m-%d}"}}')
        self._forget_words(0, last)
        progress(count)
        return len(rows)

    def _forget_words(self, first: int, last: int) -> None:
        """Remove the words of practices that are no more, a piece at a time: whoever records something comes between."""
        gone = _AT_ONCE_WORDS
        while gone == _AT_ONCE_WORDS:
            with self._database.writing() as connection:
                gone = connection.exec_driver_sql(_FORGET, (first, last, _AT_ONCE_WORDS)).rowcount

    def search(self, typed: str, limit: int) -> list[ListedPractice]:
        """Return at most ``limit`` practices for which each typed word begins one of their words.

        Words are those of name and town, the ODS code and the postcode. Open ones and those whose name begins
        with what was typed come first.
        """
        key = written.search_key(typed)
        if not written.search_words(typed):
            return []
        query = self.query(key, limit)
        with self._database.reading() as connection:
            return list(readable(_listed, connection.execute(query)))

    @staticmethod
    def query(key: str, limit: int) -> sa.Select[*tuple[Any, ...]]:
        """Return the statement of a search for text that is lowered and without accents."""
        wanted = key.split()
        joined = "".join(wanted)
        word = gp_practice_word.c
        ways = [wanted]
        if len(wanted) == 2 and joined != key and any(c.isdigit() for c in joined):
            ways.append([joined])  # a postcode with its space
        found: list[sa.ColumnElement[bool]] = []
        for way in ways:
            parts = []
            for one in way:
                low, high = written.prefix_range(one)
                parts.append(
                    gp_practice.c.id.in_(
                        sa.select(word.practice_id).where(word.word >= low, word.word < high)
                    )
                )
            found.append(sa.and_(*parts))
        low, high = written.prefix_range(key)
        starts = sa.case((sa.and_(gp_practice.c.name_key >= low, gp_practice.c.name_key < high), 0), else_=1)
        c = gp_practice.c
        best = (
            sa.select(c.id, c.closed, c.successor, c.name_key, c.ods_code, starts.label("starts"))
            .where(sa.or_(*found))
            .order_by(c.closed != "", starts, c.name_key, c.ods_code)
            .limit(limit)
            .subquery()
        )
        return (
            sa.select(best, gp_practice_detail.c.organisation)
            .join(gp_practice_detail, gp_practice_detail.c.practice_id == best.c.id)
            .order_by(best.c.closed != "", best.c.starts, best.c.name_key, best.c.ods_code)
        )

    def of_code(self, ods_code: str) -> ListedPractice | None:
        """Return one practice, or None when the list does not hold it."""
        with self._database.reading() as connection:
            row = connection.execute(
                sa.select(gp_practice, gp_practice_detail.c.organisation)
                .join(gp_practice_detail, gp_practice_detail.c.practice_id == gp_practice.c.id)
                .where(gp_practice.c.ods_code == ods_code)
            ).first()
        return None if row is None else _listed(row)

    def learn_successor(self, ods_code: str, successor: str) -> None:
        """Keep who took over from a practice."""
        with self._database.writing() as connection:
            connection.execute(
                gp_practice.update().where(gp_practice.c.ods_code == ods_code).values(successor=successor)
            )

    def count(self) -> int:
        """Return how many practices the list holds."""
        with self._database.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(gp_practice)) or 0)

    def imported_on(self) -> date | None:
        """Return the day of the last import, or None."""
        with self._database.reading() as connection:
            return profile.remembered(connection, _IMPORTED, lambda found: date.fromisoformat(found["at"]))


_Rows = list[tuple[Any, ...]]


def _laid_out(rows: dict[str, ListedPractice], last: int, today: date) -> tuple[_Rows, _Rows, _Rows]:
    """Return the rows of practices, of their details and of their words, numbered after ``last``."""
    made: _Rows = []
    details: _Rows = []
    words: _Rows = []
    for number, (code, one) in enumerate(sorted(rows.items()), last + 1):
        name_key = written.search_key(one.organisation.name)
        made.append((number, code, name_key, _standing(one, today), one.successor))
        details.append((number, written.of_organisation(one.organisation)))
        words += [(word, number) for word in _words(one)]
    words.sort()
    return made, details, words


def _standing(listed: ListedPractice, today: date) -> str:
    """Return what the column ``closed`` holds. A day that is ahead counts only where nothing else closes it."""
    if listed.open:
        return ""
    ended = listed.why_not_open is NotOpen.ENDED
    if listed.closed_on and (ended or (listed.why_not_open is NotOpen.CLOSED and listed.closed_on <= today)):
        return listed.closed_on.isoformat()
    return NotOpen.CLOSED.value if ended else listed.why_not_open.value


def _words(one: ListedPractice) -> set[str]:
    place = one.organisation.address
    words = set(written.search_key(f"{one.organisation.name} {place.city}").split())
    words.add(written.search_key(one.organisation.ods_code))
    words.add(written.search_key(place.postcode).replace(" ", ""))
    return words - {""}


def _listed(row: AnyRow) -> ListedPractice:
    without_day = row.closed in set(NotOpen)
    return ListedPractice(
        organisation=written.organisation(row.organisation),
        open=not row.closed,
        closed_on=date.fromisoformat(row.closed) if row.closed and not without_day else None,
        successor=row.successor,
        why_not_open=NotOpen(row.closed) if without_day else NotOpen.ENDED,
    )
