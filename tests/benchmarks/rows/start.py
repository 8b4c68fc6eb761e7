"""From process begun to first paint and to sign-in ready for keys, beside an empty window of the same Qt."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.frame import Asked, Benchmark, Row
from tests.benchmarks.session_keyring import keyring
from tests.benchmarks.starting import HEAVY
from tests.long.registry import ROOT

PAINT, KEYS, PRACTICE_KEYS = 2.0, 3.0, 4.0
REFERENCE = "an empty QMainWindow's first paint"
SECONDS = 120


@dataclass(frozen=True)
class Start:
    """When a process painted first and took keys, in ms since it was begun, and the processor time until then."""

    painted: float
    painted_processor: float
    ready: float
    ready_processor: float
    heavy: tuple[str, ...]


def started(word: str, environment: Mapping[str, str]) -> Start:
    """Start a process and wait for its end."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "benchmarks" / "starting.py"), word],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    moments, heavy = done.stdout.split()[:4], done.stdout.split()[4:]
    painted, painted_processor, ready, ready_processor = (float(one) * 1000 for one in moments)
    return Start(
        painted - began * 1000, painted_processor, ready - began * 1000, ready_processor, tuple(heavy)
    )


def run(asked: Asked) -> Iterator[Row]:
    """Start real mode with each history, and practice mode with none, each beside the empty window."""
    with keyring(asked.folder / "keyring") as environment:
        offscreen = {**environment, "QT_QPA_PLATFORM": "offscreen"}
        offscreen.pop("PYTHONDONTWRITEBYTECODE", None)  # a pharmacy starts a program that is compiled
        for mode, size in [*(("real", size) for size in asked.sizes), ("practice", 0)]:
            home = asked.folder / f"{mode}-{size}"
            there = {**offscreen, "DIGMED_HOME": str(home)}
            _set_up(home, mode, size, there)
            pairs = [(started(mode, there), started("empty", offscreen)) for _ in range(asked.rounds + 1)][1:]
            heavy = tuple(float(len(one.heavy)) for one, _ in pairs)
            what = f"heavy modules ({', '.join(HEAVY[:2])}, …) loaded before first paint, {mode} mode"
            yield Row(what, "one module", heavy, (1.0,) * len(heavy), 0, unit="modules", size=size)
            keys = PRACTICE_KEYS if mode == "practice" else KEYS
            for what, moment, goal in (("first paint", "painted", PAINT), ("sign-in ready", "ready", keys)):
                for suffix, unit in (("", "ms"), ("_processor", "ms of processor")):
                    ours = tuple(getattr(one, f"{moment}{suffix}") for one, _ in pairs)
                    theirs = tuple(getattr(one, f"painted{suffix}") for _, one in pairs)
                    told = f"start to {what}, {mode} mode{', processor' if suffix else ''}"
                    yield Row(told, REFERENCE, ours, theirs, goal, unit=unit, size=size)


def _set_up(home: Path, mode: str, size: int, environment: Mapping[str, str]) -> None:
    home.mkdir()
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.set_up", mode, str(size)],
        cwd=ROOT,
        env=environment,
        check=True,
    )


BENCHMARK = Benchmark("process begun to first paint, and to sign-in ready for keys", 7, run, (0, 30_000))
