"""Today, its figures and each round's standing as the history grows, beside themselves with a thousand notifications."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from digmed_desktop.desk.records.listing import ListingDesk
from digmed_desktop.history.store import Store
from tests.benchmarks.frame import Asked, Benchmark, Row, in_turns, processor
from tests.benchmarks.histories import at_hand
from tests.history.samples import KEY, START, MovedClock

GOAL, ENOUGH = 2.0, 1.0
SMALL = 1_000
REFERENCE = f"itself with {SMALL:,} notifications"


def run(asked: Asked) -> Iterator[Row]:
    """Measure each size in turns with the small one."""
    small = Store.open(at_hand(asked.folder, SMALL), KEY, MovedClock())
    for size in asked.sizes:
        store = Store.open(at_hand(asked.folder, size), KEY, MovedClock())
        for name, ask in _QUESTIONS.items():
            here, there = in_turns(processor(ask(store)), processor(ask(small)), asked.rounds)
            yield Row(name, REFERENCE, here, there, GOAL, enough=ENOUGH, unit="ms of processor", size=size)
        store.close()
    small.close()


_QUESTIONS: dict[str, Callable[[Store], Callable[[], object]]] = {
    "Today, whole": lambda store: ListingDesk(store, store.clock).today,
    "Today, its figures": lambda store: lambda: store.figures.today(START - timedelta(days=1)),
    "each round's standing": lambda store: store.deliveries.standing,
    "end of the day": lambda store: lambda: store.figures.day_end(START.date()),
}

BENCHMARK = Benchmark(
    "Today, figures and standing as the history grows", 9, run, (30_000, 100_000, 1_000_000)
)
