"""Kills delivery over HTTP: the real transport against the strict MESH, SIGKILL at every mark, through every fault.

``python -m tests.outbox.strict_kills FOLDER MARK:NTH:FAULT[:hasty] ...`` prints one line of JSON for each run;
``hasty`` sends again after a second what MESH does not have yet, which the counting must show. This program has one
thread only, so that it can fork: the strict MESH runs in one child, and every part of a run in another, which
is killed where the run says so. Only the MESH and what the store has on the disk outlive it.
"""

import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from digmed_desktop.history.store import Store
from digmed_desktop.mesh import connection
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.sending import Sending, new_local_id
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.marks import Mark
from digmed_desktop.outbox.policy import Policy
from tests.history.samples import KEY, START
from tests.outbox.doubles import FolderClock, response, understand
from tests.outbox.killing import OPEN, SETTLED, OnAny, Plan, Result

PHARMACY, PRACTICE = "X9TESTOT001", "X9GP01OT001"
PASSWORD, SHARED_KEY = "password", "StrictTestKey"  # those of tests.mesh.strict_mesh
ROUNDS = 16
GRACE = timedelta(minutes=10)
_NO_GRACE = timedelta(seconds=1)
_PATIENCE = (20.0, 20.0)
_HASTE = (20.0, 0.4)  # seconds to connect and to wait for an answer that the fault holds back for longer

_SEND = f"POST /messageexchange/{PHARMACY}/outbox$"
_FETCH = f"GET /messageexchange/{PHARMACY}/inbox/."
_LIST = f"GET /messageexchange/{PHARMACY}/inbox$"
_ACKNOWLEDGE = f"PUT /messageexchange/{PHARMACY}/inbox/.*/acknowledged"
_LOOK_UP = f"GET /messageexchange/{PHARMACY}/outbox/tracking/"
_WAIT = {"retry-after": "5"}

FAULTS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "none": [],
    "500, not stored": [(_SEND, "answer", {"status": 500, "times": 2})],
    "504, stored": [(_SEND, "answer-after", {"status": 504, "times": 2})],
    "504, stored late": [(_SEND, "done-when-told", {"status": 504, "times": 2, "told": 2})],
    "cut, not stored": [(_SEND, "cut", {"times": 2})],
    "cut, stored": [(_SEND, "cut-after", {"times": 2})],
    "answer too late": [(_SEND, "delay", {"seconds": 1.2, "times": 1})],
    "429": [(_SEND, "answer", {"status": 429, "headers": _WAIT, "times": 2})],
    "look-up 503": [
        (_SEND, "cut-after", {"times": 1}),
        (_LOOK_UP, "answer", {"status": 503, "headers": _WAIT, "times": 2}),
    ],
    "while receiving": [
        (_LIST, "answer", {"status": 503, "headers": _WAIT, "times": 1}),
        (_FETCH, "truncate", {"times": 2}),
        (_ACKNOWLEDGE, "cut-after", {"times": 4}),
    ],
}


class Server:
    """The strict MESH and a practice that answers, in a child process; asked over a pipe."""

    def __init__(self) -> None:
        fork = multiprocessing.get_context("fork")
        self._ours, theirs = fork.Pipe()
        self._process = fork.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        self.url: str = self._ours.recv()

    def ask(self, do: str, **more: Any) -> Any:
        self._ours.send((do, more))
        return self._ours.recv()


def _serve(pipe: Connection) -> None:
    from tests.mesh.strict_mesh import Fault, StrictMesh, Way

    mesh = StrictMesh()
    practice = MeshTransport(_account(mesh.url, PRACTICE), timeout=_PATIENCE)
    received: Counter[str] = Counter()

    def reset() -> None:
        mesh.reset()
        mesh.register("Y99901", "DIGMED_FLU_VAC", [PRACTICE])
        received.clear()

    def fail(faults: str) -> None:
        for at, way, more in FAULTS[faults]:
            mesh.faults.append(Fault(at, Way(way), **more))

    def answer() -> None:
        """Collect what lies there and answer each message: copies with 20007, everything else as usual."""
        for mesh_id in practice.inbox():
            item = practice.fetch(mesh_id)
            practice.acknowledge(mesh_id)
            said = item.body.decode()
            received[said] += 1
            for code in ("20013", "30001") if received[said] == 1 else ("20007",):
                body = response(said, code)
                practice.send(
                    Sending(
                        0, new_local_id("Y99901"), f"{item.workflow}_ACK", "", "", body, recipient=PHARMACY
                    )
                )

    def left() -> int:
        return sum(one.status == "accepted" for one in mesh.stored(PHARMACY))

    pipe.send(mesh.url)
    known: dict[str, Callable[..., Any]] = {
        "reset": reset,
        "fail": fail,
        "late": mesh.do_what_is_late,
        "answer": answer,
        "left": left,
        "received": lambda: dict(received),
    }
    while True:
        do, more = pipe.recv()
        pipe.send(known[do](**more))


def _account(url: str, mailbox: str) -> MeshAccount:
    return MeshAccount(url, mailbox, PASSWORD, SHARED_KEY)


def run(folder: Path, server: Server, mark: Mark, nth: int, faults: str, *, grace: timedelta) -> Result:
    """Send and receive, killed at the ``nth`` passing of ``mark`` in the first rounds."""
    folder.mkdir(parents=True)
    clock = FolderClock(folder, START)
    server.ask("reset")
    plan = Plan(folder, mark, nth, ROUNDS)
    timeout = _HASTE if faults == "answer too late" else _PATIENCE

    def deliver(on_mark: OnAny) -> int:
        connection.FIRST_PAUSE = 0.005
        store = Store.open(plan.database, KEY, clock)
        delivery = Delivery(
            store.deliveries,
            store.inbox,
            lambda: MeshTransport(_account(server.url, PHARMACY), timeout=timeout),
            understand,
            clock,
            Policy(grace=grace),
            on_mark,
        )
        return SETTLED if plan.deliver_once(store, delivery) else OPEN

    def fail() -> None:
        server.ask("fail", faults=faults)

    def between() -> None:
        clock.move(minutes=6)
        server.ask("late")
        server.ask("answer")

    killed, rounds = plan.play(
        clock, deliver, fail, between, lambda ended: ended == SETTLED and not server.ask("left")
    )
    server.ask("answer")
    return plan.counted(killed, rounds, server.ask("received"), server.ask("left"))


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0])
    server = Server()
    for number, asked in enumerate(arguments[1:]):
        mark, nth, faults, *how = asked.split(":")
        grace = _NO_GRACE if how else GRACE
        try:
            result = run(folder / str(number), server, Mark(mark), int(nth), faults, grace=grace)
        except DigMedError as error:
            print(json.dumps({"mark": mark, "nth": nth, "faults": faults, "error": str(error)}), flush=True)
            return 1
        print(json.dumps({"mark": mark, "nth": nth, "faults": faults, "result": asdict(result)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
