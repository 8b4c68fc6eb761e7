"""One bit of the database, of its log or of a backup is another: the program says so, or nothing is different."""

import hashlib
import random
import shutil
from collections import Counter
from functools import partial
from pathlib import Path

from digmed_desktop.desk.upkeep import opening, recovery
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.outbox.marks import Mark
from tests.long.checks.rollbacks import EARLY, LATE, PHRASE, Run
from tests.long.registry import LongCheck, Outcome, Size
from tests.outbox.killing import in_process

FILES = ("database", "log", "backup")


def _file(run: Run, which: str) -> Path:
    database = run.folders.database
    return {
        "database": database,
        "log": Path(f"{database}-wal"),
        "backup": run.root / "b.digmedbackup",
    }[which]


def _contents(store: Store) -> str:
    """Return a digest of every row of every table."""
    with store.profile._database.reading() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).scalars()
        rows = {
            name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()))
            for name in names
        }
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _found(run: Run, which: str) -> str:
    """Start the program, or restore the backup; return what is said, or a digest of what is there."""
    try:
        if which == "backup":
            recovery.from_backup(_file(run, which), PHRASE, run.folders.database, run.vault, run.clock)
            run.say_what_is_so()
        store = opening.open_store(run.folders, run.vault, run.clock)
    except DigMedError:
        return "told"
    try:
        intact = store.chain.verify().intact
        return _contents(store) if intact else "told by the check behind"
    except DigMedError:
        return "told"
    finally:
        store.close()


def _crashed(folder: Path) -> Run:
    run = Run(folder, "nothing", Mark.CLAIMED, 1)
    run.begin()
    assert in_process(partial(run.record, EARLY, first=True)) == 0
    assert in_process(partial(run.record, LATE, first=False)) == 0
    return run


def run(size: Size, folder: Path) -> Outcome:
    """Flip one bit at a time, in each file in turn."""
    first, chance = _crashed(folder / "first"), random.Random(size.seed)
    whole = {}
    for which in FILES:
        copy = Run(Path(shutil.copytree(first.root, folder / which)), "nothing", Mark.CLAIMED, 1)
        whole[which] = "told" if which == "backup" else _found(copy, which)
    figures: Counter[str] = Counter()
    broken = []
    for number in range(size.count):
        which = FILES[number % len(FILES)]
        copy = Run(Path(shutil.copytree(first.root, folder / f"{number}")), "nothing", Mark.CLAIMED, 1)
        body = bytearray(_file(copy, which).read_bytes())
        place, bit = chance.randrange(len(body)), chance.randrange(8)
        body[place] ^= 1 << bit
        _file(copy, which).write_bytes(body)
        found = _found(copy, which)
        said = (
            found
            if found.startswith("told")
            else "harmless"
            if found == whole[which]
            else "silently different"
        )
        figures[f"{which}: {said}"] += 1
        if said == "silently different":
            broken.append(f"flip {number}: bit {bit} of byte {place} of {len(body)} of the {which}")
        shutil.rmtree(copy.root)
    return Outcome(dict(sorted(figures.items())), tuple(broken))


CHECK = LongCheck("a flipped bit is told or harmless", Size(500), run)
