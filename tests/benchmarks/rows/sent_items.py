"""Sent items, searched, filtered, sorted, counted and paged, beside a look into a perfect index of each search.

The rows that come are held against those of the perfect index, so a search that is quick and wrong is not measured.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from digmed_desktop.history.store import Store
from digmed_desktop.messaging.searching import Search, Sort
from tests.benchmarks import perfect
from tests.benchmarks.frame import Asked, Benchmark, Row, in_turns, processor
from tests.benchmarks.histories import at_hand
from tests.history.samples import KEY, MovedClock

GOAL, ENOUGH = 3.0, 5.0
PAGE = 100
REFERENCE = "a perfect index of this search"
DOWN = 3
"""Pages: the perfect index holds no more."""


def run(asked: Asked) -> Iterator[Row]:
    """Measure each size of history, as in life and in the worst case."""
    for size in asked.sizes:
        for alike in (False, True):
            file = at_hand(asked.folder, size, alike=alike)
            texts, filters = perfect.searches(file)
            if not alike:
                yield _opening(file, asked.rounds, size)
            store = Store.open(file, KEY, MovedClock())
            with perfect.opened(file) as bare:
                yield from _rows(store, bare, texts, filters, asked.rounds, size, alike=alike)
            store.close()


def _opening(file: Path, rounds: int, size: int) -> Row:
    def ours() -> None:
        store = Store.open(file, KEY, MovedClock())
        assert len(store.searching.page(Search())) == PAGE
        store.close()

    def theirs() -> None:
        with perfect.opened(file) as bare:
            assert len(bare.execute(perfect.BY_HAND, ("no filter, recorded", -1, PAGE)).fetchall()) == PAGE

    reference = "opening the same file and a look into a perfect index"
    return replace(_row("sent items: open", ours, theirs, rounds, size), reference=reference)


def _rows(
    store: Store, bare: Any, texts: dict[str, Search], filters: dict[str, Search], rounds: int, size: int, *, alike: bool
) -> Iterator[Row]:  # fmt: skip
    begin = "sent items, all alike: " if alike else "sent items: "
    for name, search in texts.items():
        yield _page(store, bare, f"{begin}{name}", f"{name}, recorded", search, rounds, size)
    for name, search in {**texts, **filters}.items():
        each = [
            _page(store, bare, f"{begin}{name}, by {order}", f"{name}, {order}", ordered, rounds, size)
            for order, ordered in perfect.orders(search).items()
        ]
        slowest = max(each, key=lambda row: row.here)
        yield _renamed(slowest, f"{begin}{name}, slowest of all orders")
    for name, search in {**texts, **filters}.items():
        yield _count(store, bare, f"{begin}{name}, count", name, search, rounds, size)
    yield _down(store, bare, begin, rounds, size)


def _row(what: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int, size: int) -> Row:
    here, there = in_turns(processor(ours), processor(theirs), rounds)
    return Row(what, REFERENCE, here, there, GOAL, enough=ENOUGH, size=size, unit="ms of processor")


def _renamed(row: Row, what: str) -> Row:
    return replace(row, what=what, reference=f"{row.reference}; {row.what.rpartition(', ')[2]}")


def _page(store: Store, bare: Any, what: str, name: str, search: Search, rounds: int, size: int) -> Row:
    def theirs() -> list[Any]:
        return list(bare.execute(perfect.BY_HAND, (name, -1, PAGE)).fetchall())

    ours = partial(store.searching.page, search, limit=PAGE)
    assert [row.id for row in ours()] == [row[0] for row in theirs()], what
    return _row(what, ours, theirs, rounds, size)


def _count(store: Store, bare: Any, what: str, name: str, search: Search, rounds: int, size: int) -> Row:
    def theirs() -> int:
        return int(bare.execute(perfect.COUNT_BY_HAND, (name, perfect.COUNTED)).fetchone()[0])

    ours: Callable[[], int] = partial(store.searching.count, search, perfect.COUNTED)
    assert ours() == theirs(), what
    return _row(what, ours, theirs, rounds, size)


def _down(store: Store, bare: Any, begin: str, rounds: int, size: int) -> Row:
    """Measure going down some pages in the order of patients."""
    search = Search(sort=Sort.PATIENT, descending=False)

    def ours() -> list[int]:
        rows = store.searching.page(search)
        for _ in range(DOWN):
            rows += store.searching.page(search, rows[-1])
        return [row.id for row in rows]

    def theirs() -> list[int]:
        pages = range(-1, DOWN * PAGE, PAGE)
        found = [
            bare.execute(perfect.BY_HAND, ("no filter, patient", last, PAGE)).fetchall() for last in pages
        ]
        return [row[0] for page in found for row in page]

    assert ours() == theirs()
    return _row(f"{begin}{DOWN} pages down", ours, theirs, rounds, size)


BENCHMARK = Benchmark(
    "sent items: open, search, filter, sort, count and page down", 7, run, (1_000, 30_000, 100_000, 1_000_000)
)
