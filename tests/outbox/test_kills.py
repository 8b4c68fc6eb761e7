"""Killed at any moment, through any fault: nothing lost, nothing twice, and every state true."""

import os
import time
from pathlib import Path

import pytest

from digmed_desktop.outbox.marks import Mark
from tests.outbox.doubles import Fault
from tests.outbox.kills import Result, run

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
    for mark in Mark:
        for name, faults in FAULTS.items():
            for nth in (1, 2, 3):
                result = run(tmp_path / f"{mark}-{name}-{nth}", mark, nth, faults)
                results.setdefault((mark, name), []).append(result)
    everything = [result for cell in results.values() for result in cell]
    with capsys.disabled():
        _print_table(results)
        print(
            f"{len(everything)} runs, {sum(r.kills for r in everything)} kills, "
            f"{sum(r.lost for r in everything)} lost, {sum(r.duplicated for r in everything)} duplicated, "
            f"{sum(r.untrue for r in everything)} untrue, {time.monotonic() - begun:.0f} s"
        )
    assert len(everything) >= 200
    assert {mark for (mark, _), cell in results.items() if any(r.kills for r in cell)} == set(Mark)
    assert [result for result in everything if not result.good] == []


def _print_table(results: dict[tuple[Mark, str], list[Result]]) -> None:
    print(f"\n{'killed at':16}" + "".join(f"{name[:13]:>15}" for name in FAULTS))
    for mark in Mark:
        cells = (results[mark, name] for name in FAULTS)
        told = (f"{sum(r.kills for r in c)} kills, {sum(not r.good for r in c)} bad" for c in cells)
        print(f"{mark.value:16}" + "".join(f"{text:>15}" for text in told))
