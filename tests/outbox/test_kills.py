"""Killed at any moment, through any fault: nothing lost, nothing twice, and every state true."""

import os
import time
from pathlib import Path

import pytest

from digmed_desktop.outbox.marks import Mark
from tests.long.registry import drawn, sized
from tests.outbox.doubles import Fault
from tests.outbox.killing import Result, bad, marks_killed_at, print_table
from tests.outbox.kills import run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL in a forked process needs fork")

F = Fault
FAULTS: dict[str, dict[str, tuple[Fault, ...]]] = {
    "none": {},
    "answer lost": {"send": (F.CUT_AFTER, F.NONE, F.CUT_AFTER)},
    "not stored": {"send": (F.CUT_BEFORE, F.NONE, F.CUT_BEFORE)},
    "stored late": {"send": (F.LATE, F.LATE)},
    "offline": {"send": (F.OFFLINE, F.NONE, F.OFFLINE), "inbox": (F.OFFLINE,)},
    "busy": {"send": (F.BUSY,), "mailbox_of": (F.NONE, F.BUSY), "inbox": (F.BUSY,)},
    "look-up cut": {"send": (F.CUT_AFTER,), "look_up": (F.CUT_BEFORE, F.NONE, F.CUT_BEFORE)},
    "acknowledgement lost": {
        "acknowledge": (F.CUT_AFTER, F.NONE, F.CUT_BEFORE),
        "fetch": (F.NONE, F.CUT_BEFORE),
    },
}
QUICK = [
    (Mark.CLAIMED, 1, "none"),
    (Mark.POSTED, 1, "answer lost"),
    (Mark.LOOKED_UP, 1, "stored late"),
    (Mark.FETCHED, 1, "none"),
    (Mark.KEPT, 2, "acknowledgement lost"),
    (Mark.ACKNOWLEDGED, 1, "none"),
]


@pytest.mark.parametrize(("mark", "nth", "fault"), QUICK)
def test_killed_at_a_mark(tmp_path: Path, mark: Mark, nth: int, fault: str) -> None:
    result = run(tmp_path / "run", mark, nth, FAULTS[fault])
    assert result.kills >= 1
    assert result.good, result


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_every_mark_through_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results: dict[tuple[Mark, str], list[Result]] = {}
    begun = time.monotonic()
    plan = [(mark, name, nth) for mark in Mark for name in FAULTS for nth in (1, 2, 3)]
    runs = sized(len(plan), 30)
    for mark, name, nth in drawn(plan, runs):
        result = run(tmp_path / f"{mark}-{name}-{nth}", mark, nth, FAULTS[name])
        results.setdefault((mark, name), []).append(result)
    with capsys.disabled():
        print_table(results, time.monotonic() - begun)
    assert sum(map(len, results.values())) == runs
    assert marks_killed_at(results) == {mark for mark, _ in results}
    assert bad(results) == []
