"""Restores that are killed or fail at every touch of the disk: the old records or the restored ones, never none."""

import contextlib
import io
import os
import random
import shutil
import signal
import sys
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from digmed_desktop.credentials.vault import FileVault
from digmed_desktop.desk.upkeep import opening, recovery
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import RecordsDoubt, RecordsInDoubtError
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.settings.folders import PRACTICE_MARK, Folders
from tests.history.samples import KEY, MovedClock, facts, local_id, message, token
from tests.long.registry import LongCheck, Outcome, Size
from tests.outbox.killing import in_process

PHRASE = "copper lantern seven"
OLD, RESTORED = 3, 1
"""How many notifications the records hold that are there, and the backup."""
TOUCHES = ("open", "os.rename", "os.remove", "os.truncate", "os.chmod")
"""Audit events of Python; SQLite's own writes lie between them."""
MOST_TOUCHES = 50
"""No restore has more; those that are never reached end as if nothing had happened."""
ENDS = ("killed", "killed at a moment", "MemoryError", "KeyboardInterrupt", "OSError")
LONGEST = 1.6  # seconds within which a restore is killed at a moment
CLOCK = MovedClock()


@dataclass(frozen=True)
class Pharmacy:
    """The records of one computer, in a folder, with a vault on the disk beside them."""

    root: Path

    @property
    def folders(self) -> Folders:
        return Folders(self.root / "data", self.root, self.root, practice=False)

    @property
    def vault(self) -> FileVault:
        return FileVault(self.root, practice=True)

    @property
    def backup(self) -> Path:
        return self.root / "b.digmedbackup"

    def set_up(self, *, key_lost: bool) -> int:
        """Record, make a backup with other secrets, record more."""
        self.folders.data.mkdir(parents=True)
        (self.root / PRACTICE_MARK).touch()
        self.vault.put("database-key", KEY.hex())
        store = Store.create(self.folders.database, KEY, CLOCK)
        _record(store, RESTORED)
        self.vault.put("register-key", "of the backup")
        BackupDesk(store, self.vault, CLOCK).make(self.backup, PHRASE, PHRASE, Progress())
        self.vault.put("register-key", "of the old records")
        _record(store, OLD - RESTORED)
        if key_lost:
            self.vault.remove("database-key")
        os._exit(0)  # the log of the database is not written into it, as after a crash

    def restore(self) -> None:
        """Restore the backup."""
        recovery.from_backup(self.backup, PHRASE, self.folders.database, self.vault, CLOCK)

    def found(self) -> str:
        """Start the program again; return which records it opens, or what is wrong with them."""
        try:
            store = self._opened()
        except Exception as error:  # noqa: BLE001 - every kind is a finding
            return f"{type(error).__name__}: {error}"
        number, seal = len(store.notifications.page()), self.vault.get("register-key")
        store.close()
        left = [file.name for file in self.folders.data.iterdir() if ".restored-" in file.name]
        known = {(OLD, "of the old records"): "old", (RESTORED, "of the backup"): "restored"}
        return known.get((number, seal or ""), f"{number} notifications, seal {seal}") + "".join(left)

    def _opened(self) -> Store:
        """Open the records; of restored ones the person says that no other computer uses them."""
        try:
            return opening.open_store(self.folders, self.vault, CLOCK)
        except RecordsInDoubtError as error:
            if error.doubt is not RecordsDoubt.RESTORED:
                raise
        opening.go_on_with(self.folders, self.vault, CLOCK, RecordsDoubt.RESTORED, "Ada")
        return opening.open_store(self.folders, self.vault, CLOCK)


def _record(store: Store, number: int) -> None:
    for _ in range(number):
        sent = message(uuid.uuid4().hex)
        store.notifications.freeze(None, "{}", facts(), sent, local_id(), None, token=token())


@dataclass(frozen=True)
class Stop:
    """How and where a restore ends: at the ``nth`` touch of the disk, or of the database's name alone."""

    how: str
    nth: int
    renames_only: bool = False

    def arm(self, where: Path) -> None:
        """Have this process end so; nothing may be done with it afterwards but the restore."""
        if self.how == "killed at a moment":
            signal.setitimer(signal.ITIMER_REAL, LONGEST * self.nth / MOST_TOUCHES)  # not caught: it kills
            return
        passed = 0

        def hook(event: str, args: tuple[object, ...]) -> None:
            nonlocal passed
            if event not in TOUCHES or not str(args[0]).startswith(str(where)):
                return
            if self.renames_only and not (event == "os.rename" and "history.db" in str(args[0])):
                return
            passed += 1
            if passed == self.nth:
                self._end()

        sys.addaudithook(hook)

    def _end(self) -> None:
        if self.how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise {"MemoryError": MemoryError, "KeyboardInterrupt": KeyboardInterrupt, "OSError": OSError}[
            self.how
        ]


def set_up(folder: Path, *, key_lost: bool) -> Pharmacy:
    """Return a pharmacy as it is after a crash, with a backup of earlier days; the first one is copied."""
    first = folder.parent / f"first-{'lost' if key_lost else 'there'}"
    if not first.exists():
        assert in_process(lambda: Pharmacy(first).set_up(key_lost=key_lost)) == 0
    return Pharmacy(Path(shutil.copytree(first, folder)))


def ended(folder: Path, stop: Stop, *, key_lost: bool) -> tuple[int, str]:
    """Restore, ended where ``stop`` says; return how the process ended and which records are there then."""
    pharmacy = set_up(folder, key_lost=key_lost)

    def restore() -> int:
        stop.arm(folder)
        pharmacy.restore()
        return 0

    with contextlib.redirect_stderr(io.StringIO()):  # the traces of what was made to fail
        status = in_process(restore)
    found = pharmacy.found()
    if key_lost and found.startswith("VaultError") and "not in the keyring" in found:
        pharmacy.vault.put("database-key", KEY.hex())  # what the recovery phrase does
        found = pharmacy.found()
    return status, found


def run(size: Size, folder: Path) -> Outcome:
    """Try every end at every touch; of a smaller number, a draw."""
    plan = [
        (Stop(how, nth), lost) for nth in range(1, MOST_TOUCHES + 1) for how in ENDS for lost in (False, True)
    ]
    if size.count < len(plan):
        plan = random.Random(size.seed).sample(plan, size.count)
    found: Counter[str] = Counter()
    broken, reached = [], 0
    for number, (stop, lost) in enumerate(plan):
        status, records = ended(folder / f"{number}", stop, key_lost=lost)
        reached += status != 0
        found[f"{stop.how}: {records}"[:60]] += 1
        if records not in ("old", "restored") or (status == 0 and records != "restored"):
            broken.append(f"{stop}, key {'lost' if lost else 'there'}: {records}")
    return Outcome({"ended before its end": reached, **dict(sorted(found.items()))}, tuple(broken))


CHECK = LongCheck(
    "a restore that is killed or fails anywhere leaves the old records or the restored ones, whole",
    Size(MOST_TOUCHES * len(ENDS) * 2),
    run,
)
