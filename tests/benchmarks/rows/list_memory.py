"""Memory of a process that opened a history and looked through its list, beside one with a small history."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from digmed_desktop.history.store import Store
from digmed_desktop.messaging.searching import Search, Sort
from digmed_desktop.messaging.story import NotificationRow
from tests.benchmarks.frame import Asked, Benchmark, Row, in_turns
from tests.benchmarks.histories import ROOT, at_hand
from tests.history.samples import KEY, START, MovedClock

GOAL = 1.5
SMALL = 1_000
MOST = 5_000
"""Rows that the window fetches at most."""


def run(asked: Asked) -> Iterator[Row]:
    """Measure each size in turns with the small one."""
    small = at_hand(asked.folder, SMALL)
    for size in asked.sizes:
        file = at_hand(asked.folder, size)
        here, there = in_turns(
            lambda file=file: _elsewhere(file), lambda: _elsewhere(small), asked.rounds, warm=0
        )
        reference = f"the same with {SMALL:,} notifications"
        yield Row("memory of the list, looked through", reference, here, there, GOAL, unit="MB", size=size)


def _elsewhere(file: Path) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.rows.list_memory", str(file)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def resident_after_use(file: Path) -> float:
    """Look through a history as a person would, fetch as many rows as a window may hold; MB resident."""
    import resource

    store = Store.open(file, KEY, MovedClock())
    kept: list[NotificationRow] = []
    last = None
    while len(kept) < MOST and (page := store.searching.page(Search(), last)):
        kept += page
        last = page[-1]
    for search in (Search(text="s"), Search(text="smith mary"), Search(text="9"), Search(sort=Sort.PATIENT)):
        store.searching.page(search)
        store.searching.count(search, SMALL)
    store.figures.today(START - timedelta(days=1))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


BENCHMARK = Benchmark("memory of a list that somebody looked through", 3, run, (30_000, 1_000_000))

if __name__ == "__main__":
    print(resident_after_use(Path(sys.argv[1])))
