"""Records that may not be the ones last used here: nothing is recorded or sent until a person has said what is so."""

import shutil
from pathlib import Path

import pytest

from digmed_desktop.credentials.chain_seal import HEAD, VaultChainSeal
from digmed_desktop.credentials.databases import DatabaseVault, known
from digmed_desktop.desk.commands import unattended
from digmed_desktop.desk.connections import carried
from digmed_desktop.desk.upkeep import opening, recovery
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.upkeep.head_keeper import CHECK, HeadKeeper
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.audit_words import line_of
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.errors import RecordsDoubt, RecordsInDoubtError, RecordsMissingError, StoreError
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.settings.folders import Folders
from tests.conftest import MemoryVault
from tests.history.samples import KEY as DATABASE_KEY
from tests.history.samples import PHARMACIST, MovedClock, facts, local_id, message, token
from tests.history.test_chain import KEPT, record

PHRASE = "copper lantern seven"


class Pharmacy:
    """One folder with its records, opened as the program does."""

    def __init__(self, folder: Path, account: MemoryVault, clock: MovedClock) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folders = Folders(folder, folder, folder, practice=False)
        self.account, self.clock = account, clock
        self.vault = DatabaseVault(account, self.folders.database)

    def open(self, *, look_only: bool = False) -> Store:
        return opening.open_store(self.folders, self.vault, self.clock, look_only=look_only)

    def asked(self) -> RecordsInDoubtError:
        """Open the records; they are in doubt, every time."""
        for _ in range(2):
            with pytest.raises(RecordsInDoubtError) as told:
                self.open()
        assert "Nothing was sent." in told.value.happened
        assert told.value.remedy.endswith(".")
        return told.value

    def go_on(self, doubt: RecordsDoubt) -> Store:
        opening.go_on_with(self.folders, self.vault, self.clock, doubt, "Ada")
        return self.open()

    def file(self) -> Path:
        return self.folders.database


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def here(tmp_path: Path, memory_vault: MemoryVault, clock: MovedClock) -> Pharmacy:
    """A pharmacy with one notification that MESH took, and one that waits."""
    made = Pharmacy(tmp_path / "here", memory_vault, clock)
    store = made.open()
    store.people.add(PHARMACIST, "hash")
    record(store, 1)
    freeze(store)
    store.chain.keep_head()
    store.close()
    return made


def freeze(store: Store) -> int:
    return store.notifications.freeze(None, "{}", facts(), message(), local_id(), 1, token=token())


def older(pharmacy: Pharmacy) -> int:
    """Put back the file of before, after more was recorded and sent; return the notification that waits in it."""
    kept = pharmacy.file().with_name("kept.db")
    shutil.copy(pharmacy.file(), kept)
    pharmacy.clock.move(hours=1)
    store = pharmacy.open()
    (waiting,) = store.notifications.page(states=[State.WAITING])
    store.notifications.cancel(waiting.id, 1, "not given after all")
    freeze(store)
    HeadKeeper(store).keep()
    store.close()
    kept.replace(pharmacy.file())
    return waiting.id


def test_records_that_were_last_used_here_open(here: Pharmacy) -> None:
    for _ in range(2):
        store = here.open()
        assert store.chain.verify().intact
        store.close()


def test_an_older_file_is_noticed_and_says_what_may_be_missing_since_when(here: Pharmacy) -> None:
    older(here)
    asked = here.asked()
    assert asked.doubt is RecordsDoubt.OLDER
    assert "dated 20 Nov 2026 10:30" in asked.happened
    assert "dated 20 Nov 2026 11:30" in asked.happened
    assert "entries are missing" in asked.happened
    assert "restore the latest backup" in asked.remedy


def test_what_was_cancelled_in_records_that_are_gone_is_not_sent_by_itself(here: Pharmacy) -> None:
    waiting = older(here)
    store = here.go_on(RecordsDoubt.OLDER)
    assert store.notifications.row(waiting).state is State.CHECKING
    unsure = store.deliveries.next_unsure()
    assert unsure is not None
    store.deliveries.record(unsure.local_id, Happening.NOT_FOUND)
    row = store.notifications.row(waiting)
    assert (row.state, row.needs_person) == (State.CHECKING, True)
    assert store.deliveries.waiting(9) == []
    left = store.deliveries.next_unsure()  # the answer that is owed
    assert left is None or left.local_id != unsure.local_id, "a person was asked"
    here.clock.move(days=1)
    store.deliveries.record(unsure.local_id, Happening.NOT_FOUND)
    heard = [event.happening for event in store.notifications.story(waiting).events]
    assert heard.count(Happening.NOT_FOUND_RESTORED) == 1, "a person is asked once"
    assert store.chain.verify().intact
    assert "older than the last ones" in store.chain.losses()[-1]
    store.close()
    here.open().close()


def test_a_lost_log_is_noticed(here: Pharmacy) -> None:
    kept = here.file().read_bytes()
    store = here.open()
    freeze(store)
    HeadKeeper(store).keep()
    store.close()
    here.file().write_bytes(kept)  # the log with the last changes was never written into the file
    assert here.asked().doubt is RecordsDoubt.OLDER


def test_a_folder_copied_to_another_computer_asks_and_sends_nothing(here: Pharmacy, tmp_path: Path) -> None:
    shutil.copytree(here.folders.data, tmp_path / "there")
    there = Pharmacy(tmp_path / "there", MemoryVault(), here.clock)
    key = here.vault.get("database-key")
    assert key is not None
    there.vault.put("database-key", key)  # what the recovery phrase does
    asked = there.asked()
    assert asked.doubt is RecordsDoubt.ELSEWHERE
    assert "another computer" in asked.happened
    store = there.open(look_only=True)
    assert len(store.notifications.page()) == 2
    with pytest.raises(StoreError, match="open for viewing only"):
        freeze(store)
    standing = opening.LookOnly(store).run_once()
    assert "nothing is sent" in standing.stopped_because
    store.close()
    assert there.asked().doubt is RecordsDoubt.ELSEWHERE, "to look changes nothing"
    store = there.go_on(RecordsDoubt.ELSEWHERE)
    assert store.deliveries.waiting(9) == []
    store.close()
    here.open().close()


def test_two_copies_under_one_account_notice_each_other(here: Pharmacy, tmp_path: Path) -> None:
    shutil.copytree(here.folders.data, tmp_path / "copy")
    copy = Pharmacy(tmp_path / "copy", here.account, here.clock)
    store = copy.open()
    freeze(store)
    HeadKeeper(store).keep()
    store.close()
    assert here.asked().doubt is RecordsDoubt.OLDER


def test_records_without_a_head_in_the_keyring_are_asked_about(here: Pharmacy) -> None:
    here.vault.remove(HEAD)
    assert here.asked().doubt is RecordsDoubt.UNKNOWN
    here.go_on(RecordsDoubt.UNKNOWN).close()


def test_the_last_record_that_was_changed_is_told(here: Pharmacy) -> None:
    from tests.history.test_chain import tamper

    store = here.open()
    key = here.vault.get("database-key")
    assert key is not None
    store.close()
    tamper(here.file(), "UPDATE event SET by_name = 'Mallory' WHERE id = 2", key=bytes.fromhex(key))
    asked = here.asked()
    assert asked.doubt is RecordsDoubt.ALTERED
    assert "changed afterwards" in asked.happened


def test_unattended_work_sends_nothing_from_records_in_doubt(here: Pharmacy) -> None:
    older(here)
    status, said = unattended.sync(here.folders, here.clock, lambda _folders: here.vault)
    assert status == 1
    assert "older than the ones last used here" in said
    checks = {
        one.name: one for one in unattended.doctor(here.folders, here.clock, lambda _folders: here.vault)
    }
    assert checks["Records"].health is Health.BAD


def test_the_doctor_checks_the_whole_chain_and_names_losses(here: Pharmacy) -> None:
    def of_chain() -> tuple[Health, str]:
        found = {
            one.name: one for one in unattended.doctor(here.folders, here.clock, lambda _folders: here.vault)
        }
        return found[CHECK].health, found[CHECK].sentence

    assert of_chain()[0] is Health.GOOD
    here.vault.remove(HEAD)
    here.go_on(RecordsDoubt.UNKNOWN).close()
    health, sentence = of_chain()
    assert health is Health.LOOK
    assert "Ada continued" in sentence


# ---- restores


def backed_up(pharmacy: Pharmacy, target: Path) -> None:
    store = pharmacy.open()
    BackupDesk(store, pharmacy.vault, pharmacy.clock).make(target, PHRASE, PHRASE, Progress())
    store.close()


def test_a_backup_that_is_exactly_what_was_last_used_opens_without_a_question(
    here: Pharmacy, tmp_path: Path
) -> None:
    backed_up(here, tmp_path / "b.digmedbackup")
    recovery.from_backup(tmp_path / "b.digmedbackup", PHRASE, here.file(), here.vault, here.clock)
    store = here.open()
    assert [row.state for row in store.notifications.page(states=[State.WAITING])] == [State.WAITING]
    store.close()


def test_each_restore_stands_in_the_audit_once(here: Pharmacy, tmp_path: Path) -> None:
    def told(store: Store) -> list[tuple[str, str]]:
        acts = (("audit", "restored"), ("lost", "lost"))
        found = [line_of(row) for row in store.audit.rows() if (row.source, row.act) in acts]
        return [(one.act, one.who) for one in found][::-1]

    backed_up(here, tmp_path / "b.digmedbackup")
    recovery.from_backup(tmp_path / "b.digmedbackup", PHRASE, here.file(), here.vault, here.clock)
    for _ in range(2):
        store = here.open()
        assert told(store) == [("Restored a backup: no record differed", "nobody signed in")]
        freeze(store)
        HeadKeeper(store).keep()
        store.close()
    recovery.from_backup(tmp_path / "b.digmedbackup", PHRASE, here.file(), here.vault, here.clock)
    store = here.go_on(RecordsDoubt.OLDER)
    (again,) = told(store)
    assert again[0] == "Went on with these records, restored or in doubt"
    assert again[1] not in ("", "the program")
    store.close()


def test_an_older_backup_is_older_than_the_head(here: Pharmacy, tmp_path: Path) -> None:
    backed_up(here, tmp_path / "b.digmedbackup")
    store = here.open()
    freeze(store)
    HeadKeeper(store).keep()
    store.close()
    recovery.from_backup(tmp_path / "b.digmedbackup", PHRASE, here.file(), here.vault, here.clock)
    assert here.asked().doubt is RecordsDoubt.OLDER
    store = here.go_on(RecordsDoubt.OLDER)
    assert store.deliveries.waiting(9) == []
    store.close()


def test_a_restore_keeps_newer_secrets_and_says_so(here: Pharmacy, tmp_path: Path) -> None:
    here.vault.put("mesh-password", "old")
    backed_up(here, tmp_path / "b.digmedbackup")
    here.vault.put("mesh-password", "new")
    recovery.from_backup(tmp_path / "b.digmedbackup", PHRASE, here.file(), here.vault, here.clock)
    asked = here.asked()
    assert asked.doubt is RecordsDoubt.RESTORED
    assert "the MESH password" in asked.happened
    assert here.vault.get("mesh-password") == "new"
    here.go_on(RecordsDoubt.RESTORED).close()


@pytest.mark.parametrize(("mine", "theirs", "kept"), [(5, 3, 5), (2, 3, 3)])
def test_a_restore_does_not_shorten_the_register(mine: int, theirs: int, kept: int) -> None:
    vault = MemoryVault()
    vault.put("register-key", "k")
    vault.put("register-head", f'{{"number": {mine}, "mac": "m"}}')
    carried.merge(vault, {"register-key": "k", "register-head": f'{{"number": {theirs}, "mac": "m"}}'})
    assert vault.get("register-head") == f'{{"number": {kept}, "mac": "m"}}'


def test_the_register_of_another_pharmacy_takes_its_place_and_the_old_key_stays() -> None:
    vault = MemoryVault()
    vault.put("register-key", "mine")
    vault.put("register-head", '{"number": 9, "mac": "m"}')
    assert (
        carried.merge(vault, {"register-key": "theirs", "register-head": '{"number": 3, "mac": "t"}'}) == ()
    )
    assert vault.get("register-key") == "theirs"
    assert vault.get("register-head") == '{"number": 3, "mac": "t"}'
    assert {"mine", '{"number": 9, "mac": "m"}'} < set(vault.items.values())


# ---- secrets named for their database


def test_secrets_carry_the_name_of_their_database(here: Pharmacy, tmp_path: Path) -> None:
    other = Pharmacy(tmp_path / "other", here.account, here.clock)
    store = other.open()
    assert store.chain.verify().entries == 1
    store.close()
    assert here.vault.get("database-key") != other.vault.get("database-key")
    here.open().close()
    names = {name.partition(".")[0] for name in here.account.items}
    assert {"database-key", "chain-key", "chain-head", "databases", "installation"} <= names
    assert not {"database-key", "chain-head"} & set(here.account.items)
    assert {one.folder for one in known(here.account)} == {str(here.folders.data), str(other.folders.data)}


def test_a_folder_that_is_gone_is_noticed_by_the_list_of_the_account(here: Pharmacy) -> None:
    shutil.rmtree(here.folders.data)
    here.folders.data.mkdir()
    with pytest.raises(RecordsMissingError, match=r"history\.db is not in"):
        here.open()


def test_the_doctor_names_other_records_that_are_gone(here: Pharmacy, tmp_path: Path) -> None:
    other = Pharmacy(tmp_path / "other", here.account, here.clock)
    other.open().close()
    shutil.rmtree(other.folders.data)
    found = {
        one.name: one for one in unattended.doctor(here.folders, here.clock, lambda _folders: here.vault)
    }
    assert str(other.folders.data) in found["Other records"].sentence


def test_secrets_named_the_old_way_are_taken_over_once(tmp_path: Path, clock: MovedClock) -> None:
    account = MemoryVault()
    old = Pharmacy(tmp_path / "old", account, clock)
    shutil.copy(KEPT, old.file())  # as before secrets were named
    account.put("database-key", DATABASE_KEY.hex())
    account.put("register-key", "seal")
    before = dict(account.items)
    old.open().close()
    assert old.vault.get("database-key") == before["database-key"]
    assert old.vault.get("register-key") == "seal"
    assert account.items["database-key"] == before["database-key"], "another folder may need it"
    account.put("register-key", "someone else's")
    old.open().close()
    assert old.vault.get("register-key") == "seal"


def test_an_old_key_without_its_database_is_noticed(tmp_path: Path, clock: MovedClock) -> None:
    account = MemoryVault()
    account.put("database-key", bytes(32).hex())
    with pytest.raises(RecordsMissingError):
        Pharmacy(tmp_path / "empty", account, clock).open()


def test_practice_mode_forgets_the_secrets_of_folders_that_are_gone(
    tmp_path: Path, clock: MovedClock
) -> None:
    account = MemoryVault()
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        folders = Folders(folder, folder, folder, practice=True)
        opening.open_store(folders, DatabaseVault(account, folders.database), clock).close()
        if name == "first":
            kept = set(account.items)
            shutil.rmtree(folder)
    assert len(known(account)) == 1
    assert not {name for name in kept if "." in name} & set(account.items)


def test_the_head_lies_outside_the_database(here: Pharmacy) -> None:
    head = VaultChainSeal(here.vault, lambda: b"").head()
    store = here.open()
    assert head is not None
    assert head.number == store.chain.verify().entries
    assert head.mac.encode() not in here.file().read_bytes()
    store.close()
