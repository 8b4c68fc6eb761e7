"""The real transport against the strict MESH, killed at any moment, through any fault: nothing lost, nothing twice."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from digmed_desktop.outbox.marks import Mark
from tests.long.registry import drawn, sized
from tests.outbox.killing import Result, Results, bad, marks_killed_at, print_table
from tests.outbox.strict_kills import FAULTS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL in a forked process needs fork")

ROOT = Path(__file__).resolve().parents[2]
QUICK = [
    (Mark.CLAIMED, 1, "cut, stored"),
    (Mark.POSTED, 1, "504, stored"),
    (Mark.RECORDED, 1, "429"),
    (Mark.LOOKED_UP, 1, "504, stored late"),
    (Mark.FETCHED, 1, "while receiving"),
    (Mark.ACKNOWLEDGED, 1, "none"),
]


def play(folder: Path, runs: list[tuple[Mark, int, str]], how: str = "") -> Results:
    """Play the runs in a process of their own, and return what came of each."""
    asked = [f"{mark.value}:{nth}:{fault}{how}" for mark, nth, fault in runs]
    child = subprocess.run(
        [sys.executable, "-m", "tests.outbox.strict_kills", str(folder), *asked],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [json.loads(line) for line in child.stdout.splitlines() if line.startswith("{")]
    assert child.returncode == 0, child.stdout[-500:] + child.stderr[-3000:]
    results: dict[tuple[Mark, str], list[Result]] = {}
    for one in told:
        results.setdefault((Mark(one["mark"]), one["faults"]), []).append(Result(**one["result"]))
    assert sum(map(len, results.values())) == len(runs)
    return results


@pytest.mark.timeout(900)
def test_killed_at_a_mark_while_speaking_to_a_strict_mesh(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    results = play(tmp_path, QUICK)
    with capsys.disabled():
        print_table(results, time.monotonic() - begun)
    assert bad(results) == []
    assert all(result.kills for cell in results.values() for result in cell)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_counting_sees_a_program_that_sends_again_at_once(tmp_path: Path) -> None:
    """About 5 s. Without the time of grace, what MESH stores late arrives twice, and the counting says so."""
    runs = [(Mark.APPLIED, 9, "504, stored late")]
    assert bad(play(tmp_path / "patient", runs)) == []
    results = play(tmp_path / "hasty", runs, ":hasty")
    assert [result.duplicated for _, _, result in bad(results)] == [1]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_every_mark_through_every_fault_of_a_strict_mesh(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In full about five minutes on two cores: every mark, times every fault, at its first and second passing."""
    begun = time.monotonic()
    plan = [(mark, nth, fault) for mark in Mark for fault in FAULTS for nth in (1, 2)]
    runs = drawn(plan, sized(len(plan), 30))
    results = play(tmp_path, runs)
    with capsys.disabled():
        print_table(results, time.monotonic() - begun)
    assert sum(map(len, results.values())) == len(runs)
    assert marks_killed_at(results) == {mark for mark, _, _ in runs}
    assert bad(results) == []
