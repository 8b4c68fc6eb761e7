"""The schema changes by steps: a file of any version becomes the newest one whole, or stays as it was."""

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import op

from digmed_desktop.history import migrations, tables
from digmed_desktop.history.cipher import WRITES, engine, is_whole
from digmed_desktop.history.migrations import append_only, copies, runner
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import StoreError
from tests.history.kept.make_version_1 import SEAL, FixedSeal
from tests.history.samples import KEY, MovedClock
from tests.outbox.killing import in_process

KEPT = Path(__file__).parent / "kept" / "version-1.db"
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process of its own needs fork")
Shape = dict[str, Any]
SEED, SAMPLE = 20261129, 8


@pytest.fixture
def old(database: Path) -> Path:
    """A file of version 1 with every kind of record, as a pharmacy would have it."""
    database.parent.mkdir(mode=0o700)
    shutil.copy(KEPT, database)
    return database


@contextmanager
def read(path: Path) -> Iterator[sa.Connection]:
    made = engine(path, KEY, size=1)
    with made.connect() as connection:
        yield connection
    made.dispose()


def change(path: Path, *statements: str) -> None:
    made = engine(path, KEY, size=1).execution_options(**{WRITES: True})
    with made.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    made.dispose()


def shape(connection: sa.Connection) -> Shape:
    """Return all that decides how a file behaves: tables, columns, keys, checks, indexes, triggers."""
    found: Shape = {}
    master = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
    for row in master:
        if row.name.startswith("sqlite_"):
            continue
        text = " ".join((row.sql or "").split())
        if row.type == "table":
            found[f"table {row.name}"] = {
                "columns": sorted(tuple(c)[1:] for c in pragma(connection, "table_xinfo", row.name)),
                "references": sorted(tuple(f)[2:] for f in pragma(connection, "foreign_key_list", row.name)),
                "indexes": sorted(indexes(connection, row.name)),
                "checks": re.findall(r"CHECK \(.*?\)(?=,|\)$)", text),
                "counted": "AUTOINCREMENT" in text,
                "without rowid": "WITHOUT ROWID" in text,
            }
        else:
            found[f"{row.type} {row.name}"] = text
    return found


def indexes(connection: sa.Connection, table: str) -> Iterator[tuple[str, ...]]:
    for row in pragma(connection, "index_list", table):
        name = "" if row.name.startswith("sqlite_autoindex") else row.name
        columns = [(c.name, c.desc) for c in pragma(connection, "index_xinfo", row.name) if c.key]
        yield name, row.origin, str(row.unique), str(row.partial), str(columns)


def pragma(connection: sa.Connection, name: str, of: str) -> list[Any]:
    return list(connection.exec_driver_sql(f'PRAGMA {name}("{of}")').all())


def contents(connection: sa.Connection, among: Shape) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the tables and columns that ``among`` has."""
    held = {}
    for name, table in among.items():
        if name.startswith("table "):
            columns = ", ".join(f'"{column[0]}"' for column in table["columns"])
            rows = connection.exec_driver_sql(f'SELECT {columns} FROM "{name[6:]}" ORDER BY 1').all()
            held[name] = sorted((tuple(row) for row in rows), key=repr)
    return held


def assert_kept(connection: sa.Connection, before: Shape, held: dict[str, list[tuple[Any, ...]]]) -> None:
    """Hold every row against what was there; the store may have added entries of its own to the profile."""
    found = contents(connection, before)
    for table, rows in held.items():
        assert set(rows) - set(found[table]) == set(), f"a step changed or lost rows of {table}"
    grown = [table for table, rows in found.items() if len(rows) > len(held[table])]
    assert set(grown) <= {"table profile"}


def test_a_file_of_version_1_becomes_what_a_fresh_one_is(
    old: Path, tmp_path: Path, clock: MovedClock
) -> None:
    with read(old) as connection:
        assert migrations.version(connection) == 1
        before = shape(connection)
        held = contents(connection, before)
    Store.open(old, KEY, clock).close()
    fresh = tmp_path / "fresh" / "digmed.db"
    Store.create(fresh, KEY, clock).close()
    with read(old) as migrated, read(fresh) as new:
        assert migrations.version(migrated) == migrations.version(new) == migrations.NEWEST
        assert shape(migrated) == shape(new)
        assert_kept(migrated, before, held)
        assert is_whole(migrated.connection.driver_connection)


def test_the_first_step_makes_what_version_1_was(tmp_path: Path) -> None:
    fresh = tmp_path / "one.db"
    fresh.touch()
    made = engine(fresh, KEY, size=1)
    runner.run(made, 1)
    with made.connect() as new, read(KEPT) as kept:
        assert shape(new) == shape(kept)
    made.dispose()


def test_the_kept_file_has_every_kind_of_record() -> None:
    with read(KEPT) as connection:
        held = contents(connection, shape(connection))
    assert len(held) == 20
    assert all(held.values())


def test_the_steps_make_the_tables_that_the_program_declares(tmp_path: Path, clock: MovedClock) -> None:
    fresh = tmp_path / "fresh.db"
    Store.create(fresh, KEY, clock).close()
    declared = sa.create_engine("sqlite://")
    with declared.begin() as connection, read(fresh) as file:
        tables.metadata.create_all(connection)
        wanted, found = shape(connection), shape(file)
    triggers = {name for name in found if name.startswith("trigger ")}
    assert {name: found[name] for name in found if name not in triggers} == wanted
    assert triggers == {
        f"trigger {one}" for table in tables.UNCHANGEABLE for one in append_only.triggers(table)
    }


def test_the_steps_are_numbered_without_gaps_up_to_the_newest() -> None:
    numbers = [f"{n:04}" for n in range(1, migrations.NEWEST + 1)]
    assert [step.revision for step in runner.steps()] == numbers
    for step in runner.steps():
        assert step.__name__.rpartition(".")[2].startswith(f"v{step.revision}_")


def test_what_was_recorded_at_version_1_is_read(old: Path, clock: MovedClock) -> None:
    store = Store.open(old, KEY, clock)
    rows = store.notifications.page(limit=1000)
    stories = [store.notifications.story(row.id) for row in rows]
    assert len(stories) > 40
    assert all(story.events for story in stories)
    seal = FixedSeal()
    assert seal.key() == SEAL
    store.register.use(seal)
    assert store.register.verify().intact
    assert [draft.id for draft in store.drafts.all()] == ["kept-draft"]
    assert store.searching.saved()
    store.close()


# ---- the copy before a step


def test_the_file_is_copied_before_a_step_and_the_copy_is_version_1(old: Path, clock: MovedClock) -> None:
    Store.open(old, KEY, clock).close()
    copy = old.with_name(f"digmed-before-v{migrations.NEWEST}-2026-11-20.db")
    assert copy.stat().st_mode & 0o777 == 0o600
    with read(copy) as connection, read(KEPT) as kept:
        assert migrations.version(connection) == 1
        before = shape(kept)
        assert shape(connection) == before
        assert contents(connection, before) == contents(kept, before)
    Store.open(old, KEY, clock).close()
    assert sorted(file.name for file in old.parent.glob("*-before-*")) == [copy.name], "no step, no copy"


def test_the_newest_two_copies_are_held(old: Path, clock: MovedClock) -> None:
    for name in (
        "digmed-before-v3-2026-01-01.db",
        "digmed-before-v10-2026-02-01.db",
        "digmed-before-restore-1.db",
    ):
        old.with_name(name).write_bytes(b"a copy")
    with read(old) as connection:
        made = connection.engine
        copies.keep_copy(made, old, KEY, 11, clock)
    left = sorted(file.name for file in old.parent.glob("*-before-*"))
    assert left == [
        "digmed-before-restore-1.db", "digmed-before-v10-2026-02-01.db", "digmed-before-v11-2026-11-20.db",
    ]  # fmt: skip


def refused(path: Path, clock: MovedClock) -> StoreError:
    """Open a file of which no step can be made: it stays as it was, and no copy in pieces is left."""
    before = path.read_bytes()
    with pytest.raises(StoreError) as told:
        Store.open(path, KEY, clock)
    assert told.value.happened.endswith(".")
    assert told.value.remedy.endswith(".")
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.new*"))
    return told.value


def test_no_step_is_made_without_room_for_the_copy(
    old: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
        assert "not enough room" in refused(old, clock).happened
        assert not list(old.parent.glob("*-before-*"))
    Store.open(old, KEY, clock).close()


@needs_fork
def test_a_disk_that_fills_while_the_copy_is_made_leaves_the_file_as_it_was(
    old: Path, clock: MovedClock
) -> None:
    def bounded() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        assert "not enough room" in refused(old, clock).happened
        return 0

    assert in_process(bounded) == 0
    assert not list(old.parent.glob("*-before-*"))
    Store.open(old, KEY, clock).close()


def test_a_damaged_file_is_not_changed(old: Path, clock: MovedClock) -> None:
    content = bytearray(old.read_bytes())
    content[len(content) - 2000] ^= 1
    old.write_bytes(content)
    assert "damaged" in refused(old, clock).happened
    assert not list(old.parent.glob("*-before-*"))


# ---- steps that fail


def test_a_step_that_fails_leaves_the_old_file_and_a_sentence(old: Path, clock: MovedClock) -> None:
    change(old, "CREATE TABLE patient_by_last_seen (a)")  # takes the name of the second step's index
    with read(old) as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        before = shape(connection)
    told = refused(old, clock)
    assert "Nothing was changed" in told.happened
    with read(old) as connection:
        assert migrations.version(connection) == 1
        assert shape(connection) == before


class Step:
    """A step that the test makes up, after the program's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, upgrade: Any) -> None:
        own = runner.steps()
        monkeypatch.setattr(runner, "steps", lambda: (*own, SimpleNamespace(upgrade=upgrade)))
        self.number = len(own) + 1


def run(path: Path, step: Step) -> None:
    made = engine(path, KEY, size=1)
    try:
        runner.run(made, step.number)
    finally:
        made.dispose()


@pytest.mark.parametrize("table", tables.metadata.tables)
def test_a_table_that_is_rebuilt_loses_nothing(
    table: str, old: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(old, KEY, clock).close()
    change(old, f"UPDATE sqlite_sequence SET seq = 9000 WHERE name = '{table}'")
    with read(old) as connection:
        before = shape(connection)
        held = contents(connection, before)

    def upgrade() -> None:
        with append_only.rebuilt(table) as batch:
            batch.add_column(sa.Column("added", sa.Text(), nullable=False, server_default="?"))

    run(old, Step(monkeypatch, upgrade))
    with read(old) as connection:
        after = shape(connection)
        assert contents(connection, before) == held
        added = set(after[f"table {table}"]["columns"]) - set(before[f"table {table}"]["columns"])
        counted = "SELECT count(*) FROM sqlite_sequence WHERE seq = 9000"
        assert connection.exec_driver_sql(counted).scalar_one() == before[f"table {table}"]["counted"]
    assert [column[0] for column in added] == ["added"]
    after[f"table {table}"]["columns"] = before[f"table {table}"]["columns"]
    assert after == before


@pytest.mark.parametrize("table", tables.UNCHANGEABLE)
def test_a_table_that_is_rebuilt_is_append_only_again(
    table: str, old: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(old, KEY, clock).close()

    def upgrade() -> None:
        with append_only.rebuilt(table) as batch:
            batch.add_column(sa.Column("added", sa.Text()))

    run(old, Step(monkeypatch, upgrade))
    with read(old) as connection:
        assert append_only.unprotected(connection, (table,)) == []
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    for statement in (f"UPDATE {table} SET added = 'x'", f"DELETE FROM {table}") if rows else ():
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            change(old, statement)


def test_a_step_that_forgets_the_triggers_does_not_pass(
    old: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(old, KEY, clock).close()
    before = old.read_bytes()

    def upgrade() -> None:
        with op.batch_alter_table("event", recreate="always") as batch:
            batch.add_column(sa.Column("added", sa.Text()))

    with pytest.raises(StoreError, match="Nothing was changed"):
        run(old, Step(monkeypatch, upgrade))
    assert old.read_bytes() == before


# ---- killed


def upgrade_killed(database: Path, killed_before: int) -> int:
    """Open an old file, and die before the statement of that number."""
    passed = 0

    def at_statement(*_: object) -> None:
        nonlocal passed
        passed += 1
        if passed == killed_before:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, moment, at_statement)
    Store.open(database, KEY, MovedClock())
    os._exit(0)


def whole_upgrade(database: Path) -> bool:
    """Open a file that a killed step left; say whether the copy that was made before is there."""
    left = list(database.parent.glob("*-before-*.db"))
    for copy in left:
        with read(copy) as connection:
            assert migrations.version(connection) == 1
            assert is_whole(connection.connection.driver_connection)
    Store.open(database, KEY, MovedClock()).close()
    with read(database) as connection, read(KEPT) as kept:
        assert migrations.version(connection) == migrations.NEWEST
        before = shape(kept)
        assert_kept(connection, before, contents(kept, before))
    assert not list(database.parent.glob("*.new*"))
    return bool(left)


def statements_of_an_upgrade() -> int:
    """Count the moments at which ``upgrade_killed`` can die."""
    counted = []
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "digmed.db"
        shutil.copy(KEPT, database)

        def note(*_: object) -> None:
            counted.append(1)

        for moment in ("before_cursor_execute", "commit"):
            sa.event.listen(sa.Engine, moment, note)
        try:
            Store.open(database, KEY, MovedClock()).close()
        finally:
            for moment in ("before_cursor_execute", "commit"):
                sa.event.remove(sa.Engine, moment, note)
    return len(counted)


def kill_at(numbers: Iterable[int], folder: Path) -> tuple[int, int]:
    """Kill an upgrade at each of the statements; return how many were killed, and how many had made their copy."""
    kills = copied = 0
    for number in numbers:
        database = folder / str(number) / "digmed.db"
        database.parent.mkdir(mode=0o700)
        shutil.copy(KEPT, database)
        ended = in_process(partial(upgrade_killed, database, number))
        copied += whole_upgrade(database)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        kills += 1
    return kills, copied


@needs_fork
def test_a_step_killed_at_a_statement_leaves_a_usable_file(tmp_path: Path) -> None:
    """A sample over the whole way: each eighth of the statements has one of its own."""
    rand, there = random.Random(SEED), statements_of_an_upgrade()
    bounds = [1 + there * part // SAMPLE for part in range(SAMPLE + 1)]
    numbers = [rand.randrange(low, max(high, low + 1)) for low, high in pairwise(bounds)]
    kills, copied = kill_at(numbers, tmp_path)
    assert kills >= SAMPLE - 1
    assert copied > 1


@pytest.mark.slow
@needs_fork
def test_a_step_killed_at_any_statement_leaves_a_usable_file(tmp_path: Path) -> None:
    kills, copied = kill_at(range(1, 200), tmp_path)
    assert kills > 8
    assert copied > 3


# ---- a start without a step


OPEN = """
import sys; from pathlib import Path
from digmed_desktop.history.store import Store
from tests.history.samples import KEY, MovedClock
Store.open(Path(sys.argv[1]), KEY, MovedClock()).close()
print(sorted({name.partition(".")[0] for name in sys.modules} & {"alembic", "mako"}))
"""


def loaded_by_a_start(database: Path) -> str:
    command = [sys.executable, "-c", OPEN, str(database)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path.cwd()).stdout.strip()


def test_a_start_without_a_step_does_not_load_alembic(old: Path) -> None:
    assert loaded_by_a_start(old) == "['alembic', 'mako']"
    assert loaded_by_a_start(old) == "[]"


def test_the_names_of_all_patients_come_from_the_index_alone(store: Store) -> None:
    with store.profile._database.reading() as connection:
        wanted = "EXPLAIN QUERY PLAN SELECT id, name_key FROM patient ORDER BY seen_at DESC"
        plan = [row.detail for row in connection.exec_driver_sql(wanted)]
    assert plan == ["SCAN patient USING COVERING INDEX patient_by_last_seen"]
