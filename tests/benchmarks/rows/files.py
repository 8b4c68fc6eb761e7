"""CSV of a history beside selecting and writing the same records, and a backup beside SQLite's own."""

import csv
from collections.abc import Iterator
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.desk.files.exporting import ExportDesk
from digmed_desktop.history.backup import BackupKey
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from tests.benchmarks import perfect
from tests.benchmarks.frame import Asked, Benchmark, Row, in_turns, processor
from tests.benchmarks.histories import WHOLE_BODY, at_hand
from tests.history.samples import KEY, MovedClock
from tests.managing import as_manager

CSV_GOAL, BACKUP_GOAL = 3.0, 4.0


def run(asked: Asked) -> Iterator[Row]:
    """Measure both at each size; the rows of the backup are as large as in life, with their messages."""
    for size in asked.sizes:
        yield _csv(at_hand(asked.folder, size), asked, size)
        yield _backup(at_hand(asked.folder, size, body=WHOLE_BODY), asked, size)


def _csv(file: Path, asked: Asked, size: int) -> Row:
    store = Store.open(file, KEY, MovedClock())
    desk = ExportDesk(store, store.clock)
    target, by_hand = asked.folder / "ours.csv", asked.folder / "theirs.csv"
    perfect.searches(file)

    def ours() -> None:
        assert desk.csv(Search(), target, Progress(), with_patients=True) == size
        target.unlink()

    def theirs() -> None:
        with perfect.opened(file) as bare, by_hand.open("w", encoding="utf-8", newline="") as out:
            rows = bare.execute(
                "SELECT notification.*, record_json FROM notification JOIN payload ON notification_id = id ORDER BY id DESC"
            )
            csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)

    with as_manager(store):
        here, there = in_turns(processor(ours), processor(theirs), asked.rounds)
    store.close()
    return Row("CSV of all", "a select of the same rows and csv.writer", here, there, CSV_GOAL,
               unit="ms of processor", size=size)  # fmt: skip


def _backup(file: Path, asked: Asked, size: int) -> Row:
    store = Store.open(file, KEY, MovedClock())
    key = BackupKey.of("a passphrase that is long enough")
    target, bare = asked.folder / "ours.backup", asked.folder / "bare.backup"

    def ours() -> None:
        store.backups.write(target, key, {})
        target.unlink()

    def theirs() -> None:
        source, copy = sqlcipher.connect(file), sqlcipher.connect(bare)
        for connection in (source, copy):
            connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
        source.backup(copy)
        source.close()
        copy.close()
        bare.unlink()

    here, there = in_turns(processor(ours), processor(theirs), asked.rounds, warm=0)
    store.close()
    return Row("backup, restored on trial", "SQLite's own backup, not tried", here, there, BACKUP_GOAL,
               unit="ms of processor", size=size)  # fmt: skip


BENCHMARK = Benchmark("CSV and backup", 3, run, (1_000, 30_000, 100_000))
