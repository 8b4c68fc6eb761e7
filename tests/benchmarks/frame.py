"""Benchmarks: one module in ``tests/benchmarks/rows`` each, found by its ``BENCHMARK``.

Nothing is measured alone: each run of the program has a run of its reference beside it, so that a busy moment of the
machine meets both. What counts is the ratio of the medians; the spread beside it is that of the pairs.
"""

import importlib
import pkgutil
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

Figure = Callable[[], float]
"""One run of something; returns what was measured, such as milliseconds."""


@dataclass(frozen=True)
class Row:
    """One line of the table: figures of the program and of its reference, measured in turns."""

    what: str
    reference: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    goal: float  # the ratio that is allowed at most
    at_least: bool = False  # the goal is a least ratio: more is better
    enough: float = 0.0  # a figure that is good enough whatever the ratio; 0 for none
    unit: str = "ms"
    size: int | None = None  # notifications in the history; rows of one name with several sizes make a curve

    @property
    def name(self) -> str:
        """What is measured, with the size of the history."""
        return self.what if self.size is None else f"{self.what}, history {self.size:,}"

    @property
    def here(self) -> float:
        """The median of the program."""
        return statistics.median(self.ours)

    @property
    def there(self) -> float:
        """The median of the reference."""
        return statistics.median(self.theirs)

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return self.here / self.there if self.there else float("inf")

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest ratio of a pair."""
        pairs = [a / b for a, b in zip(self.ours, self.theirs, strict=True) if b]
        return (min(pairs), max(pairs)) if pairs else (self.ratio, self.ratio)

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        if self.at_least:
            return self.ratio >= self.goal
        return self.ratio <= self.goal or self.here <= self.enough


@dataclass(frozen=True)
class Asked:
    """How often each pair is run, the sizes of history that are wanted, and an empty folder to work in."""

    rounds: int
    sizes: tuple[int, ...]
    folder: Path


@dataclass(frozen=True)
class Benchmark:
    """Something that is measured. ``sizes`` are those of the history that it needs, none for most."""

    about: str
    rounds: int
    run: Callable[[Asked], Iterable[Row]]
    sizes: tuple[int, ...] = ()


def timed(work: Callable[[], object]) -> Figure:
    """Return a run of ``work`` that returns its milliseconds."""

    def run() -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) * 1000

    return run


def processor(work: Callable[[], object]) -> Figure:
    """Return a run of ``work`` that returns the milliseconds of processor that this thread took for it."""

    def run() -> float:
        began = time.thread_time()
        work()
        return (time.thread_time() - began) * 1000

    return run


def in_turns(ours: Figure, theirs: Figure, rounds: int, *, warm: int = 1) -> tuple[tuple[float, ...], ...]:
    """Return the figures of both, run in turns; the first ``warm`` turns do not count."""
    taken = [(ours(), theirs()) for _ in range(rounds + warm)][warm:]
    return tuple(a for a, _ in taken), tuple(b for _, b in taken)


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'what':66} {'ours':>9} {'reference':>9} {'ratio':>6} {'spread':>14} {'goal':>7}  verdict; reference"
    for row in rows:
        least, most = row.spread
        goal = f"{'>=' if row.at_least else '<='} {row.goal:g}"
        verdict = "met" if row.met else "MISSED"
        yield (
            f"{row.name:66} {_figure(row.here):>9} {_figure(row.there):>9} {_figure(row.ratio):>6} "
            f"{f'{_figure(least)}..{_figure(most)}':>14} {goal:>7}  {verdict}; {row.unit}, {row.reference}"
        )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def benchmarks() -> dict[str, Benchmark]:
    """Return every benchmark by the name that the command line takes."""
    from tests.benchmarks import rows

    found: dict[str, Benchmark] = {}
    for module in sorted(pkgutil.iter_modules(rows.__path__), key=lambda module: module.name):
        benchmark = getattr(importlib.import_module(f"{rows.__name__}.{module.name}"), "BENCHMARK", None)
        if isinstance(benchmark, Benchmark):
            found[module.name.replace("_", "-")] = benchmark
    return found
