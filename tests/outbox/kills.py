"""Kills delivery at a mark, starts it again until nothing is open, and counts what arrived: over a MESH in a folder."""

from collections import Counter
from pathlib import Path

from digmed_desktop.history.store import Store
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.marks import Mark
from digmed_desktop.outbox.policy import Policy
from tests.history.samples import KEY, START
from tests.outbox.doubles import (
    OURS,
    THEIRS,
    Fault,
    FolderClock,
    FolderMesh,
    FolderTransport,
    practice_answers,
    understand,
)
from tests.outbox.killing import OPEN, SETTLED, OnAny, Plan, Result

ROUNDS = 14


def run(folder: Path, mark: Mark, nth: int, faults: dict[str, tuple[Fault, ...]]) -> Result:
    """Send and receive, killed at the ``nth`` passing of ``mark`` in the first rounds."""
    folder.mkdir(parents=True)
    clock = FolderClock(folder, START)
    mesh = FolderMesh(folder, clock)
    plan = Plan(folder, mark, nth, ROUNDS)

    def left() -> int:
        return sum(not entry["collected"] for entry in mesh.messages(OURS))

    def deliver(on_mark: OnAny) -> int:
        store, transport = Store.open(plan.database, KEY, clock), FolderTransport(mesh)
        policy = Policy(grace=2 * Policy().back_off[1])
        delivery = Delivery(
            store.deliveries,
            store.inbox,
            lambda: transport,
            understand,
            clock,
            policy,
            on_mark,
        )
        return SETTLED if plan.deliver_once(store, delivery) and not left() else OPEN

    def fail() -> None:
        for call, planned in faults.items():
            mesh.plan(call, *planned)

    def between() -> None:
        clock.move(minutes=6)
        practice_answers(mesh, "20013", "30001")

    killed, rounds = plan.play(clock, deliver, fail, between, lambda ended: ended == SETTLED)
    received = Counter(entry["body"] for entry in mesh.messages(THEIRS))
    return plan.counted(killed, rounds, received, left())
