"""Finding the rows of a search among a million: which index is walked, and what is looked at first.

A page is a hundred rows in some order. Where most rows fit, an index in that order is walked until the page is full;
where few fit, those few are taken and sorted. Which of the two is cheap is asked first: an index says in a moment whether
it holds more than so many. A walk that finds too little is broken off after so many steps, and the words are looked up
instead. Sets of numbers are joined here and not in SQL: SQLCipher locks and wipes what SQLite sorts, which takes four
times as long.
"""

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.history import written
from digmed_desktop.history.rows import EACH_STATE
from digmed_desktop.history.statements import Query, Statements, TooLongError
from digmed_desktop.history.tables import moment
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.story import NotificationRow

ROLES = {"practice": "practice_name", "person": "by_name", "what": "what"}
SORTS = {
    Sort.CONTACT: "contact_at",
    Sort.PATIENT: "name_key",
    Sort.WHAT: "what",
    Sort.PRACTICE: "practice_name",
    Sort.STATE: "state",
    Sort.BY: "by_name",
}
_OF_ROLE = {
    "practice": "notification_by_practice",
    "person": "notification_by_person",
    "what": "notification_by_what_and_contact",
}
_IN_ORDER = {
    Sort.RECORDED: "",  # of the table itself
    Sort.CONTACT: "notification_by_contact",
    Sort.PATIENT: "notification_by_name",
    Sort.WHAT: "notification_by_what",
    Sort.PRACTICE: "notification_by_practice",
    Sort.STATE: "notification_by_state",
    Sort.BY: "notification_by_person",
}
_OF_STATE = {
    Sort.RECORDED: "notification_by_state",
    Sort.CONTACT: "notification_by_state_and_contact",
    Sort.PATIENT: "notification_by_state_and_name",
    Sort.WHAT: "notification_by_state_and_what",
    Sort.PRACTICE: "notification_by_state_and_practice",
    Sort.STATE: "notification_by_state",
    Sort.BY: "notification_by_state_and_person",
}
_FEW = 3000
"""So many rows are taken and sorted; of more an index is walked in their order."""
_FEWEST = 200
"""As :data:`_FEW` where the index has nothing to sort by, so that each row is looked up."""
_SOME = 20_000
"""So many words are looked up where a short walk finds too little."""
_SOME_MORE = 60_000
"""So many of a second word, where each row of the first would have to be looked at else."""
_MANY_OF_A_NAME = 20_000
"""As :data:`_FEW` in the order of patients."""
_MANY = 300_000
"""So many words are looked up where a long walk finds too little."""
_STEPS = 120_000
"""After so many steps of SQLite, some milliseconds, a walk that has not filled its page is broken off."""
_FIRST_STEPS = 40_000
"""As :data:`_STEPS` for the first try, before more words are looked up."""
_STEPS_APART = 15_000
"""As :data:`_FIRST_STEPS` in an order in which the words of one row lie far from those of the next."""
_HAS_WORD = (
    "EXISTS (SELECT 1 FROM word INDEXED BY word_of_notification "
    "WHERE word.notification_id = notification.id AND word >= ? AND word < ?)"
)


@dataclass(frozen=True, slots=True, repr=False)
class _Text:
    """A text that is looked for: each word among those of a row, or all of it in the name of one of the few."""

    words: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]

    @property
    def condition(self) -> Query:
        """What a row fulfils that the text finds."""
        words = " AND ".join([_HAS_WORD] * len(self.words))
        values = [bound for one in self.words for bound in written.prefix_range(one)]
        ways = [f"({words})"]
        for role, found in self.names.items():
            ways.append(f"{ROLES[role]} IN ({_places(found)})")
            values += found
        return Query(f"({' OR '.join(ways)})", tuple(values))


@dataclass(frozen=True, slots=True, repr=False)
class _Candidates:
    """The only rows that a text can find; they are ``sure`` where each of them is found."""

    numbers: set[int]
    sure: bool


class Finder:
    """Finds the rows of one search within one transaction."""

    def __init__(self, statements: Statements, search: Search) -> None:
        self._statements, self._search = statements, search
        self._filters = tuple(_filters(search))
        self._text, self._finds_nothing = self._read_text()

    def page(self, after: NotificationRow | None, limit: int) -> list[int]:
        """Return the numbers of the next ``limit`` rows, those after ``after``, in order."""
        if self._finds_nothing:
            return []
        if self._text is None:
            return self._walked(after, limit)
        in_sequence = self._search.sort in (Sort.RECORDED, Sort.CONTACT)
        few = self._candidates(_FEW)
        first, second = (_FIRST_STEPS, _STEPS) if in_sequence else (_STEPS_APART, 0)
        for steps, most in ((first, _SOME), (second, _MANY)):
            if few is not None:
                break
            try:
                return self._walked(after, limit, self._text.condition, steps=steps)
            except TooLongError:
                few = self._candidates(most)
        if few is None:
            return self._walked(after, limit, self._text.condition)
        return self._among(few, after, limit)

    def count(self, most: int | None) -> int:
        """Return how many rows there are, counting no further than ``most``."""
        if self._finds_nothing:
            return 0
        if self._text is None:
            return self._counted(most)
        few = self._candidates(_FEW)
        if few is None:
            if most is not None and not self._filters and self._is_of_more(most):
                return most
            try:
                return self._counted(most, self._text.condition, steps=_STEPS)
            except TooLongError:
                few = self._candidates(_MANY)
        if few is None:
            return self._counted(most, self._text.condition)
        if few.sure and not self._filters:
            return len(few.numbers) if most is None else min(most, len(few.numbers))
        if len(few.numbers) <= _FEW:
            return self._counted_among(sorted(few.numbers), few, most)
        self._statements.one_of(few.numbers)
        return self._counted(most, *self._left_to_ask(few, Query("digmed_found(notification.id)")))

    # ---- the text

    def _read_text(self) -> tuple[_Text | None, bool]:
        """Return the text to look for, and whether it can find nothing."""
        text = self._search.text
        words = typed(text)
        if not words:
            return None, bool(text.strip())  # nothing but signs that no name, number or batch has
        each = written.search_key(text).split()
        has = " AND ".join(["instr(search_key, ?)"] * len(each))
        named = Query(f"SELECT role, name FROM named WHERE {has}", tuple(f" {one}" for one in each))  # noqa: S608
        rows = self._statements.rows(named)
        names = {role: tuple(name for of, name in rows if of == role) for role in ROLES}
        return _Text(words, {role: found for role, found in names.items() if found}), False

    def _candidates(self, most: int) -> _Candidates | None:
        """Return the rows that the text can find, or None where every word of it is in more than ``most``."""
        assert self._text is not None  # noqa: S101 - only asked with a text
        found: set[int] | None = None
        sure = True
        common = []
        for one in self._text.words:
            having = self._with_word(one, most)
            if having is None:
                common.append(one)
            else:
                found = having if found is None else found & having
        if found is None:
            return None
        for one in common:
            having = self._with_word(one, _SOME_MORE) if len(found) > _FEWEST else None
            sure = sure and having is not None
            found = found if having is None else found & having
        for role, names in self._text.names.items():
            named = self._statements.numbers(_of_names(role, names, most + 1))
            if len(named) > most:
                return None
            found = found.union(named)
        return _Candidates(found, sure)

    def _with_word(self, beginning: str, most: int) -> set[int] | None:
        """Return the rows that have a word that begins so, or None where more than ``most`` words do."""
        wanted = Query(
            "SELECT notification_id FROM word WHERE word >= ? AND word < ? LIMIT ?",
            (*written.prefix_range(beginning), most + 1),
        )
        having = self._statements.numbers(wanted)
        return None if len(having) > most else set(having)

    def _left_to_ask(self, few: _Candidates, *more: Query) -> tuple[Query, ...]:
        """Return what a candidate still has to fulfil."""
        assert self._text is not None  # noqa: S101
        return more if few.sure else (*more, self._text.condition)

    def _among(self, few: _Candidates, after: NotificationRow | None, limit: int) -> list[int]:
        """Return the page of the candidates."""
        if self._search.sort is not Sort.RECORDED:
            return self._among_in_order(few, after, limit)
        numbers, down = few.numbers, self._search.descending
        if after is not None:
            numbers = {one for one in numbers if (one < after.id if down else one > after.id)}
        if few.sure and not self._filters:
            return heapq.nlargest(limit, numbers) if down else heapq.nsmallest(limit, numbers)
        ordered = sorted(numbers, reverse=down)
        return self._statements.numbers(self._of_listed(ordered, few, None, limit))

    def _among_in_order(self, few: _Candidates, after: NotificationRow | None, limit: int) -> list[int]:
        """Return the page of the candidates in another order than they were recorded in."""
        number = len(few.numbers)
        apart = (
            self._search.sort is not Sort.PATIENT
        )  # there, those of one name stand together, perhaps at the end
        is_many = number > (_FEW if apart else _MANY_OF_A_NAME)
        if is_many or (apart and number * number > limit * self._last() // 20):  # then the walk is short
            self._statements.one_of(few.numbers)
            left = self._left_to_ask(few, Query("digmed_found(notification.id)"))
            try:
                return self._walked(after, limit, *left, steps=float("inf") if is_many else _STEPS)
            except TooLongError:
                pass
        return self._statements.numbers(self._of_listed(sorted(few.numbers), few, after, limit))

    def _last(self) -> int:
        """Return the number of the newest row."""
        return self._statements.number(Query("SELECT coalesce(max(id), 0) FROM notification"))

    def _of_listed(
        self, listed: Sequence[int], few: _Candidates, after: NotificationRow | None, limit: int
    ) -> Query:
        """Return the query of those listed that fit; for the order of the records they are in it already."""
        conditions = [*self._filters, *_after(self._search, after), *self._left_to_ask(few)]
        order = "" if self._search.sort is Sort.RECORDED else f" ORDER BY {order_of(self._search)}"
        return Query(
            "SELECT notification.id FROM json_each(?) AS listed CROSS JOIN notification "  # noqa: S608
            f"ON notification.id = listed.value{_where(conditions)}{order} LIMIT ?",
            (json.dumps(listed), *_values(conditions), limit),
        )

    # ---- walking an index

    def _walked(
        self, after: NotificationRow | None, limit: int, *more: Query, steps: float = float("inf")
    ) -> list[int]:
        """Return the page that the best index gives."""
        search = self._search
        conditions = [*_after(search, after), *more]
        ways = [
            self._way(index, [*filters, *conditions], limit)
            for index, filters in self._indexes(in_order=True)
        ]
        if len(ways) == 1:
            return self._statements.numbers(ways[0], steps)
        if search.sort is Sort.STATE:
            return self._one_after_another(ways if not search.descending else ways[::-1], limit, steps)
        each = " UNION ALL ".join(f"SELECT * FROM ({one.sql})" for one in ways)  # noqa: S608
        way = "DESC" if search.descending else "ASC"
        joined = Query(
            f"SELECT of, number FROM ({each}) ORDER BY of {way}, number {way} LIMIT ?",  # noqa: S608
            (*(value for one in ways for value in one.values), limit),
        )
        return self._statements.numbers(joined, steps)

    def _one_after_another(self, ways: Sequence[Query], limit: int, steps: float) -> list[int]:
        """Return the page where all of one way stands before all of the next."""
        found: list[int] = []
        for one in ways:
            if len(found) < limit:
                found += self._statements.numbers(one, steps)
        return found[:limit]

    def _way(self, index: str | None, conditions: Sequence[Query], limit: int) -> Query:
        of = SORTS.get(self._search.sort, "notification.id")
        return Query(
            f"SELECT {of} AS of, notification.id AS number FROM notification {_indexed(index)}"  # noqa: S608
            f"{_where(conditions)} ORDER BY {order_of(self._search)} LIMIT ?",
            (*_values(conditions), limit),
        )

    def _counted(self, most: int | None, *more: Query, steps: float = float("inf")) -> int:
        """Return how many rows the best index finds."""
        number = 0
        for index, filters in self._indexes(in_order=False):
            conditions = [*filters, *more]
            rows = f"SELECT 1 FROM notification {_indexed(index)}{_where(conditions)}"  # noqa: S608
            values = _values(conditions)
            if most is not None:
                rows, values = f"{rows} LIMIT ?", (*values, most - number)
            number += self._statements.number(_how_many(Query(rows, values)), steps)
            if number == most:
                break
        return number

    def _is_of_more(self, most: int) -> bool:
        """Return whether one way of finding alone finds so many, which its index says at once."""
        assert self._text is not None  # noqa: S101
        ways = [_of_names(role, names, most) for role, names in self._text.names.items()]
        if len(self._text.words) == 1:
            word = "SELECT DISTINCT notification_id FROM word WHERE word >= ? AND word < ? LIMIT ?"
            ways.append(Query(word, (*written.prefix_range(self._text.words[0]), most)))
        return any(self._statements.number(_how_many(way)) == most for way in ways)

    def _counted_among(self, listed: Sequence[int], few: _Candidates, most: int | None) -> int:
        inner = self._of_listed(listed, few, None, -1 if most is None else most)
        return self._statements.number(_how_many(inner))

    def _indexes(self, *, in_order: bool) -> Iterator[tuple[str | None, Sequence[Query]]]:
        """Yield the indexes to look into, each with the filters for it: ``""`` for the table, None for SQLite's choice."""
        search, sort = self._search, self._search.sort
        if few := self._few():
            yield few, self._filters
        elif search.states:
            others = [one for one in self._filters if not one.sql.startswith("state ")]
            for state in sorted(search.states):
                yield (
                    _OF_STATE[sort] if in_order else "notification_by_state",
                    (Query("state = ?", (state.value,)), *others),
                )
        elif in_order and sort is Sort.STATE and (search.what or search.since or search.until):
            index = _OF_STATE[Sort.WHAT if search.what else Sort.CONTACT]
            for (state,) in self._statements.rows(Query(EACH_STATE)):
                yield index, (Query("state = ?", (state,)), *self._filters)
        elif search.what and (not in_order or sort is Sort.CONTACT):
            yield "notification_by_what_and_contact", self._filters
        elif search.what and sort is Sort.RECORDED:
            yield "notification_by_what", self._filters
        elif len(search.kinds) == 1 and (not in_order or sort in (Sort.RECORDED, Sort.WHAT)):
            yield f"notification_by_kind{'_and_what' if sort is Sort.WHAT else ''}", self._filters
        elif (search.since or search.until) and (
            not in_order or (sort is Sort.RECORDED and not self._begins_within())
        ):
            yield "notification_by_contact", self._filters
        else:
            yield (_IN_ORDER[sort] if in_order else None), self._filters

    def _few(self) -> str:
        """Return the index of a filter that few rows fit, ``""`` where no filter narrows so much."""
        search = self._search
        if search.only_needing:
            return "notification_in_need"
        narrow = (
            ("contact_at ", "notification_by_contact", _FEW, (Sort.CONTACT, Sort.STATE)),
            ("what ", "notification_by_what", _FEW, (Sort.RECORDED, Sort.CONTACT, Sort.WHAT, Sort.STATE)),
            ("kind ", "notification_by_kind", _FEWEST, (Sort.RECORDED, Sort.WHAT)),
        )
        for beginning, index, most, has_order in narrow:
            conditions = [one for one in self._filters if one.sql.startswith(beginning)]
            if not conditions or search.sort in has_order:
                continue
            rows = f"SELECT 1 FROM notification INDEXED BY {index}{_where(conditions)} LIMIT ?"  # noqa: S608
            if self._statements.number(_how_many(Query(rows, (*_values(conditions), most + 1)))) <= most:
                return index
        return ""

    def _begins_within(self) -> bool:
        """Return whether the first row of all lies within the dates: then those within are near it."""
        conditions = [one for one in self._filters if one.sql.startswith("contact_at ")]
        first = f"SELECT contact_at FROM notification ORDER BY id {_direction(self._search)} LIMIT 1"  # noqa: S608
        within = Query(f"SELECT 1 FROM ({first}){_where(conditions)}", _values(conditions))  # noqa: S608
        return bool(self._statements.rows(within))


def typed(text: str) -> tuple[str, ...]:
    """Return the search terms: a number or batch without its spaces, or the words."""
    key = written.search_key(text)
    together = key.replace(" ", "")
    if together.isdigit() and together.isascii():
        return (together,)
    return tuple(dict.fromkeys(key.split()))


def order_of(search: Search) -> str:
    """Return the order of a search, as SQL."""
    way, column = _direction(search), SORTS.get(search.sort)
    return ", ".join(f"{one} {way}" for one in (column, "notification.id") if one is not None)


def _direction(search: Search) -> str:
    return "DESC" if search.descending else "ASC"


def _of_names(role: str, names: tuple[str, ...], most: int) -> Query:
    """Return the query of rows that name one of a practice, person or vaccine."""
    return Query(
        f"SELECT id FROM notification INDEXED BY {_OF_ROLE[role]} "  # noqa: S608
        f"WHERE {ROLES[role]} IN ({_places(names)}) LIMIT ?",
        (*names, most),
    )


def _how_many(of: Query) -> Query:
    return Query(f"SELECT count(*) FROM ({of.sql})", of.values)  # noqa: S608


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _indexed(index: str | None) -> str:
    if index is None:
        return ""
    return f"INDEXED BY {index}" if index else "NOT INDEXED"


def _where(conditions: Sequence[Query]) -> str:
    return " WHERE " + " AND ".join(one.sql for one in conditions) if conditions else ""


def _values(conditions: Sequence[Query]) -> tuple[Any, ...]:
    return tuple(value for one in conditions for value in one.values)


def _filters(search: Search) -> Iterator[Query]:
    for column, among in (("state", search.states), ("kind", search.kinds)):
        if among:
            values = tuple(one.value for one in sorted(among))
            yield Query(f"{column} IN ({_places(values)})", values)
    if search.what:
        yield Query("what = ?", (search.what,))
    if search.since:
        yield Query("contact_at >= ?", (_start_of(search.since),))
    if search.until:
        yield Query("contact_at < ?", (_start_of(search.until + timedelta(days=1)),))
    if search.only_needing:
        yield Query("need > 0")


def _start_of(day: date) -> str:
    return moment(datetime.combine(day, time(), ENGLAND))


def _after(search: Search, after: NotificationRow | None) -> Iterator[Query]:
    """Yield the condition for what comes after a row in the search's order."""
    if after is None:
        return
    than = "<" if search.descending else ">"
    column = SORTS.get(search.sort)
    if column is None:
        yield Query(f"notification.id {than} ?", (after.id,))
        return
    if after.unreadable:  # its place in the order is that of what is kept, whatever it is
        place = f"(SELECT {column}, id FROM notification WHERE id = ?)"  # noqa: S608 - own names only
        yield Query(f"({column}, notification.id) {than} {place}", (after.id,))
        return
    values = {
        Sort.CONTACT: moment(after.contact_at),
        Sort.PATIENT: written.search_key(after.patient_name),
        Sort.WHAT: after.what,
        Sort.PRACTICE: after.practice_name,
        Sort.STATE: after.state.value,
        Sort.BY: after.by,
    }
    yield Query(f"({column}, notification.id) {than} (?, ?)", (values[search.sort], after.id))
