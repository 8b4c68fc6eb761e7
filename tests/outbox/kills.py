"""Kills delivery at a mark, starts it again until nothing is open, and counts what arrived.

Every part of a run is a process of its own, forked, and killed with SIGKILL where the run says so. Only the
MESH in the folder outlives them, and what the store has on the disk.
"""

import hashlib
import json
import os
import signal
import traceback
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from digmed_desktop.history.store import Store
from digmed_desktop.messaging.states import State
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.marks import Mark
from digmed_desktop.outbox.policy import Policy
from tests.history.samples import KEY, START, facts, local_id, message, token
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

MESSAGES = 3
ROUNDS = 14
_OPEN, _SETTLED, _BROKEN = 3, 0, 1


@dataclass(frozen=True)
class Result:
    """How one run ended."""

    kills: int
    rounds: int
    lost: int
    duplicated: int
    untrue: int  # notifications whose state is not what happened
    left: int  # responses that are still in the mailbox

    @property
    def good(self) -> bool:
        return not (self.lost or self.duplicated or self.untrue or self.left)


def run(folder: Path, mark: Mark, nth: int, faults: dict[str, tuple[Fault, ...]], kills: int = 2) -> Result:
    """Send and receive ``MESSAGES``, killed at the ``nth`` passing of ``mark`` in the first rounds."""
    folder.mkdir(parents=True)
    clock = FolderClock(folder, START)
    mesh = FolderMesh(folder, clock)
    for call, planned in faults.items():
        mesh.plan(call, *planned)
    database = folder / "data" / "digmed.db"
    assert _in_process(lambda: _freeze(database, clock)) == _SETTLED
    killed = rounds = 0
    while rounds < ROUNDS:
        rounds += 1
        armed = mark if killed < kills else None
        ended = _in_process(partial(_deliver, database, mesh, clock, armed, nth))
        killed += ended == -signal.SIGKILL
        assert ended in (_OPEN, _SETTLED, -signal.SIGKILL), ended
        if ended == _SETTLED:
            break
        clock.move(minutes=6)
        practice_answers(mesh, "20013", "30001")
    stored = Counter(entry["body"] for entry in mesh.messages(THEIRS))
    report = json.loads((folder / "states.json").read_text())
    return Result(
        kills=killed,
        rounds=rounds,
        lost=sum(not stored[message_id] for message_id in report),
        duplicated=sum(stored[message_id] > 1 for message_id in report),
        untrue=sum(found != ["matched", 0, 1, 1] for found in report.values()),
        left=sum(not entry["collected"] for entry in mesh.messages(OURS)),
    )


def _in_process(work: Callable[[], int]) -> int:
    """Return the exit status of ``work`` in a forked process, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(work())
        except BaseException:  # noqa: BLE001 - nothing may come back into the test from here
            traceback.print_exc()
            os._exit(_BROKEN)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _freeze(database: Path, clock: FolderClock) -> int:
    store = Store.create(database, KEY, clock)
    for _ in range(MESSAGES):
        message_id = str(uuid.uuid4())
        payload = message_id.encode()
        checksum = hashlib.sha256(payload).hexdigest()
        sent = replace(message(), message_id=message_id, payload=payload, sha256=checksum)
        store.notifications.freeze(None, "{}", facts(), sent, local_id(), None, token=token())
    os._exit(_SETTLED)  # the store is left open, as by a crash


def _deliver(database: Path, mesh: FolderMesh, clock: FolderClock, armed: Mark | None, nth: int) -> int:
    passed = 0

    def on_mark(mark: Mark) -> None:
        nonlocal passed
        passed += mark is armed
        if mark is armed and passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    store = Store.open(database, KEY, clock)
    transport = FolderTransport(mesh)
    Delivery(
        store.deliveries,
        store.inbox,
        lambda: transport,
        understand,
        clock,
        Policy(grace=2 * Policy().back_off[1]),
        on_mark,
    ).run_once()
    found = {}
    for row in store.notifications.page():
        story = store.notifications.story(row.id)
        heard = Counter(event.happening for event in story.events)
        found[story.message_id] = [row.state.value, int(row.need), heard["accepted"], heard["matched"]]
    (mesh.folder / "states.json").write_text(json.dumps(found))
    settled = all(state == State.MATCHED for state, *_ in found.values())
    waiting = any(not entry["collected"] for entry in mesh.messages(OURS))
    store.close()
    return _SETTLED if settled and not waiting else _OPEN
