"""Finding notifications among many: words, filters, order, and pages by key.

The words of patient's name, NHS number and batch stand in a table of their own; practices, people and
vaccines, of which there are few, in another, and are found there first. :mod:`finding` says how a page is found.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.history import profile, written
from digmed_desktop.history.database import Database
from digmed_desktop.history.finding import ROLES, Finder
from digmed_desktop.history.readable import read_row, readable
from digmed_desktop.history.rows import COLUMNS, READABLE, shown
from digmed_desktop.history.statements import Query, Statements
from digmed_desktop.history.tables import named, word
from digmed_desktop.messaging.errors import DigMedError, UnreadableRowError
from digmed_desktop.messaging.searching import SavedSearch, Search, SearchLists, Sort, fault_of
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Facts, NotificationRow
from digmed_desktop.untrusted import a_table

_SAVED = "sent-items.saved-searches"
MOST_SAVED = 20
_ROWS = f"SELECT {', '.join(COLUMNS)} FROM notification WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608


def _wanted() -> bool:
    return True


class Searching:
    """Finds notifications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        search: Search,
        after: NotificationRow | None = None,
        limit: int = 100,
        is_wanted: Callable[[], bool] = _wanted,
    ) -> list[NotificationRow]:
        """Return the next ``limit`` notifications of a search, those that come after ``after`` in its order.

        Raises DigMedError for a search that cannot be made, NoLongerWantedError as soon as it is not wanted any more.
        """
        with self._statements(search, is_wanted) as statements:
            numbers = Finder(statements, search).page(after, limit)
            rows = {row[0]: row for row in statements.rows(Query(_ROWS, (json.dumps(numbers),)))}
            return [shown(rows[one]) for one in numbers]

    def count(self, search: Search, most: int | None = None, is_wanted: Callable[[], bool] = _wanted) -> int:
        """Return how many notifications a search finds, counting no further than ``most``.

        Raises DigMedError for a search that cannot be made, NoLongerWantedError as soon as it is not wanted any more.
        """
        with self._statements(search, is_wanted) as statements:
            return Finder(statements, search).count(most)

    @contextmanager
    def _statements(self, search: Search, is_wanted: Callable[[], bool]) -> Iterator[Statements]:
        if fault := fault_of(search):
            raise DigMedError(fault)
        with self._database.reading() as connection, Statements(connection, is_wanted) as statements:
            yield statements

    def count_unreadable(self) -> int:
        """Return how many notifications have a row that cannot be read."""
        with self._database.reading() as connection:
            found = connection.exec_driver_sql(f"SELECT count(*) FROM notification WHERE NOT ({READABLE})")  # noqa: S608
            return int(found.scalar_one())

    def lists(self) -> SearchLists:
        """Return what filters can be set to."""
        with self._database.reading() as connection:
            rows = connection.execute(
                sa.select(named.c.role, named.c.name).order_by(named.c.search_key)
            ).all()
        of = {role: tuple(r.name for r in rows if r.role == role and r.name) for role in ROLES}
        return SearchLists(whats=of["what"], practices=of["practice"], people=of["person"])

    def saved(self) -> tuple[SavedSearch, ...]:
        """Return the searches kept under a name, in the order of their names."""
        with self._database.reading() as connection:
            kept = profile.remembered(connection, _SAVED, a_table) or {}
        names = sorted(kept, key=str.casefold)
        return tuple(readable(lambda name: SavedSearch(name, _search(kept[name])), names))

    def save(self, name: str, search: Search) -> None:
        """Keep a search under a name, in place of one of that name."""
        name = " ".join(name.split())
        if not name or len(name) > 40:
            raise DigMedError("Give the search a name of at most 40 characters.")
        if fault := fault_of(search):
            raise DigMedError(fault)
        with self._database.writing() as connection:
            kept = profile.remembered(connection, _SAVED, a_table) or {}
            if name not in kept and len(kept) >= MOST_SAVED:
                raise DigMedError(f"There are {MOST_SAVED} saved searches already.", "Remove one first.")
            kept[name] = {**_plain(search), "saved_at": self._database.clock.now().isoformat()}
            profile.write(connection, _SAVED, json.dumps(kept, ensure_ascii=False))

    def forget(self, name: str) -> None:
        """Remove a saved search, if there is one of that name."""
        with self._database.writing() as connection:
            forget(connection, name)


def saved_at(connection: sa.Connection) -> dict[str, datetime | None]:
    """Return when each search was saved, by its name; None where that was not noted yet."""
    kept = profile.remembered(connection, _SAVED, a_table) or {}
    return {name: _saved_at(one) for name, one in kept.items()}


def _saved_at(kept: Any) -> datetime | None:
    try:
        return read_row("A saved search", lambda one: datetime.fromisoformat(one["saved_at"]), kept)
    except UnreadableRowError:
        return None


def forget(connection: sa.Connection, name: str) -> None:
    """Remove a saved search, if there is one of that name, inside a transaction."""
    kept = profile.remembered(connection, _SAVED, a_table) or {}
    if kept.pop(name, None) is not None:
        profile.write(connection, _SAVED, json.dumps(kept, ensure_ascii=False))


def index(connection: sa.Connection, notification_id: int, facts: Facts) -> None:
    """Make a notification findable, inside the transaction that stores it."""
    if words := words_of(facts):
        connection.execute(
            word.insert(), [{"word": one, "notification_id": notification_id} for one in words]
        )
    for role, name in (("practice", facts.practice_name), ("person", facts.by), ("what", facts.what)):
        row = insert(named).values(
            role=role, name=name, search_key=" " + written.search_key(f"{name} {_code(role, facts)}")
        )
        connection.execute(row.on_conflict_do_nothing(index_elements=["role", "name"]))


def words_of(facts: Facts) -> list[str]:
    """Return the words under which a notification is found: name, NHS number, batches."""
    words = {
        *written.search_key(facts.patient_name).split(),
        facts.nhs_number,
        *(written.search_key(one).replace(" ", "") for one in facts.batch.split(",")),
    }
    return sorted(words - {""})


def _code(role: str, facts: Facts) -> str:
    return facts.practice_ods if role == "practice" else ""


def _plain(search: Search) -> dict[str, Any]:
    return {
        "text": search.text,
        "states": sorted(search.states),
        "kinds": sorted(search.kinds),
        "what": search.what,
        "since": search.since.isoformat() if search.since else None,
        "until": search.until.isoformat() if search.until else None,
        "only_needing": search.only_needing,
        "sort": search.sort,
        "descending": search.descending,
    }


def _search(kept: dict[str, Any]) -> Search:
    return Search(
        text=kept["text"],
        states=frozenset(State(one) for one in kept["states"]),
        kinds=frozenset(Kind(one) for one in kept["kinds"]),
        what=kept["what"],
        since=date.fromisoformat(kept["since"]) if kept["since"] else None,
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
        only_needing=kept["only_needing"],
        sort=Sort(kept["sort"]),
        descending=kept["descending"],
    )
