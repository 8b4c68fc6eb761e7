"""The file: encrypted from its first byte, private, one program's, and told in sentences when broken."""

import json
import os
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.record import PersonName, Professional
from digmed_desktop.history import migrations
from digmed_desktop.history.medicines import MedicineList
from digmed_desktop.history.place import refuse_network_path
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import StoreError, StoreInUseError
from tests.history.samples import (
    KEY,
    PHARMACIST,
    PHARMACY,
    PRACTICE,
    MovedClock,
    facts,
    local_id,
    message,
    token,
)


def open_told(database: Path, key: bytes = KEY) -> StoreError:
    with pytest.raises(StoreError) as told:
        Store.open(database, key, MovedClock())
    assert told.value.happened.endswith(".")
    assert told.value.remedy.endswith(".")
    return told.value


def test_what_is_kept_is_there_after_closing(database: Path, clock: MovedClock) -> None:
    store = Store.create(database, KEY, clock)
    store.profile.save_pharmacy(PHARMACY)
    ada = store.people.add(PHARMACIST, "hash-1")
    store.drafts.save("d1", "influenza", FormState({"patient.family": "Ο’Φέννιμορ <script> & 💉"}), ada)
    store.profile.put("window", '{"wide": true}')
    store.close()
    assert sorted(p.name for p in database.parent.iterdir()) == ["digmed.db", "digmed.db.lock"]
    again = Store.open(database, KEY, clock)
    assert again.profile.pharmacy() == PHARMACY
    assert again.people.all()[0].professional == PHARMACIST
    draft = again.drafts.get("d1")
    assert draft is not None
    assert draft.state.answers == {"patient.family": "Ο’Φέννιμορ <script> & 💉"}
    assert (draft.begun_by, draft.changed_by) == (ada, ada)
    assert json.loads(again.profile.get("window") or "") == {"wide": True}
    assert again.profile.get("nothing") is None
    again.close()


@pytest.mark.skipif(os.name != "posix", reason="modes of files are of POSIX")
def test_only_the_owner_reads_it(store: Store, database: Path) -> None:
    store.people.add(PHARMACIST, "hash")
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700
    files = list(database.parent.iterdir())
    assert len(files) == 4  # the database, its log, the log's index, the lock
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}


def test_the_safety_settings_are_in_force(store: Store) -> None:
    wanted = {
        "temp_store": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "synchronous": 2,
        "journal_mode": "wal",
    }
    with store.profile._database.reading() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
        assert connection.exec_driver_sql("PRAGMA cipher_version").scalar_one()
    assert found == wanted


def test_nothing_is_in_clear_on_the_disk(
    store: Store, database: Path, patient_strings: tuple[str, ...]
) -> None:
    about = " ".join(patient_strings)
    for n in range(40):
        store.drafts.save(f"d{n}", "influenza", FormState({"x": about}), None)
        store.notifications.freeze(
            None,
            about,
            facts(n, name=f"{patient_strings[0]} {n}"),
            message(about),
            local_id(),
            None,
            token=token(),
        )
    with store.profile._database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TEMP TABLE big AS "
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
            "SELECT record_json || hex(randomblob(200)) AS text, i FROM payload, n"
        )
        # sorts of some megabytes, which would spill to the disk in clear were temp_store a file
        rows = connection.exec_driver_sql("SELECT text FROM big ORDER BY text || i, i").all()
        connection.exec_driver_sql("CREATE INDEX temp.by_text ON big (text)")
        in_clear(database, patient_strings)
    assert len(rows) == 16_000
    for n in range(40):
        store.drafts.discard(f"d{n}")
    in_clear(database, patient_strings)
    store.close()
    in_clear(database, patient_strings)


def in_clear(database: Path, patient_strings: tuple[str, ...]) -> None:
    files = list(database.parent.iterdir())
    if sys.platform == "linux":  # files that are open and have no name any more, too
        for entry in Path("/proc/self/fd").iterdir():
            with suppress(FileNotFoundError):  # the one that lists the folder is gone by now
                if "etilqs" in str(entry.readlink()):
                    files.append(entry)
    assert len(files) >= 2
    for file in files:
        content = file.read_bytes()
        assert not content.startswith(b"SQLite format 3")
        for string in patient_strings:
            for form in (string.encode(), string.encode("utf-16-le"), string.upper().encode()):
                assert form not in content, file.name


def test_it_is_encrypted_before_anything_is_in_it(
    database: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    migrate = migrations.migrate

    def watched(engine: sa.Engine) -> None:
        migrate(engine)
        seen.extend(p.read_bytes() for p in database.parent.iterdir() if p.suffix != ".lock")

    monkeypatch.setattr(migrations, "migrate", watched)
    Store.create(database, KEY, clock).close()
    assert any(seen)
    assert not any(b"SQLite" in content or b"CREATE TABLE" in content for content in seen)


def test_another_key_is_refused_in_a_sentence(store: Store, database: Path) -> None:
    store.close()
    told = open_told(database, bytes(32))
    assert "key" in told.happened
    assert "Do not delete" in told.remedy


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_a_fault_of_the_program(database: Path, length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Store.create(database, bytes(length), MovedClock())


def test_missing_empty_foreign_and_newer_files_are_told_apart(store: Store, database: Path) -> None:
    with store.profile._database.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {migrations.NEWEST + 1}")
    store.close()
    assert "newer version" in open_told(database).happened
    other = database.with_name("other.db")
    assert "cannot be found" in open_told(other).happened
    assert not other.exists()
    other.touch()
    assert "empty" in open_told(other).happened
    other.write_bytes(b"a letter to a friend " * 500)
    assert "cannot be read" in open_told(other).happened
    foreign = database.with_name("foreign.db")
    connection = sqlcipher.connect(str(foreign))
    connection.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert "another program" in open_told(foreign).happened


def test_a_damaged_page_is_told_and_is_not_a_traceback(database: Path, clock: MovedClock) -> None:
    store = Store.create(database, KEY, clock)
    for n in range(50):
        store.notifications.freeze(None, "x" * 3000, facts(n), message(), local_id(), None, token=token())
    store.close()
    content = bytearray(database.read_bytes())
    for page in range(len(content) * 3 // 16384, len(content) // 4096):  # the schema lies in the first pages
        content[page * 4096 + 100] ^= 0xFF
    database.write_bytes(content)
    with pytest.raises(StoreError, match="damaged") as told:
        store = Store.open(database, KEY, clock)  # it looks at the end of the chain
        _ = [store.notifications.story(n + 1) for n in range(50)]
    assert "9991234553" not in str(told.value)


def test_a_truncated_file_is_told(store: Store, database: Path) -> None:
    store.close()
    database.write_bytes(database.read_bytes()[:2000])
    open_told(database)


def test_the_second_opener_is_told(store: Store, database: Path) -> None:
    with pytest.raises(StoreInUseError, match="already open"):
        Store.open(database, KEY, MovedClock())
    code = (
        "import sys; from pathlib import Path\n"
        "from digmed_desktop.history.store import Store\n"
        "from digmed_desktop.messaging.errors import StoreInUseError\n"
        "from digmed_desktop.messaging.clock import SystemClock\n"
        "try: Store.open(Path(sys.argv[1]), bytes(range(32)), SystemClock())\n"
        "except StoreInUseError as error: print(error.happened)\n"
    )
    command = [sys.executable, "-c", code, str(database)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert "already open" in said.stdout
    store.close()
    Store.open(database, KEY, MovedClock()).close()


def test_a_new_one_does_not_take_the_place_of_an_old_one(store: Store, database: Path) -> None:
    store.close()
    with pytest.raises(StoreError, match="already"):
        Store.create(database, KEY, MovedClock())
    Store.open(database, KEY, MovedClock()).close()


def test_an_unfinished_creation_leaves_nothing_under_the_name(
    database: Path, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(engine: sa.Engine) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrate", stop)
        with pytest.raises(KeyboardInterrupt):
            Store.create(database, KEY, clock)
    assert not database.exists()
    Store.create(database, KEY, clock).close()


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has drive letters and UNC names, no table of mounts"
)
@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "fuse.sshfs"])
def test_a_network_drive_is_refused(kind: str, tmp_path: Path) -> None:
    mounts = f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path}/on\\040net {kind} rw 0 0\n"
    refuse_network_path(tmp_path / "here" / "digmed.db", mounts=mounts)
    with pytest.raises(StoreError, match="network"):
        refuse_network_path(tmp_path / "on net" / "deep" / "digmed.db", mounts=mounts)


def test_a_unc_path_is_refused() -> None:
    with pytest.raises(StoreError, match="network"):
        refuse_network_path(Path(r"\\server\share\digmed.db"))


def test_a_failed_statement_shows_no_values(store: Store) -> None:
    insert = sa.text("INSERT INTO profile (key, value) VALUES (:k, :v)")
    store.profile.put("O'Fennimore", "999")
    with pytest.raises(sa.exc.IntegrityError) as told, store.profile._database.writing() as connection:
        connection.execute(insert, {"k": "O'Fennimore", "v": "999"})
    assert "Fennimore" not in str(told.value)


def test_several_threads_write_and_read_together(store: Store) -> None:
    failures: list[BaseException] = []

    def work(n: int) -> None:
        try:
            for i in range(5):
                store.notifications.freeze(None, "{}", facts(i), message(), local_id(), None, token=token())
                store.notifications.page(limit=5)
                store.notifications.standing()
        except BaseException as error:  # noqa: BLE001 - shown by the test below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.notifications.standing().waiting == 30


def test_people_are_kept_and_locked(store: Store, clock: MovedClock) -> None:
    ada = store.people.add(PHARMACIST, "one")
    assert store.people.note_wrong_pin(ada, None) == 1
    assert store.people.note_wrong_pin(ada, clock.now()) == 2
    person = store.people.get(ada)
    assert person is not None
    assert (person.failed_tries, person.locked_until) == (2, clock.now())
    store.people.note_right_pin(ada)
    store.people.update(ada, professional=Professional(PersonName("Ada", "Bright")))
    store.people.retire(ada)
    person = store.people.get(ada)
    assert person is not None
    assert (person.failed_tries, person.locked_until, person.active) == (0, None, False)
    assert person.pin_hash == "one"
    assert person.professional.name.family == "Bright"
    store.people.restore(ada)
    for change in (store.people.retire, store.people.note_right_pin):
        with pytest.raises(KeyError):
            change(99)
    with pytest.raises(KeyError):
        store.people.note_wrong_pin(99, None)


def test_practices_are_found_by_the_beginnings_of_words(store: Store, clock: MovedClock) -> None:
    store.practices.remember(PRACTICE)
    clock.move(minutes=1)
    store.practices.remember(PHARMACY)
    assert store.practices.all() == [PHARMACY, PRACTICE]
    assert store.practices.search("meadows TEST", 5) == [PRACTICE]
    assert store.practices.search("y999", 5) == [PRACTICE]
    assert store.practices.search("eadows", 5) == []
    for odd in ("%", "_", "'", "💉" * 3000, '"); DROP TABLE practice'):
        store.practices.search(odd, 5)
    assert store.practices.search("test", 1) == [PHARMACY]


def test_drafts_come_last_changed_first(store: Store, clock: MovedClock) -> None:
    for name in ("a", "b"):
        store.drafts.save(name, "influenza", FormState({}), None)
        clock.move(seconds=1)
    store.drafts.save("a", "influenza", FormState({"x": "1"}), None)
    assert [d.id for d in store.drafts.all()] == ["a", "b"]
    store.drafts.discard("a")
    store.drafts.discard("a")
    assert [d.id for d in store.drafts.all()] == ["b"]


def test_a_form_kept_by_version_1_is_gone_on_with(store: Store) -> None:
    """The rows as version 1 wrote them: one flat object, with what is no answer among the answers."""
    flat = {
        "patient.family": "Fennimore",
        "carried": "vaccine.batch,vaccine.expiry",
        "correction.of": "7",
        "correction.why": "Wrong batch",
        "reason.previous.finding.00c0ffee": "Seen on paper",
    }
    store.drafts.save("old", "vaccination", FormState(), None)
    with store.profile._database.writing() as connection:
        connection.execute(sa.text("UPDATE draft SET answers = :text"), {"text": json.dumps(flat)})
    kept = FormState(
        {"patient.family": "Fennimore"},
        frozenset({"vaccine.batch", "vaccine.expiry"}),
        CorrectionOf(7, "Wrong batch"),
        {"reason.previous.finding.00c0ffee": "Seen on paper"},
    )
    (found,) = store.drafts.all()
    assert found.state == kept
    made = store.notifications.freeze("old", "{}", facts(), message(), local_id(), None, token=token())
    assert store.versions.state(made) == kept


def _foreign(path: Path) -> None:
    sqlite3 = pytest.importorskip(
        "sqlite3", reason="the Windows package has no SQLite without encryption", exc_type=ImportError
    )
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE theirs (a)")
        made.execute("INSERT INTO theirs VALUES (1)")
    made.close()


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\0", b"x" * 511, b"x" * 512, b"x" * 4095, b"x" * 4096, b"\0" * 8192, None]
)
def test_opening_a_file_that_is_no_database_of_ours_leaves_it_as_it_was(
    tmp_path: Path, clock: MovedClock, content: bytes | None
) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    path = folder / "digmed.db"
    if content is None:
        _foreign(path)
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreError):
            Store.open(path, KEY, clock)
    assert path.read_bytes() == before
    assert {file.name for file in folder.iterdir()} <= {"digmed.db", "digmed.db.lock"}
    medicines = path.with_name("medicines.db")
    path.rename(medicines)
    listed = MedicineList(medicines, KEY)
    with suppress(StoreError):
        listed.release()
    listed.close()
    assert medicines.read_bytes() == before
