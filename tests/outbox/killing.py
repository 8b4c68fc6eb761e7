"""What both ways to kill delivery share: parts of a run in processes of their own, killed at a mark, and the counting.

Every part of a run is forked, and killed with SIGKILL where the run says so. Only MESH outlives them, and what the
store has on the disk.
"""

import hashlib
import json
import os
import signal
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from digmed_desktop.history.store import Store
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.states import State
from digmed_desktop.outbox.engine import Delivery
from tests.history.samples import KEY, facts, local_id, message, token

MESSAGES = 3
OPEN, SETTLED = 3, 0
_BROKEN = 1
OnAny = Callable[[StrEnum], None]
"""Hears of marks of delivery and of points of a transport."""
Deliver = Callable[[OnAny], int]
"""Does one round of delivery, passing the marks, and returns ``OPEN`` or ``SETTLED``."""


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


Results = Mapping[tuple[Any, str], Sequence[Result]]


@dataclass(frozen=True)
class Plan:
    """One run: killed at the ``nth`` passing of ``mark`` in the first rounds, ``kills`` times at most."""

    folder: Path
    mark: StrEnum
    nth: int
    most_rounds: int
    kills: int = 2

    @property
    def database(self) -> Path:
        return self.folder / "data" / "digmed.db"

    @property
    def states(self) -> Path:
        return self.folder / "states.json"

    def play(
        self,
        clock: Clock,
        deliver: Deliver,
        fail: Callable[[], None],
        between: Callable[[], None],
        is_over: Callable[[int], bool],
    ) -> tuple[int, int]:
        """Freeze the messages and deliver, round after round, until it is over; return kills and rounds.

        One is sent before MESH begins to ``fail``: delivery believes that MESH has not got a message only
        while MESH finds another, and asks a person where there is no other.
        """
        assert in_process(partial(_freeze, self.database, clock, 1)) == SETTLED
        assert in_process(partial(deliver, lambda _mark: None)) == OPEN
        fail()
        assert in_process(partial(_freeze, self.database, clock, MESSAGES)) == SETTLED
        killed = rounds = 0
        while rounds < self.most_rounds:
            rounds += 1
            armed = self.mark if killed < self.kills else None
            ended = in_process(partial(deliver, _killer(armed, self.nth)))
            killed += ended == -signal.SIGKILL
            assert ended in (OPEN, SETTLED, -signal.SIGKILL), ended
            if is_over(ended):
                break
            between()
        return killed, rounds

    def deliver_once(self, store: Store, delivery: Delivery) -> bool:
        """Do one round; write down how every notification stands, and return whether all are matched."""
        delivery.run_once()
        delivery.close()
        found = {}
        for row in store.notifications.page():
            story = store.notifications.story(row.id)
            heard = Counter(event.happening for event in story.events)
            found[story.message_id] = [row.state.value, int(row.need), heard["accepted"], heard["matched"]]
        self.states.write_text(json.dumps(found))
        store.close()
        return all(state == State.MATCHED for state, *_ in found.values())

    def counted(self, killed: int, rounds: int, received: Mapping[str, int], left: int) -> Result:
        """Hold what arrived, by message id, against what the store says became of it."""
        report = json.loads(self.states.read_text())
        return Result(
            kills=killed,
            rounds=rounds,
            lost=sum(not received.get(message_id) for message_id in report),
            duplicated=sum(received.get(message_id, 0) > 1 for message_id in report),
            untrue=sum(found != ["matched", 0, 1, 1] for found in report.values()),
            left=left,
        )


def in_process(work: Callable[[], int]) -> int:
    """Return the exit status of ``work`` in a forked process, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(work())
        except BaseException:  # noqa: BLE001 - nothing may come back into the test from here
            traceback.print_exc()
            os._exit(_BROKEN)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _killer(armed: StrEnum | None, nth: int) -> OnAny:
    passed = 0

    def on_mark(mark: StrEnum) -> None:
        nonlocal passed
        passed += mark is armed
        if mark is armed and passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return on_mark


def _freeze(database: Path, clock: Clock, number: int) -> int:
    store = (Store.open if database.exists() else Store.create)(database, KEY, clock)
    for _ in range(number):
        message_id = str(uuid.uuid4())
        payload = message_id.encode()
        checksum = hashlib.sha256(payload).hexdigest()
        sent = replace(message(), message_id=message_id, payload=payload, sha256=checksum)
        store.notifications.freeze(None, "{}", facts(), sent, local_id(), None, token=token())
    os._exit(SETTLED)  # the store is left open, as by a crash


def bad(results: Results) -> list[tuple[StrEnum, str, Result]]:
    """Return the runs that did not end well."""
    return [(*key, result) for key, cell in results.items() for result in cell if not result.good]


def marks_killed_at(results: Results) -> set[StrEnum]:
    """Return the marks at which a process was really killed."""
    return {mark for (mark, _), cell in results.items() if any(one.kills for one in cell)}


def print_table(results: Results, seconds: float) -> None:
    """Print kills and bad runs for each mark and fault, and the sums."""
    everything = [result for cell in results.values() for result in cell]
    faults = list(dict.fromkeys(fault for _, fault in results))
    print(f"\n{'killed at':14}" + "".join(f"{name[:17]:>19}" for name in faults))
    for mark in dict.fromkeys(mark for mark, _ in results):
        cells = [results.get((mark, name), []) for name in faults]
        told = [
            f"{sum(r.kills for r in c)} kills, {sum(not r.good for r in c)} bad" if c else "" for c in cells
        ]
        print(f"{mark.value:14}" + "".join(f"{text:>19}" for text in told))
    print(
        f"{len(everything)} runs, {sum(r.kills for r in everything)} kills, "
        f"{sum(r.lost for r in everything)} lost, {sum(r.duplicated for r in everything)} duplicated, "
        f"{sum(r.untrue for r in everything)} untrue, {sum(r.left for r in everything)} left in the mailbox, "
        f"{seconds:.0f} s"
    )
