"""The MESH client's folders, program and client killed at any moment, with a client that misbehaves in every way."""

import os
import time
from enum import StrEnum
from pathlib import Path

import pytest

from digmed_desktop.demo.client_double import ClientPoint
from digmed_desktop.mesh.client.points import Point
from digmed_desktop.outbox.marks import Mark
from tests.long.registry import drawn, sized
from tests.outbox.client_kills import run
from tests.outbox.clients_faulty import ClientFault
from tests.outbox.killing import Result, bad, print_table

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL in a forked process needs fork")

F = ClientFault
MARKS = (Mark.CLAIMED, Mark.POSTED, Mark.LOOKED_UP, Mark.KEPT, Mark.ACKNOWLEDGED)
POINTS: tuple[StrEnum, ...] = (*(one for one in Point if one is not Point.WITHDRAWN), *ClientPoint, *MARKS)
"""Nothing is cancelled in these runs; that has a test of its own."""
QUICK: list[tuple[StrEnum, int, ClientFault]] = [
    (Point.DATA_MOVED, 1, F.RENAMES),
    (ClientPoint.UPLOADED, 1, F.NONE),
]


@pytest.mark.parametrize(("point", "nth", "fault"), QUICK)
def test_killed_at_a_point_between_the_folders(
    tmp_path: Path, point: StrEnum, nth: int, fault: ClientFault
) -> None:
    result = run(tmp_path / "run", point, nth, fault)
    assert result.kills >= 1
    assert result.good, result


@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_killed_at_every_point_with_every_fault_of_the_client(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results: dict[tuple[StrEnum, str], list[Result]] = {}
    begun = time.monotonic()
    plan = [(point, fault) for point in POINTS for fault in ClientFault]
    runs = sized(len(plan), 12)
    for point, fault in drawn(plan, runs):
        result = run(tmp_path / f"{type(point).__name__}-{point}-{fault.name}", point, 1, fault)
        results.setdefault((point, fault.value), []).append(result)
    with capsys.disabled():
        print_table(results, time.monotonic() - begun)
    assert sum(map(len, results.values())) == runs
    assert bad(results) == []
