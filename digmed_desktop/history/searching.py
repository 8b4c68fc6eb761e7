"""Finding notifications among many: words, filters, order, and pages by key.

The words of patient's name, NHS number and batch stand in a table of their own; practices, people and
vaccines, of which there are few, in another, and are found there first. Each way of finding gives its own
first page under the same filters and order, and the pages are joined: nothing ever reads all rows.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.history import profile, written
from digmed_desktop.history.database import Database
from digmed_desktop.history.rows import LISTED, listed
from digmed_desktop.history.tables import metadata, notification
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.parcel import Kind
from digmed_desktop.messaging.searching import SavedSearch, Search, SearchLists, Sort, fault_of
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Facts, NotificationRow

word = Table(
    "word",
    metadata,
    Column("word", Text, primary_key=True),
    Column("notification_id", ForeignKey("notification.id"), primary_key=True),
    sqlite_with_rowid=False,
)

named = Table(  # the few practices, people and vaccines that notifications name
    "named",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("role", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("search_key", Text, nullable=False),
    Index("named_once", "role", "name", unique=True),
)

_n = notification.c
_ROLES = {"practice": _n.practice_name, "person": _n.by_name, "what": _n.what}
_SORTS: dict[Sort, Any] = {
    Sort.CONTACT: _n.contact_at,
    Sort.PATIENT: _n.name_key,
    Sort.WHAT: _n.what,
    Sort.PRACTICE: _n.practice_name,
    Sort.STATE: _n.state,
    Sort.BY: _n.by_name,
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
            wanted = statement(search, _names_found(connection, search.text), after, limit)
            return [listed(row) for row in connection.execute(wanted)] if wanted is not None else []

    def count(self, search: Search, most: int | None = None) -> int:
        """Return how many notifications a search finds, counting no further than ``most``."""
        if fault := fault_of(search):
            raise DigMedError(fault)
        with self._database.reading() as connection:
            found = _found(search, _names_found(connection, search.text), None, most)
            if found is None:
                return 0
            return connection.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0

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
            text = profile.read(connection, _SAVED)
        kept = json.loads(text) if text else {}
        return tuple(SavedSearch(name, _search(kept[name])) for name in sorted(kept, key=str.casefold))

    def save(self, name: str, search: Search) -> None:
        """Keep a search under a name, in place of one of that name."""
        name = " ".join(name.split())
        if not name or len(name) > 40:
            raise DigMedError("Give the search a name of at most 40 characters.")
        if fault := fault_of(search):
            raise DigMedError(fault)
        with self._database.writing() as connection:
            kept = json.loads(profile.read(connection, _SAVED) or "{}")
            if name not in kept and len(kept) >= MOST_SAVED:
                raise DigMedError(f"There are {MOST_SAVED} saved searches already.", "Remove one first.")
            kept[name] = _plain(search)
            profile.write(connection, _SAVED, json.dumps(kept, ensure_ascii=False))

    def forget(self, name: str) -> None:
        """Remove a saved search, if there is one of that name."""
        with self._database.writing() as connection:
            kept = json.loads(profile.read(connection, _SAVED) or "{}")
            if kept.pop(name, None) is not None:
                profile.write(connection, _SAVED, json.dumps(kept, ensure_ascii=False))


def index(connection: sa.Connection, notification_id: int, facts: Facts) -> None:
    """Make a notification findable, inside the transaction that stores it."""
    words = {
        *written.search_key(facts.patient_name).split(),
        facts.nhs_number,
        *(written.search_key(one).replace(" ", "") for one in facts.batch.split(",")),
    } - {""}
    if words:
        connection.execute(
            word.insert(), [{"word": one, "notification_id": notification_id} for one in sorted(words)]
        )
    for role, name in (("practice", facts.practice_name), ("person", facts.by), ("what", facts.what)):
        row = insert(named).values(
            role=role, name=name, search_key=" " + written.search_key(f"{name} {_code(role, facts)}")
        )
        connection.execute(row.on_conflict_do_nothing(index_elements=["role", "name"]))


def _code(role: str, facts: Facts) -> str:
    return facts.practice_ods if role == "practice" else ""


def statement(
    search: Search, names: dict[str, tuple[str, ...]], after: NotificationRow | None, limit: int
) -> sa.Select[Any] | None:
    """Return the query of one page, or None when nothing can match. ``names`` are those the text is found in."""
    found = _found(search, names, after, limit)
    if found is None:
        return None
    ids = found.subquery()
    return LISTED.where(_n.id.in_(sa.select(ids.c.id))).order_by(*_order(search)).limit(limit)


def _found(
    search: Search, names: dict[str, tuple[str, ...]], after: NotificationRow | None, limit: int | None
) -> "sa.Select[tuple[int]] | sa.CompoundSelect[tuple[int]] | None":
    """Return the query of the ids: each way of finding gives its own first ``limit``."""
    typed = _typed(search.text)
    if search.text.strip() and not typed:
        return None  # nothing but signs that no name, number or batch has
    conditions, order = list(_conditions(search, after)), _order(search)
    if not typed:
        return sa.select(_n.id).where(*conditions).order_by(*order).limit(limit)
    ways: list[sa.ColumnElement[bool]] = [sa.and_(*(_n.id.in_(_begins(one)) for one in typed))]
    ways += [_ROLES[role].in_(found) for role, found in names.items() if found]
    pages = [
        sa.select(_n.id).where(way, *conditions).order_by(*order).limit(limit).subquery() for way in ways
    ]
    return sa.union(*(sa.select(one.c.id) for one in pages))


def _typed(text: str) -> tuple[str, ...]:
    """Return what is looked for: a number or batch with its spaces taken out, or the words."""
    key = written.search_key(text)
    together = key.replace(" ", "")
    if together.isdigit() and together.isascii():
        return (together,)
    return tuple(dict.fromkeys(key.split()))


def _begins(typed: str) -> sa.Select[tuple[int]]:
    first, end = written.prefix_range(typed)
    return sa.select(word.c.notification_id).where(word.c.word >= first, word.c.word < end)


def _names_found(connection: sa.Connection, text: str) -> dict[str, tuple[str, ...]]:
    """Return the practices, people and vaccines in whose names each typed word begins a word."""
    words = written.search_key(text).split()
    if not words:
        return {}
    wanted = sa.select(named.c.role, named.c.name)
    for one in words:
        wanted = wanted.where(named.c.search_key.contains(f" {one}", autoescape=True))
    rows = connection.execute(wanted).all()
    return {role: tuple(row.name for row in rows if row.role == role) for role in _ROLES}


def _conditions(search: Search, after: NotificationRow | None) -> Iterator[sa.ColumnElement[bool]]:
    if search.states:
        yield _n.state.in_(sorted(search.states))
    if search.kinds:
        yield _n.kind.in_(sorted(search.kinds))
    if search.what:
        yield _n.what == search.what
    if search.since:
        yield _n.contact_at >= _start_of(search.since)
    if search.until:
        yield _n.contact_at < _start_of(search.until + timedelta(days=1))
    if search.only_needing:
        yield _n.need > 0
    if after is not None:
        yield _beyond(search, after)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), ENGLAND)


def _beyond(search: Search, after: NotificationRow) -> sa.ColumnElement[bool]:
    """Return the condition for what comes after a row in the search's order."""
    column = _SORTS.get(search.sort)
    if column is None:
        return _n.id < after.id if search.descending else _n.id > after.id
    values = {
        Sort.CONTACT: after.contact_at,
        Sort.PATIENT: written.search_key(after.patient_name),
        Sort.WHAT: after.what,
        Sort.PRACTICE: after.practice_name,
        Sort.STATE: after.state,
        Sort.BY: after.by,
    }
    here = sa.literal(values[search.sort], column.type)
    if search.descending:
        return sa.or_(column < here, sa.and_(column == here, _n.id < after.id))
    return sa.or_(column > here, sa.and_(column == here, _n.id > after.id))


def _order(search: Search) -> Sequence[sa.ColumnElement[Any]]:
    columns = [one for one in (_SORTS.get(search.sort), _n.id) if one is not None]
    return [column.desc() if search.descending else column.asc() for column in columns]


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
