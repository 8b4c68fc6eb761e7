"""Imports: 12,000 practices beside a bare executemany of the same rows and words, and medicines beside parsing alone."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.etree as xml
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.lists.medicines import MedicineDesk
from digmed_desktop.history.store import Store
from digmed_desktop.reference import ods_file
from tests.benchmarks.frame import Asked, Benchmark, Row, in_turns, processor, timed
from tests.history.samples import KEY, MovedClock
from tests.managing import as_manager
from tests.reference import synthetic_dmd
from tests.reference.ods_lines import line

PRACTICES, MEDICINES = 12_000, 200_000
FIRST = "Over Nether Willow Tanner Harts Mill Abbey Castle Quay Fern Elm Kings".split()  # noqa: SIM905 - read as one line
LAST = "town mere edge field ford bridge ham well ton gate bury wick".split()  # noqa: SIM905
KINDS = ("SURGERY", "MEDICAL CENTRE", "HEALTH CENTRE", "PRACTICE", "GROUP PRACTICE", "FAMILY PRACTICE")
DRAFTS = 5


def run(asked: Asked) -> Iterator[Row]:
    """Measure both imports, and how long somebody who records something waits for that of practices."""
    store = Store.create(asked.folder / "data" / "digmed.db", KEY, MovedClock())
    yield from _practices(store, asked)
    yield from _medicines(store, asked)
    store.close()


def _practices(store: Store, asked: Asked) -> Iterator[Row]:
    dice = random.Random(12)
    lines = (
        line(
            f"{dice.choice('ABCDEFGHJKLMNP')}{n:05}",
            f"{dice.choice(FIRST)}{dice.choice(LAST)} {dice.choice(KINDS)}".upper(),
            city=f"{dice.choice(FIRST)}{dice.choice(LAST)}".upper(),
            post=f"LS{dice.randrange(1, 29)} {dice.randrange(1, 9)}A{dice.choice('ABDEFGH')}",
        )
        for n in range(PRACTICES)
    )
    file = asked.folder / "epraccur.csv"
    file.write_text("\n".join(lines), encoding="utf-8")

    def ours() -> None:
        assert store.gp_practices.replace(ods_file.read(file)) == PRACTICES

    ours()
    with store.profile._database.reading() as connection:
        rows = {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]
            for table in ("gp_practice", "gp_practice_detail", "gp_practice_word")
        }
    bare = _bare(asked.folder / "bare.db", rows)

    def theirs() -> None:
        bare.execute("BEGIN")
        for table, values in rows.items():
            bare.execute(f"DELETE FROM {table}")
            bare.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)
        bare.execute("COMMIT")

    here, there = in_turns(processor(ours), processor(theirs), asked.rounds)
    reference = "a bare executemany of the same rows and words in place of the old ones"
    yield Row(f"import of {PRACTICES:,} practices", reference, here, there, 2.0, unit="ms of processor")
    alone = _drafts(store)
    worst = []
    for _ in range(asked.rounds):
        working = threading.Thread(target=ours)
        working.start()
        waits = []
        while working.is_alive():
            waits += _drafts(store)
        worst.append(max(waits))
    usual = sorted(alone)[len(alone) // 2]
    reference = "the same while nothing is imported (enough: two frames)"
    yield Row(
        "longest save of a draft while practices are imported", reference, tuple(worst), (usual,) * len(worst), 1.0,
        enough=2 * 1000 / 60 + usual,
    )  # fmt: skip
    bare.close()


def _drafts(store: Store) -> list[float]:
    took = []
    for n in range(DRAFTS):
        began = time.perf_counter()
        store.drafts.save(
            f"draft {n}", "vaccination", FormState({"patient.family": f"Rose {time.time_ns()}"}), None
        )
        took.append((time.perf_counter() - began) * 1000)
    return took


def _bare(path: Path, rows: dict[str, list[Any]]) -> Any:
    connection = sqlcipher.connect(path, isolation_level=None)
    for pragma in (f"key = \"x'{KEY.hex()}'\"", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON",
                   "cache_size = -2000"):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE gp_practice (id INTEGER PRIMARY KEY, ods_code UNIQUE, name_key, closed, successor)"
    )
    connection.execute("CREATE TABLE gp_practice_detail (practice_id INTEGER PRIMARY KEY, organisation)")
    connection.execute(
        "CREATE TABLE gp_practice_word (word, practice_id, PRIMARY KEY (word, practice_id)) WITHOUT ROWID"
    )
    assert rows
    return connection


def _medicines(store: Store, asked: Asked) -> Iterator[Row]:
    folder = synthetic_dmd.write(asked.folder / "release", MEDICINES)
    desk = MedicineDesk(store)

    def ours() -> None:
        assert desk.import_release(folder, lambda _share: None, lambda: False)[1] == MEDICINES

    def theirs() -> None:
        for file in folder.rglob("*.xml"):
            for _, element in xml.iterparse(str(file)):
                element.clear()

    with as_manager(store):
        here, there = in_turns(timed(ours), timed(theirs), max(asked.rounds // 3, 1), warm=0)
    yield Row(
        f"import of {MEDICINES:,} medicines", "parsing the same files with lxml alone", here, there, 4.0
    )


BENCHMARK = Benchmark("imports of practices and medicines", 7, run)
