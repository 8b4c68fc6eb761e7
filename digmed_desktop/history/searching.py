"""Finding notifications among many: words, filters, order, and pages by key.

The words of patient's name, NHS number and batch stand in a table of their own; practices, people and
vaccines, of which there are few, in another, and are found there first. Each way of finding gives its own
first page under the same filters and order, and the pages are joined: nothing ever reads all rows.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.history import profile, written
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import read_row, readable
from digmed_desktop.history.rows import COLUMNS, READABLE, shown
from digmed_desktop.history.tables import moment, named, word
from digmed_desktop.messaging.errors import DigMedError, UnreadableRowError
from digmed_desktop.messaging.searching import SavedSearch, Search, SearchLists, Sort, fault_of
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Facts, NotificationRow
from digmed_desktop.untrusted import a_table

_ROLES = {"practice": "practice_name", "person": "by_name", "what": "what"}
_SORTS = {
    Sort.CONTACT: "contact_at",
    Sort.PATIENT: "name_key",
    Sort.WHAT: "what",
    Sort.PRACTICE: "practice_name",
    Sort.STATE: "state",
    Sort.BY: "by_name",
}
_SAVED = "sent-items.saved-searches"
MOST_SAVED = 20


class Searching:
    """Finds notifications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, search: Search, after: NotificationRow | None = None, limit: int = 100
    ) -> list[NotificationRow]:
        """Return the next ``limit`` notifications of a search, those that come after ``after`` in its order.

        Raises DigMedError for a search that cannot be made.
        """
        if fault := fault_of(search):
            raise DigMedError(fault)
        with self._database.reading() as connection:
            wanted = query(search, _names_found(connection, search.text), after, limit)
            if wanted is None:
                return []
            rows = connection.exec_driver_sql(wanted.sql, wanted.values).cursor
            found = rows.fetchall() if rows is not None else []
            return [shown(row) for row in found]

    def count(self, search: Search, most: int | None = None) -> int:
        """Return how many notifications a search finds, counting no further than ``most``."""
        if fault := fault_of(search):
            raise DigMedError(fault)
        with self._database.reading() as connection:
            found = _found(search, _names_found(connection, search.text), None, most)
            if found is None:
                return 0
            counted = connection.exec_driver_sql(f"SELECT count(*) FROM ({found.sql})", found.values)  # noqa: S608
            number = int(counted.scalar_one())
            return number if most is None else min(number, most)

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
        of = {role: tuple(r.name for r in rows if r.role == role and r.name) for role in _ROLES}
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


@dataclass(frozen=True, slots=True, repr=False)
class Query:
    """SQL with its values, in their order. Written by hand: a list is asked for at every key that is typed."""

    sql: str
    values: tuple[Any, ...] = ()


def query(
    search: Search, names: Mapping[str, tuple[str, ...]], after: NotificationRow | None, limit: int
) -> Query | None:
    """Return the query of one page, or None when nothing can match. ``names`` are those the text is found in."""
    found = _found(search, names, after, limit)
    if found is None:
        return None
    return Query(
        f"SELECT {', '.join(COLUMNS)} FROM notification WHERE id IN ({found.sql}) "  # noqa: S608 - own names only
        f"ORDER BY {_order(search)} LIMIT ?",
        (*found.values, limit),
    )


def _found(
    search: Search, names: Mapping[str, tuple[str, ...]], after: NotificationRow | None, limit: int | None
) -> Query | None:
    """Return the query of the ids: each way of finding gives its own first ``limit``."""
    typed = _typed(search.text)
    if search.text.strip() and not typed:
        return None  # nothing but signs that no name, number or batch has
    conditions = list(_conditions(search, after))
    ways: list[Query] = [] if typed else [_page("notification", conditions, search, limit)]
    if typed:
        words = _words(typed)
        if conditions or search.sort is not Sort.RECORDED:
            source = f"({words.sql}) AS found CROSS JOIN notification ON notification.id = found.id"
            page = _page(source, conditions, search, limit)
            ways.append(Query(page.sql, (*words.values, *page.values)))
        else:  # the words alone say which are newest
            way = "DESC" if search.descending else "ASC"
            ends = ("", ()) if limit is None else (f" ORDER BY id {way} LIMIT ?", (limit,))
            ways.append(Query(f"SELECT id FROM ({words.sql}){ends[0]}", (*words.values, *ends[1])))  # noqa: S608
    for role, found in names.items():
        if found:
            among = Query(f"{_ROLES[role]} IN ({', '.join('?' * len(found))})", found)
            ways.append(_page("notification", [among, *conditions], search, limit))
    each = " UNION ".join(f"SELECT id FROM ({one.sql})" for one in ways)  # noqa: S608
    return Query(each, tuple(value for one in ways for value in one.values))


def _page(source: str, conditions: Sequence[Query], search: Search, limit: int | None) -> Query:
    where = " AND ".join(one.sql for one in conditions)
    sql = f"SELECT notification.id AS id FROM {source}" + (f" WHERE {where}" if where else "")  # noqa: S608
    values = [value for one in conditions for value in one.values]
    if limit is not None:
        sql += f" ORDER BY {_order(search)} LIMIT ?"
        values.append(limit)
    return Query(sql, tuple(values))


def _words(typed: Sequence[str]) -> Query:
    """Return the ids of those that have a word beginning with each of the typed ones."""
    one = "SELECT DISTINCT notification_id AS id FROM word WHERE word >= ? AND word < ?"
    return Query(
        " INTERSECT ".join([one] * len(typed)),
        tuple(bound for word in typed for bound in written.prefix_range(word)),
    )


def _typed(text: str) -> tuple[str, ...]:
    """Return the search terms: a number or batch without its spaces, or the words."""
    key = written.search_key(text)
    together = key.replace(" ", "")
    if together.isdigit() and together.isascii():
        return (together,)
    return tuple(dict.fromkeys(key.split()))


def _names_found(connection: sa.Connection, text: str) -> dict[str, tuple[str, ...]]:
    """Return the practices, people and vaccines in whose names each typed word begins a word."""
    words = written.search_key(text).split()
    if not words:
        return {}
    has = " AND ".join(["instr(search_key, ?)"] * len(words))
    rows = connection.exec_driver_sql(
        f"SELECT role, name FROM named WHERE {has}",  # noqa: S608
        tuple(f" {one}" for one in words),
    ).all()
    return {role: tuple(name for of, name in rows if of == role) for role in _ROLES}


def _conditions(search: Search, after: NotificationRow | None) -> Iterator[Query]:
    for column, among in (("state", search.states), ("kind", search.kinds)):
        if among:
            values = tuple(one.value for one in sorted(among))
            yield Query(f"{column} IN ({', '.join('?' * len(values))})", values)
    if search.what:
        yield Query("what = ?", (search.what,))
    if search.since:
        yield Query("contact_at >= ?", (_start_of(search.since),))
    if search.until:
        yield Query("contact_at < ?", (_start_of(search.until + timedelta(days=1)),))
    if search.only_needing:
        yield Query("need > 0")
    if after is not None:
        yield _beyond(search, after)


def _start_of(day: date) -> str:
    return moment(datetime.combine(day, time(), ENGLAND))


def _beyond(search: Search, after: NotificationRow) -> Query:
    """Return the condition for what comes after a row in the search's order."""
    than = "<" if search.descending else ">"
    column = _SORTS.get(search.sort)
    if column is None:
        return Query(f"notification.id {than} ?", (after.id,))
    if after.unreadable:  # its place in the order is that of what is kept, whatever it is
        place = f"(SELECT {column}, id FROM notification WHERE id = ?)"  # noqa: S608 - own names only
        return Query(f"({column}, notification.id) {than} {place}", (after.id,))
    values = {
        Sort.CONTACT: moment(after.contact_at),
        Sort.PATIENT: written.search_key(after.patient_name),
        Sort.WHAT: after.what,
        Sort.PRACTICE: after.practice_name,
        Sort.STATE: after.state.value,
        Sort.BY: after.by,
    }
    here = values[search.sort]
    return Query(f"({column}, notification.id) {than} (?, ?)", (here, after.id))


def _order(search: Search) -> str:
    way = "DESC" if search.descending else "ASC"
    column = _SORTS.get(search.sort)
    return ", ".join(f"{one} {way}" for one in (column, "notification.id") if one is not None)


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
