"""Delivery that is killed, and then records that go back: restored, without their log, an older file, a copied folder.

MESH is a folder that outlives everything. A person answers what the program asks, and looks at MESH where it asks them to.
"""

import hashlib
import json
import os
import random
import shutil
import signal
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

from digmed_desktop.credentials.vault import FileVault
from digmed_desktop.desk.upkeep import opening, recovery
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.upkeep.head_keeper import HeadKeeper, KeepingHead
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import RecordsDoubt, RecordsInDoubtError
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.states import State
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.marks import Mark
from digmed_desktop.outbox.policy import Policy
from digmed_desktop.settings.folders import PRACTICE_MARK, Folders
from tests.history.samples import PHARMACIST, START, facts, local_id, message, token
from tests.long.registry import LongCheck, Outcome, Size
from tests.outbox.doubles import (
    THEIRS,
    FolderClock,
    FolderMesh,
    FolderTransport,
    practice_answers,
    understand,
)
from tests.outbox.killing import in_process

HOW = ("restored", "log lost", "older file", "copied folder", "laptop resumed", "nothing")
PHRASE = "copper lantern seven"
ROUNDS, EARLY, LATE = 16, 2, 2
"""Rounds of delivery at most; messages recorded before the backup, and after it."""


@dataclass(frozen=True)
class Run:
    """One pharmacy, its vault and its MESH, killed at the ``nth`` passing of ``mark`` before ``how`` happens to it."""

    root: Path
    how: str
    mark: Mark
    nth: int

    @property
    def folders(self) -> Folders:
        return Folders(self.root / "data", self.root, self.root, practice=False)

    @property
    def vault(self) -> FileVault:
        return FileVault(self.root, practice=True)

    @property
    def clock(self) -> FolderClock:
        return FolderClock(self.root)

    @property
    def mesh(self) -> FolderMesh:
        return FolderMesh(self.root / "mesh", self.clock)

    @property
    def sent(self) -> Path:
        """The message ids of what a person was told is recorded."""
        return self.root / "sent"

    def begin(self) -> None:
        """Lay out the folders."""
        self.folders.data.mkdir(parents=True)
        (self.root / PRACTICE_MARK).touch()
        FolderClock(self.root, START)
        self.mesh.messages(THEIRS)
        self.sent.touch()

    def open(self, *, look_only: bool = False) -> Store:
        return opening.open_store(self.folders, self.vault, self.clock, look_only=look_only)

    def record(self, count: int, *, first: bool) -> int:
        """Record some, each told to the person only once it is stored; at first make the backup and the older file."""
        store = self.open()
        if first:
            store.people.add(PHARMACIST, "hash")
        for _ in range(count):
            message_id = str(uuid.uuid4())
            body = message_id.encode()
            made = replace(
                message(), message_id=message_id, payload=body, sha256=hashlib.sha256(body).hexdigest()
            )
            store.notifications.freeze(None, "{}", facts(), made, local_id(), 1, token=token())
            with self.sent.open("a") as told:
                told.write(f"{message_id}\n")
            HeadKeeper(store).keep()
        if first:
            BackupDesk(store, self.vault, self.clock).make(
                self.root / "b.digmedbackup", PHRASE, PHRASE, Progress()
            )
            store.close()
            shutil.copy(self.folders.database, self.root / "older.db")
        os._exit(0)  # the log is not written into the file, as by a crash

    def deliver(self, on_mark: Callable[[Mark], None]) -> int:
        """Do one round."""
        store, transport = self.open(), FolderTransport(self.mesh)
        policy = Policy(grace=2 * Policy().back_off[1])
        engine = Delivery(
            store.deliveries, store.inbox, lambda: transport, understand, self.clock, policy, on_mark
        )
        rounds = KeepingHead(engine, HeadKeeper(store))
        rounds.run_once()
        rounds.close()
        store.close()
        return 0

    def disturb(self) -> str:
        """Let it happen to the records; return what is wrong with how the program took it."""
        database = self.folders.database
        match self.how:
            case "restored":
                recovery.from_backup(self.root / "b.digmedbackup", PHRASE, database, self.vault, self.clock)
            case "log lost":
                for end in ("-wal", "-shm"):
                    Path(f"{database}{end}").unlink(missing_ok=True)
            case "older file":
                for end in ("-wal", "-shm"):
                    Path(f"{database}{end}").unlink(missing_ok=True)
                (self.root / "older.db").replace(database)
            case "copied folder":
                return self._copied()
        return ""

    def _copied(self) -> str:
        copy = Run(self.root / "copy", self.how, self.mark, self.nth)
        shutil.copytree(self.folders.data, copy.folders.data)
        shutil.copy(self.root / "clock", copy.root / "clock")
        (copy.root / PRACTICE_MARK).touch()
        key = self.vault.get(opening.DATABASE_KEY)
        copy.vault.put(opening.DATABASE_KEY, key or "")
        try:
            copy.open().close()
        except RecordsInDoubtError as error:
            store = copy.open(look_only=True)
            opening.LookOnly(store).run_once()
            store.close()
            return "" if error.doubt is RecordsDoubt.ELSEWHERE else f"the copy asked {error.doubt}"
        return "the copy asked nothing"

    def say_what_is_so(self) -> bool:
        """Open the records, going on where the program asks; return whether it asked."""
        try:
            self.open().close()
        except RecordsInDoubtError as error:
            opening.go_on_with(self.folders, self.vault, self.clock, error.doubt, "Ada")
            return True
        return False

    def look(self) -> int:
        """Do what a person does about what the program asks, and write down how everything stands."""
        store, there = self.open(), self.received()
        for row in store.notifications.page(states=[State.CHECKING, State.NOT_DELIVERED], needs_person=True):
            if not there.get(store.notifications.story(row.id).message_id):
                store.notifications.send_again(row.id, 1, local_id())
        rows = store.notifications.page()
        found = {store.notifications.story(row.id).message_id: row.state.value for row in rows}
        (self.root / "found.json").write_text(json.dumps(found))
        store.close()
        return 0

    def received(self) -> Counter[str]:
        """Return how often each message lies in the practice's mailbox."""
        return Counter(entry["body"] for entry in self.mesh.messages(THEIRS))

    def play(self) -> tuple[Counter[str], list[str]]:
        """Return figures, and what broke the promise."""
        self.begin()
        assert in_process(partial(self.record, EARLY, first=True)) == 0
        assert in_process(partial(self.record, LATE, first=False)) == 0
        killed = in_process(partial(self.deliver, self._killer())) == -signal.SIGKILL
        broken = [said] if (said := self.disturb()) else []
        told = self.say_what_is_so()
        for _ in range(ROUNDS):
            assert in_process(partial(self.deliver, lambda _mark: None)) == 0
            self.clock.move(minutes=6)
            practice_answers(self.mesh, "20013", "30001")
            assert in_process(self.look) == 0
            found = json.loads((self.root / "found.json").read_text())
            if set(found.values()) <= {State.MATCHED.value}:
                break
        there, recorded = self.received(), self.sent.read_text().split()
        missing = [one for one in recorded if one not in found]
        if missing and not told:
            broken.append(f"{len(missing)} are silently missing")
        if lost := [one for one in found if not there.get(one)]:
            broken.append(f"{len(lost)} are lost")
        if twice := [one for one, count in there.items() if count > 1]:
            broken.append(f"{len(twice)} came twice")
        if untrue := [one for one, state in found.items() if state != State.MATCHED.value]:
            broken.append(f"{len(untrue)} do not show what happened: {sorted(set(found.values()))}")
        return Counter(kills=killed, asked=told, missing_and_told=len(missing)), broken

    def _killer(self) -> Callable[[Mark], None]:
        passed = 0

        def on_mark(mark: Mark) -> None:
            nonlocal passed
            passed += mark is self.mark
            if mark is self.mark and passed == self.nth:
                if self.how == "laptop resumed":
                    self.clock.move(days=3)  # it slept over the weekend, in the middle of a round
                else:
                    os.kill(os.getpid(), signal.SIGKILL)

        return on_mark


def run(size: Size, folder: Path) -> Outcome:
    """Try every way at every mark, as often as ``size`` says."""
    cells = list(product(HOW, Mark, (1, 2)))
    chance = random.Random(size.seed)
    plan = [cells[number % len(cells)] for number in range(size.count)] if size.count >= len(cells) else []
    plan = plan or chance.sample(cells, size.count)
    figures: Counter[str] = Counter()
    broken: list[str] = []
    for number, (how, mark, nth) in enumerate(plan):
        found, wrong = Run(folder / str(number), how, mark, nth).play()
        figures.update(found)
        figures[f"runs: {how}"] += 1
        broken += [f"run {number}, {how}, {mark.value} {nth}: {one}" for one in wrong]
        shutil.rmtree(folder / str(number))
    return Outcome({"runs": len(plan), **dict(figures)}, tuple(broken))


CHECK = LongCheck(
    "after a kill and whatever puts records back, nothing is lost, sent twice, untrue or silently missing",
    Size(400),
    run,
)
