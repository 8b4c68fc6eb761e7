"""Backup and restore: everything comes back, nothing half-written stays, and what waited is sent once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from digmed_desktop.history import backup
from digmed_desktop.history.backup import BackupKey
from digmed_desktop.history.sealing import SealOfKey
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import StoreError
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.messaging.whole_file import FileNotWrittenError
from tests.history.samples import KEY, PHARMACIST, PHARMACY, MovedClock, facts, local_id, message, token

PHRASE = 'copper lantern o\'brien "seven" Żółw'
NEW_KEY = bytes(reversed(range(32)))


def freeze(store: Store, n: int = 0) -> tuple[int, str]:
    local = local_id()
    return store.notifications.freeze(None, "{}", facts(n), message(), local, None, token=token()), local


@pytest.fixture
def filled(store: Store) -> Store:
    store.profile.save_pharmacy(PHARMACY)
    store.people.add(PHARMACIST, "slow-hash")
    for n in range(5):
        freeze(store, n)
    return store


@pytest.fixture
def copy(filled: Store, tmp_path: Path) -> Path:
    target = tmp_path / "stick" / "backup.db"
    target.parent.mkdir()
    held = filled.backups.write(target, BackupKey.of(PHRASE), {"register-key": "abc"})
    assert held.notifications == 5
    assert held.secrets == {"register-key": "abc"}
    assert [one.name for one in target.parent.iterdir()] == ["backup.db"]
    assert not list((tmp_path / "data").glob(".trial*"))
    return target


def test_everything_comes_back_on_a_new_computer(filled: Store, copy: Path, tmp_path: Path) -> None:
    place = tmp_path / "new-pc" / "digmed.db"
    held = backup.restore(copy, PHRASE, place, NEW_KEY, MovedClock())
    assert held.secrets == {"register-key": "abc"}
    again = Store.open(place, NEW_KEY, MovedClock())
    try:
        assert again.profile.pharmacy() == PHARMACY
        for old in filled.notifications.page():
            before, after = filled.notifications.story(old.id), again.notifications.story(old.id)
            assert after.record_json == before.record_json
            assert [m.body for m in after.messages] == [m.body for m in before.messages]
            assert after.events[: len(before.events)] == before.events
    finally:
        again.close()
    with pytest.raises(StoreError):
        Store.open(place, KEY, MovedClock())


def test_what_waited_is_looked_up_before_it_is_sent_and_then_sent_once(filled: Store, tmp_path: Path) -> None:
    held_back, sent, taken = freeze(filled), freeze(filled), freeze(filled)
    assert filled.deliveries.claim([taken[1]])
    filled.deliveries.record(taken[1], Happening.TAKEN)
    assert filled.deliveries.claim([sent[1]])  # in the very moment of the backup
    target = tmp_path / "backup.db"
    filled.backups.write(target, BackupKey.of(PHRASE), {})
    place = tmp_path / "new-pc" / "digmed.db"
    backup.restore(target, PHRASE, place, NEW_KEY, MovedClock())
    again = Store.open(place, NEW_KEY, MovedClock(), SealOfKey(KEY))
    try:
        again.look_up_first()
        again.deliveries.recover()
        assert again.deliveries.waiting(1) == []
        states = {row.id: row.state for row in again.notifications.page()}
        assert states[taken[0]] is State.SENT
        assert {states[one] for one in (held_back[0], sent[0], 1, 2, 3, 4, 5)} == {State.CHECKING}
        unsure = again.deliveries.next_unsure()
        assert unsure is not None
        assert again.deliveries.record(unsure.local_id, Happening.NOT_FOUND) is State.CHECKING
        (asks,) = again.notifications.page(needs_person=True)
        assert again.notifications.story(asks.id).local_id == unsure.local_id, (
            "it may have been cancelled since"
        )
        assert again.deliveries.waiting(1) == []
        again.notifications.send_again(asks.id, 1, "FQF01_again")
        sending = next(iter(again.deliveries.waiting(1)), None)
        assert sending is not None
        assert sending.local_id == "FQF01_again"
        found = again.deliveries.next_unsure()
        assert found is not None
        again.deliveries.record(found.local_id, Happening.FOUND)
        assert again.notifications.story(1).events[1].happening == "restored"
    finally:
        again.close()


def test_it_is_a_plain_sqlcipher_file_that_the_passphrase_opens(copy: Path, tmp_path: Path) -> None:
    assert b"FENNIMORE" not in copy.read_bytes()
    connection = sqlcipher.connect(str(copy))
    connection.execute("PRAGMA key = '{}'".format(PHRASE.replace("'", "''")))
    assert connection.execute("SELECT count(*) FROM notification").fetchone()[0] == 5
    connection.close()
    if os.name == "posix":
        assert copy.stat().st_mode & 0o077 == 0


def test_a_wrong_passphrase_is_a_sentence(copy: Path, tmp_path: Path) -> None:
    for wrong in ("copper lantern", PHRASE + " ", ""):
        with pytest.raises(StoreError, match="passphrase does not fit"):
            backup.restore(copy, wrong, tmp_path / "new" / "digmed.db", NEW_KEY, MovedClock())
    assert not (tmp_path / "new" / "digmed.db").exists()


@pytest.mark.parametrize("cut", [0, 4096, -1, "half"])
def test_a_backup_cut_short_is_a_sentence_and_nothing_is_restored(
    copy: Path, tmp_path: Path, cut: int | str
) -> None:
    whole = copy.read_bytes()
    length = (
        len(whole) // 8192 * 4096 if cut == "half" else int(cut) if int(cut) >= 0 else len(whole) + int(cut)
    )
    copy.write_bytes(whole[:length])
    with pytest.raises(StoreError, match="damaged or was cut short"):
        backup.restore(copy, PHRASE, tmp_path / "new" / "digmed.db", NEW_KEY, MovedClock())
    assert not list((tmp_path / "new").glob("*")) if (tmp_path / "new").exists() else True


def test_a_flipped_byte_is_a_sentence(copy: Path, tmp_path: Path) -> None:
    whole = bytearray(copy.read_bytes())
    whole[len(whole) // 2] ^= 1
    copy.write_bytes(bytes(whole))
    with pytest.raises(StoreError, match="damaged or was cut short"):
        backup.restore(copy, PHRASE, tmp_path / "new" / "digmed.db", NEW_KEY, MovedClock())


def test_a_file_of_another_kind_is_a_sentence(tmp_path: Path) -> None:
    other = tmp_path / "photo.jpg"
    other.write_bytes(b"\xff\xd8" * 4096)
    with pytest.raises(StoreError, match="not a backup of this program"):
        backup.restore(other, PHRASE, tmp_path / "new.db", NEW_KEY, MovedClock())
    with pytest.raises(StoreError, match="cannot be read"):
        backup.restore(tmp_path / "gone", PHRASE, tmp_path / "new.db", NEW_KEY, MovedClock())


def test_what_is_there_is_put_aside_under_a_name_of_its_own(
    filled: Store, copy: Path, database: Path, clock: MovedClock
) -> None:
    filled.close()
    before = database.read_bytes()
    for number in (1, 2):
        backup.restore(copy, PHRASE, database, NEW_KEY, clock)
        aside = sorted(database.parent.glob("digmed-before-restore-*.db"))
        assert len(aside) == number, "two within one second"
    assert before in [one.read_bytes() for one in aside]
    Store.open(database, NEW_KEY, clock).close()


def test_the_derived_key_can_be_kept_for_the_daily_backup(filled: Store, tmp_path: Path) -> None:
    key = BackupKey.of(PHRASE)
    again = BackupKey.from_kept(key.kept())
    assert again == key
    filled.backups.write(tmp_path / "daily.db", again, {})
    assert backup.contents_of(tmp_path / "daily.db", PHRASE).notifications == 5
    with pytest.raises(ValueError, match="no key"):
        BackupKey.from_kept("00")


def test_a_backup_beside_writes_is_consistent(filled: Store, tmp_path: Path) -> None:
    import threading

    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            freeze(filled)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        held = filled.backups.write(tmp_path / "busy.db", BackupKey.of(PHRASE), {})
    finally:
        stop.set()
        writer.join()
    assert held.rows["notification"] == held.rows["payload"] == held.rows["sending"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_leaves_no_half_backup(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from digmed_desktop.history.backup import BackupKey
from digmed_desktop.history.store import Store
from tests.history.samples import KEY, MovedClock
from tests.history.test_backup import freeze
folder = Path(sys.argv[1])
store = Store.create(folder / "data" / "digmed.db", KEY, MovedClock())
for n in range(50):
    freeze(store, n)
(folder / "out").mkdir()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    store.backups.write(folder / "out" / "b.db", BackupKey.of("copper lantern"), {})
except Exception as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=180
    )
    assert done.stdout.startswith("FileNotWrittenError There is not enough room"), done.stdout + done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_is_not_there(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotWrittenError, match="cannot be found"):
        filled.backups.write(tmp_path / "gone" / "b.db", BackupKey.of(PHRASE), {})


@pytest.mark.parametrize(
    ("passphrase", "again", "said"),
    [
        ("short", "short", "at least 12"),
        ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "different letters"),
        (" copper lantern", " copper lantern", "space"),
        ("123456789012", "123456789012", "easy to guess"),
        ("passwordpassword", "passwordpassword", "easy to guess"),
        ("qwertyuiop12", "qwertyuiop12", "easy to guess"),
        ("Pharmacy2026!!", "Pharmacy2026!!", "easy to guess"),
        ("letmein letmein", "letmein letmein", "easy to guess"),
        ("copper lantern", "copper lantern", "easy to guess"),
        ("copper lantern seven", "copper lantem seven", "same passphrase"),
        ("copper lantern seven", "copper lantern seven", ""),
        ("copper lantern seven" * 20, "copper lantern seven" * 20, ""),
    ],
)
def test_a_passphrase_good_enough(passphrase: str, again: str, said: str) -> None:
    assert said in backup.problem_with(passphrase, again)
    assert bool(said) == bool(backup.problem_with(passphrase, again))


def test_what_a_kill_left_of_a_backup_is_swept(store: Store, tmp_path: Path, clock) -> None:
    target = tmp_path / "out" / "b.digmedbackup"
    target.parent.mkdir()
    old, new, theirs = (
        target.with_name(name) for name in (".a.digmedbackup.part", ".c.digmedbackup.part", ".x.part")
    )
    trial = store.path.with_name(".trial-0123abcd.db")
    for left in (old, new, theirs, trial, Path(f"{trial}-wal")):
        left.write_bytes(b"left")
    os.utime(old, (0, 0))
    os.utime(theirs, (0, 0))
    store.backups.write(target, BackupKey.of(PHRASE), {})
    assert not old.exists()
    assert new.exists()
    assert theirs.exists()
    store.close()
    Store.open(store.path, KEY, clock).close()
    assert not list(store.path.parent.glob(".trial*"))
