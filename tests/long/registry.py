"""The long checks: one module in ``tests/long/checks`` each, found by its ``CHECK``."""

import importlib
import os
import pkgutil
import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
FULL = "DIGMED_FULL"
"""Set by ``python -m tests.long`` for the slow tests that it runs: they take their full size, not the sample."""
SEEDED = "DIGMED_SEED"
SEED = 20261128
NOISE = "This plugin does not support propagateSizeHints()"
"""Qt says so of every window without a screen."""
PYTEST = (
    "-m pytest -m slow -s -rs --no-header --disable-warnings -p no:cacheprovider -o faulthandler_timeout=0"
)


@dataclass(frozen=True)
class Size:
    """How much a check tries: ``count`` cases drawn with ``seed``, 0 for all that there are. A sample has fewer."""

    count: int
    seed: int = SEED


@dataclass(frozen=True)
class Outcome:
    """What a check found. ``broken`` names each case, at best by its number, that did not keep the promise."""

    figures: Mapping[str, int | float | str]
    broken: tuple[str, ...] = ()
    details: str = ""


@dataclass(frozen=True)
class LongCheck:
    """One long check; ``run`` gets its size and an empty folder that is removed afterwards."""

    promise: str
    full: Size
    run: Callable[[Size, Path], Outcome]


@dataclass(frozen=True)
class SlowTests:
    """The ``run`` of a check whose cases are slow tests of pytest, played in their full size."""

    tests: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, size: Size, folder: Path) -> Outcome:
        """Run the tests in a process of their own. Skipped tests break the promise: they tried nothing."""
        asked = {FULL: str(size.count), SEEDED: str(size.seed), **self.environment}
        played = subprocess.run(
            [sys.executable, *PYTEST.split(), f"--basetemp={folder / 'pytest'}", *self.tests],
            cwd=ROOT,
            env={**os.environ, **asked},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        printed = played.stdout.replace(f"{NOISE}\n", "")
        lines = printed.splitlines()
        skipped = tuple(line for line in lines if line.startswith("SKIPPED"))
        failed = tuple(line for line in lines if line.startswith(("FAILED", "ERROR")))
        if played.returncode and not failed:
            failed = (f"pytest ended with status {played.returncode}",)
        return Outcome(
            {"pytest says": lines[-1].strip("= ") if lines else "nothing"}, failed + skipped, printed
        )


def sized(full: int, sample: int) -> int:
    """Return the count of a slow test: ``sample``, or under ``python -m tests.long`` the full one."""
    asked = os.environ.get(FULL)
    return sample if asked is None else int(asked)


def seeded() -> random.Random:
    """Return the dice of a slow test: always the same, or those that ``--seed`` asks for."""
    return random.Random(int(os.environ.get(SEEDED, SEED)))


def drawn(plan: Sequence[T], number: int) -> list[T]:
    """Return so many of the cases of a plan, in the plan's order; the draw is :func:`seeded`."""
    chosen = set(seeded().sample(range(len(plan)), min(number, len(plan))))
    return [case for place, case in enumerate(plan) if place in chosen]


def checks() -> dict[str, LongCheck]:
    """Return every long check by the name that the command line takes."""
    from tests.long import checks as folder

    found: dict[str, LongCheck] = {}
    for module in sorted(pkgutil.iter_modules(folder.__path__), key=lambda module: module.name):
        check = importlib.import_module(f"{folder.__name__}.{module.name}").CHECK
        assert isinstance(check, LongCheck), module.name
        found[module.name.replace("_", "-")] = check
    return found
