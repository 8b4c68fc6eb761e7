"""Kills delivery and the MESH client at a point, with a client that misbehaves, until nothing is open; then counts."""

import signal
from collections import Counter
from enum import StrEnum
from functools import partial
from pathlib import Path

from digmed_desktop.demo.client_double import FOLDERS, ClientPoint
from digmed_desktop.history.store import Store
from digmed_desktop.mesh.client.transport import ClientTransport
from digmed_desktop.messaging.states import State
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.policy import Policy
from tests.history.samples import KEY, PHARMACIST, START, local_id
from tests.outbox.clients import HASTE, account
from tests.outbox.clients_faulty import ClientFault, one_round
from tests.outbox.doubles import (
    OURS,
    THEIRS,
    FolderClock,
    FolderMesh,
    practice_answers,
    understand,
)
from tests.outbox.killing import OPEN, SETTLED, OnAny, Plan, Result, in_process

ROUNDS = 16
KEPT = ("committed.txt", "to-report.txt")
"""What the double keeps for itself."""


def run(folder: Path, point: StrEnum, nth: int, fault: ClientFault) -> Result:
    """Send and receive through folders, with two kills at the ``nth`` passing of ``point``."""
    folder.mkdir(parents=True)
    clock = FolderClock(folder, START)
    mesh = FolderMesh(folder / "mesh", clock)
    root = folder / "mailbox"
    named = account(root, OURS, Y99901=THEIRS)
    plan = Plan(folder, point, nth, ROUNDS)
    killed_clients = 0

    def deliver(on_mark: OnAny) -> int:
        store = Store.open(plan.database, KEY, clock)
        delivery = Delivery(
            store.deliveries,
            store.inbox,
            lambda: ClientTransport(named, timing=HASTE, on_point=on_mark),
            understand,
            clock,
            Policy(grace=2 * Policy().back_off[1]),
            on_mark,
        )
        return SETTLED if plan.deliver_once(store, delivery) and not lying(root) else OPEN

    def client(fault: ClientFault) -> None:
        nonlocal killed_clients
        armed = isinstance(point, ClientPoint) and killed_clients < plan.kills
        ended = in_process(partial(one_round, root, OURS, mesh, fault, point if armed else "", nth))
        assert ended in (0, -signal.SIGKILL), ended
        killed_clients += ended == -signal.SIGKILL

    def between() -> None:
        client(fault)
        clock.move(minutes=6)
        practice_answers(mesh, "20013", "30001")
        client(fault)
        assert in_process(partial(_person, plan.database, clock)) == 0

    killed, rounds = plan.play(
        clock, deliver, lambda: client(ClientFault.NONE), between, lambda ended: ended == SETTLED
    )
    arrived = Counter(entry["body"] for entry in mesh.messages(THEIRS))
    again = _sent_again_by_the_client(root, fault)
    result = plan.counted(killed + killed_clients, rounds, arrived, len(lying(root)))
    twice = sum(count - 1 for count in arrived.values())
    return Result(result.kills, rounds, result.lost, max(0, twice - again), result.untrue, result.left)


def lying(root: Path) -> list[Path]:
    """Every file of a message that lies anywhere in the tree of the mailbox, and no trace."""
    ours = ("outgoing", "withdrawn", "taken")
    folders = [root / name for name in FOLDERS] + [root / "digmed-desktop" / name for name in ours]
    return [file for one in folders if one.is_dir() for file in one.iterdir() if file.name not in KEPT]


def _sent_again_by_the_client(root: Path, fault: ClientFault) -> int:
    """How often the client itself gave MESH a message twice, which no folder can prevent."""
    done = root / "TEMP" / "committed.txt"
    return len(done.read_text()) if fault is ClientFault.RESTORES and done.exists() else 0


def _person(database: Path, clock: FolderClock) -> int:
    """Try again what the client refused, as a person does who had the cause mended."""
    store = Store.open(database, KEY, clock)
    people = store.people.all()
    by = people[0].id if people else store.people.add(PHARMACIST, "hash")
    for row in store.notifications.page(states=[State.NOT_DELIVERED]):
        store.notifications.send_again(row.id, by, local_id(), note="mended")
    store.close()
    return 0
