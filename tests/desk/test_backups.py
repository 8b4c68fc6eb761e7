"""Backups from the counter, the recovery phrase, and the recovery on a new computer."""

import shutil
from pathlib import Path

import pytest

from digmed_desktop.credentials.phrase import phrase_of
from digmed_desktop.desk.upkeep import opening, recovery
from digmed_desktop.desk.upkeep.backups import KEEP, BackupDesk, own_folder
from digmed_desktop.desk.views.general import PersonView, SignIn
from digmed_desktop.history import backup
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import (
    DigMedError,
    NotAllowedNowError,
    RecordsDoubt,
    RecordsInDoubtError,
    StoreError,
)
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.states import State
from digmed_desktop.settings.folders import Folders
from tests.conftest import MemoryVault
from tests.desk.conftest import Counter
from tests.history.samples import KEY, PHARMACIST, MovedClock

PHRASE = "copper lantern seven"


@pytest.fixture
def desk(counter: Counter, memory_vault: MemoryVault) -> BackupDesk:
    memory_vault.put("database-key", KEY.hex())
    memory_vault.put("mesh-password", "secret")
    memory_vault.put("register-key", "chain")
    return BackupDesk(counter.store, memory_vault, counter.clock)


def test_by_hand(desk: BackupDesk, counter: Counter, tmp_path: Path) -> None:
    counter.record()
    with pytest.raises(DigMedError, match="at least 12"):
        desk.write(tmp_path / "b", "short", "short", Progress())
    progress = Progress()
    state = desk.write(tmp_path / desk.suggested_name(), PHRASE, PHRASE, progress)
    assert (progress.done, progress.total) == (3, 3)
    assert (state.last_count, state.last_at, state.daily) == (1, counter.clock.now(), False)
    assert Path(state.last_file).name == "digmed-2026-10-14.digmedbackup"


def test_daily_without_the_passphrase_and_thinned_out(
    desk: BackupDesk, counter: Counter, memory_vault: MemoryVault, tmp_path: Path
) -> None:
    folder = tmp_path / "daily"
    with pytest.raises(DigMedError, match="cannot be found"):
        desk.begin_daily(folder, PHRASE, PHRASE)
    folder.mkdir()
    (folder / "holiday.jpg").write_text("keep me")
    assert desk.begin_daily(folder, PHRASE, PHRASE).daily
    assert PHRASE not in "".join(memory_vault.items.values())
    assert not desk.is_due()
    for _ in range(KEEP + 2):
        counter.clock.move(days=1)
        counter.record()
        assert desk.is_due()
        assert desk.daily().trouble == ""
        assert desk.daily().trouble == ""
    files = sorted(one.name for one in folder.iterdir())
    assert len(files) == KEEP + 1
    assert "holiday.jpg" in files
    newest = folder / desk.suggested_name()
    assert backup.contents_of(newest, PHRASE).notifications == KEEP + 2
    assert not desk.end_daily().daily
    counter.clock.move(days=1)
    assert not desk.is_due()


def test_a_daily_backup_that_fails_says_so_until_it_works(
    desk: BackupDesk, counter: Counter, tmp_path: Path
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    desk.begin_daily(folder, PHRASE, PHRASE)
    (folder / desk.suggested_name()).unlink()
    folder.rmdir()
    counter.clock.move(days=1)
    assert "cannot be found" in desk.daily().trouble
    assert "cannot be found" in desk.state().trouble
    folder.mkdir()
    assert desk.daily().trouble == ""


def test_the_recovery_phrase_is_noted_when_the_words_are_right(desk: BackupDesk) -> None:
    assert desk._phrase() == phrase_of(KEY)
    words = desk._phrase()
    with pytest.raises(NotAllowedNowError, match="not shown"):
        desk.phrase_written_down((3, 7), (words[2], words[6]))
    with pytest.raises(DigMedError, match="PIN"):
        desk.phrase_for(1, "1", lambda _person, _pin: SignIn(None, "That is not this person's PIN."))
    with pytest.raises(NotAllowedNowError, match="not shown"):
        desk.phrase_written_down((3, 7), (words[2], words[6]))
    person = PersonView(1, PHARMACIST)
    assert desk.phrase_for(1, "739204", lambda _person, _pin: SignIn(person)) == words
    assert "Word 7" in desk.phrase_written_down((3, 7), (words[2], "zebra"))
    assert desk.state().phrase_written_down is None
    assert desk.phrase_written_down((3, 7), (words[2].upper() + " ", words[6])) == ""
    assert desk.state().phrase_written_down is not None


def test_the_phrase_opens_the_records_when_the_keyring_is_lost(
    desk: BackupDesk, counter: Counter, tmp_path: Path
) -> None:
    counter.record()
    phrase, database = " ".join(desk._phrase()), counter.store.path
    counter.store.close()
    empty = MemoryVault()
    with pytest.raises(StoreError, match="do not open the records"):
        recovery.with_phrase(" ".join(phrase_of(bytes(32))), database, empty, counter.clock)
    assert empty.items == {}
    recovery.with_phrase(phrase, database, empty, counter.clock)
    again = Store.open(database, bytes.fromhex(empty.items["database-key"]), counter.clock)
    assert len(again.notifications.page()) == 1
    again.close()


def test_a_backup_becomes_the_records_of_a_new_computer(
    desk: BackupDesk, counter: Counter, tmp_path: Path
) -> None:
    made = counter.record()
    target = tmp_path / "b.digmedbackup"
    desk.write(target, PHRASE, PHRASE, Progress())
    vault, folder = MemoryVault(), tmp_path / "new-pc"
    folders = Folders(folder, folder, folder, practice=False)
    place = folders.database
    with pytest.raises(StoreError, match="passphrase does not fit"):
        recovery.from_backup(target, "wrong passphrase", place, vault, MovedClock())
    assert vault.items == {}
    held = recovery.from_backup(target, PHRASE, place, vault, MovedClock())
    assert held.notifications == 1
    assert vault.items["mesh-password"] == "secret"
    assert vault.items["register-key"] == "chain"
    assert vault.items["database-key"] != KEY.hex()
    for _ in range(2):
        with pytest.raises(RecordsInDoubtError, match="restored from a backup") as asked:
            opening.open_store(folders, vault, counter.clock)
        assert asked.value.doubt is RecordsDoubt.RESTORED
    opening.go_on_with(folders, vault, counter.clock, RecordsDoubt.RESTORED, "Ada")
    again = opening.open_store(folders, vault, counter.clock)
    assert again.notifications.row(made).state is State.CHECKING
    assert "Ada continued" in again.chain.losses()[0]
    again.close()


def test_records_that_are_there_are_put_aside(desk: BackupDesk, counter: Counter, tmp_path: Path) -> None:
    counter.record()
    target = tmp_path / "b.digmedbackup"
    desk.write(target, PHRASE, PHRASE, Progress())
    counter.record()
    database = counter.store.path
    counter.store.close()
    vault = MemoryVault()
    vault.put("database-key", KEY.hex())
    recovery.from_backup(target, PHRASE, database, vault, counter.clock)
    again = Store.open(database, KEY, counter.clock)
    assert len(again.notifications.page()) == 1
    again.close()
    (aside,) = database.parent.glob("digmed-before-restore-*.db")
    before = Store.open(aside, KEY, counter.clock)
    assert len(before.notifications.page()) == 2
    before.close()


def test_a_place_named_by_it_goes_before_a_chosen_one_and_keeps_computers_apart(
    desk: BackupDesk, counter: Counter, memory_vault: MemoryVault, tmp_path: Path
) -> None:
    chosen, named = tmp_path / "chosen", tmp_path / "named"
    chosen.mkdir()
    under = BackupDesk(counter.store, memory_vault, counter.clock, named)
    assert (under.state().daily, under.state().named_by_it) == (False, str(named / own_folder()))
    with pytest.raises(DigMedError, match="your IT support named"):
        under.begin_daily(chosen, PHRASE, PHRASE)
    named.mkdir()
    assert under.begin_daily(chosen, PHRASE, PHRASE).folder == str(named / own_folder())
    assert list(chosen.iterdir()) == []
    counter.clock.move(days=1)
    assert under.daily().trouble == ""
    assert len(list((named / own_folder()).iterdir())) == 2
    shutil.rmtree(named)
    counter.clock.move(days=1)
    assert "your IT support named" in under.daily().trouble
    named.mkdir()
    assert under.daily().trouble == "", "it is made as soon as the place is there again"


def test_a_daily_backup_that_was_begun_moves_to_the_place_that_it_names_later(
    desk: BackupDesk, counter: Counter, memory_vault: MemoryVault, tmp_path: Path
) -> None:
    chosen, named = tmp_path / "chosen", tmp_path / "named"
    chosen.mkdir()
    named.mkdir()
    desk.begin_daily(chosen, PHRASE, PHRASE)
    counter.clock.move(days=1)
    under = BackupDesk(counter.store, memory_vault, counter.clock, named)
    state = under.daily()
    assert (state.trouble, Path(state.last_file).parent) == ("", named / own_folder())
