"""The perfect index of each search: its rows in order, looked up by the search's name. Nothing can be quicker than that.

Made in a process of its own by reading every row and sorting in Python, so it also says what a search must find.
"""

import contextlib
import heapq
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.history.rows import COLUMNS
from digmed_desktop.history.written import search_key
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import IN_TRANSIT, State
from tests.benchmarks.histories import ROOT
from tests.history.samples import KEY, START

DEEP = 400
"""Rows of each search that the index holds; the tests of paging look no further."""
COUNTED = 1000
_ORDERS = {
    Sort.RECORDED: 0, Sort.CONTACT: 1, Sort.PATIENT: 2, Sort.WHAT: 3, Sort.PRACTICE: 4, Sort.STATE: 5, Sort.BY: 6,
}  # fmt: skip
_READ = (
    "SELECT id, contact_at, name_key, what, practice_name, state, by_name, kind, need, nhs_number, batch, practice_ods "
    "FROM notification"
)
_DOWN = (Sort.RECORDED, Sort.CONTACT)


def orders(search: Search) -> dict[str, Search]:
    """Return a search in every order that the list offers, as a click on a column gives it."""
    return {str(sort): replace(search, sort=sort, descending=sort in _DOWN) for sort in Sort}


def filters(whats: tuple[str, ...]) -> dict[str, Search]:
    """Return every filter; ``whats`` are a vaccine that is common and one that is not."""
    day = START.date()
    return {
        "no filter": Search(),
        "matched": Search(states=frozenset({State.MATCHED})),
        "rejected": Search(states=frozenset({State.REJECTED})),
        "on its way": Search(states=frozenset(IN_TRANSIT)),
        "action needed": Search(only_needing=True),
        "vaccinations": Search(kinds=frozenset({Kind.VACCINATION})),
        "supplies": Search(kinds=frozenset({Kind.EMERGENCY_SUPPLY})),
        "a common vaccine": Search(what=whats[0]),
        "a rarer vaccine": Search(what=whats[1]),
        "a day": Search(since=day, until=day),
        "a month": Search(since=day - timedelta(days=30)),
        "a year": Search(since=day - timedelta(days=365)),
        "an old month": Search(since=day - timedelta(days=1500), until=day - timedelta(days=1470)),
    }


def texts(sample: dict[str, str]) -> dict[str, Search]:
    """Return what a person types; ``sample`` has the number and the batch of a notification."""
    batch = search_key(sample["batch"]).replace(" ", "")
    return {
        "name, 1 letter": Search(text="s"),
        "name, 2 letters": Search(text="sm"),
        "name, 3 letters": Search(text="smi"),
        "name, whole": Search(text="smith"),
        "name, rare": Search(text="featherstone"),
        "NHS number": Search(text=sample["nhs_number"]),
        "NHS number, 4 digits": Search(text=sample["nhs_number"][:4]),
        "batch, 2 characters": Search(text=batch[:2]),
        "batch, whole": Search(text=batch),
        "two words": Search(text="smith mary"),
        "two letters": Search(text="s m"),
        "practice": Search(text="ashton"),
        "person": Search(text="john"),
        "nothing": Search(text="xyzzy"),
        "name and state": Search(text="smith", states=frozenset({State.MATCHED})),
        "name, last year": Search(text="smith", since=START.date() - timedelta(days=365)),
    }


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Any]:
    """Open a history as somebody would who writes queries by hand, with its perfect index beside it."""
    connection = sqlcipher.connect(file, isolation_level=None)
    key = f"\"x'{KEY.hex()}'\""
    for pragma in (f"key = {key}", "cache_size = -2000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"ATTACH DATABASE '{_file(file)}' AS perfect KEY {key}")
    yield connection
    connection.close()


BY_HAND = (
    f"SELECT {', '.join(COLUMNS)} FROM perfect.found CROSS JOIN notification ON notification.id = found.id "
    "WHERE found.search = ? AND found.place > ? ORDER BY found.place LIMIT ?"
)
COUNT_BY_HAND = "SELECT count(*) FROM (SELECT 1 FROM perfect.counted WHERE search = ? LIMIT ?)"


def searches(file: Path) -> tuple[dict[str, Search], dict[str, Search]]:
    """Return texts and filters for a history, its perfect index made unless it lies there already."""
    if not _file(file).exists():
        subprocess.run([sys.executable, "-m", "tests.benchmarks.perfect", str(file)], cwd=ROOT, check=True)
    told = json.loads(_file(file).with_suffix(".json").read_text(encoding="utf-8"))
    return texts(told["sample"]), filters(tuple(told["whats"]))


def _file(file: Path) -> Path:
    return file.with_name("perfect.db")


def _fits(search: Search, finds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    states, kinds = {one.value for one in search.states}, {one.value for one in search.kinds}
    since = _moment(search.since) if search.since else ""
    until = _moment(search.until + timedelta(days=1)) if search.until else "9"

    def fits(row: Any) -> bool:
        return (
            (not states or row[5] in states)
            and (not kinds or row[7] in kinds)
            and (not search.what or row[3] == search.what)
            and since <= row[1] < until
            and (not search.only_needing or row[8] > 0)
            and finds(row)
        )

    return fits


def _moment(day: date) -> str:
    from digmed_desktop.clinical.dates import ENGLAND
    from digmed_desktop.history.tables import moment

    return moment(datetime(day.year, day.month, day.day, tzinfo=ENGLAND))


def _finds(text: str) -> Callable[[Any], bool]:
    """Return whether a row is found by a text: told from the row itself, not from the words that are kept of it."""
    if not text:
        return lambda _row: True
    words = search_key(text).split()

    def finds(row: Any) -> bool:
        own = f" {row[2]} {row[9]} {' '.join(search_key(one).replace(' ', '') for one in row[10].split(','))}"
        if all(f" {one}" in own for one in words):
            return True
        return any(
            all(f" {one}" in name for one in words) for name in _names(row[3], row[4], row[6], row[11])
        )

    return finds


_KNOWN: dict[tuple[str, ...], tuple[str, ...]] = {}


def _names(*of: str) -> tuple[str, ...]:
    if of not in _KNOWN:
        what, practice, person, code = of
        _KNOWN[of] = tuple(f" {search_key(one)}" for one in (what, f"{practice} {code}", person))
    return _KNOWN[of]


def make(file: Path) -> None:
    """Make the perfect index of a history."""
    source = sqlcipher.connect(file, isolation_level=None)
    source.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    source.execute("PRAGMA cache_size = -200000")
    rows = source.execute(_READ).fetchall()
    middle = next(row for row in rows[len(rows) // 2 :] if row[10])
    often: dict[str, int] = {}
    for row in rows:
        often[row[3]] = often.get(row[3], 0) + 1
    whats = [name for name, _ in sorted(often.items(), key=lambda one: -one[1])]
    sample, chosen = {"nhs_number": middle[9], "batch": middle[10]}, (whats[0], whats[len(whats) // 2])
    part = _file(file).with_suffix(".part")
    part.unlink(missing_ok=True)
    target = sqlcipher.connect(part, isolation_level=None)
    target.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    for table in ("found", "counted"):
        target.execute(f"CREATE TABLE {table} (search, place, id, PRIMARY KEY (search, place)) WITHOUT ROWID")
    target.execute("BEGIN")
    for name, search in {**texts(sample), **filters(chosen)}.items():
        fits = _fits(search, _finds(search.text))
        found = [row for row in rows if fits(row)]
        target.executemany(
            "INSERT INTO counted VALUES (?, ?, ?)",
            [(name, n, row[0]) for n, row in enumerate(found[:COUNTED])],
        )
        for order, ordered in orders(search).items():
            column = _ORDERS[ordered.sort]
            first = heapq.nlargest if ordered.descending else heapq.nsmallest
            top = first(DEEP, found, key=lambda row, column=column: (row[column], row[0]))
            target.executemany(
                "INSERT INTO found VALUES (?, ?, ?)",
                [(f"{name}, {order}", n, row[0]) for n, row in enumerate(top)],
            )
    target.execute("COMMIT")
    target.close()
    _file(file).with_suffix(".json").write_text(
        json.dumps({"sample": sample, "whats": chosen}), encoding="utf-8"
    )
    part.rename(_file(file))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
