"""A restore is whole or not at all, and records that are gone are never replaced by empty ones."""

import os
from pathlib import Path

import pytest

from digmed_desktop.desk.commands import unattended
from digmed_desktop.desk.upkeep import opening, recovery
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.errors import RecordsMissingError, StoreError
from digmed_desktop.settings.folders import Folders
from tests.conftest import MemoryVault
from tests.history.samples import KEY, MovedClock
from tests.long.checks import restores
from tests.long.registry import Size

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL in a forked process needs fork")


@needs_fork
def test_a_program_killed_at_any_rename_opens_whole_records(tmp_path: Path) -> None:
    for nth in range(1, 6):
        stop = restores.Stop("killed", nth, renames_only=True)
        found = restores.ended(tmp_path / str(nth), stop, key_lost=False)
        assert found == (-9, "old" if nth == 1 else "restored"), nth


@needs_fork
def test_a_restore_that_fails_or_is_killed_anywhere_leaves_whole_records(tmp_path: Path) -> None:
    outcome = restores.run(Size(6), tmp_path)
    assert outcome.broken == ()
    assert int(outcome.figures["ended before its end"]) > 1


class RefusingVault(MemoryVault):
    """Takes no secret that a backup brings."""

    def put(self, name: str, value: str) -> None:
        if name.startswith("register"):
            raise StoreError("The keyring is locked.", "Unlock it.")
        super().put(name, value)


@needs_fork
def test_a_vault_that_refuses_what_the_backup_brings_leaves_the_old_records(tmp_path: Path) -> None:
    pharmacy = restores.set_up(tmp_path / "here", key_lost=False)
    vault = RefusingVault()
    vault.items = dict.fromkeys(("database-key",), KEY.hex())
    with pytest.raises(StoreError, match="keyring is locked"):
        recovery.from_backup(
            pharmacy.backup, restores.PHRASE, pharmacy.folders.database, vault, restores.CLOCK
        )
    assert pharmacy.found() == "old"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    (tmp_path / "data").mkdir()
    return Folders(tmp_path / "data", tmp_path, tmp_path, practice=False)


def recorded(folders: Folders, vault: MemoryVault) -> None:
    opening.open_store(folders, vault, MovedClock()).close()


@pytest.mark.parametrize("create", [True, False])
def test_records_that_are_gone_are_not_replaced_while_their_key_is_there(
    folders: Folders, memory_vault: MemoryVault, create: bool
) -> None:
    recorded(folders, memory_vault)
    moved = folders.database.replace(folders.data / "moved.db")
    for _ in range(2):
        with pytest.raises(RecordsMissingError, match=r"history\.db is not in") as caught:
            opening.open_store(folders, memory_vault, MovedClock(), create=create)
        assert "restore the latest backup" in caught.value.remedy
    assert not folders.database.exists()
    moved.replace(folders.database)
    recorded(folders, memory_vault)


def test_unattended_work_says_that_the_records_are_missing(
    folders: Folders, memory_vault: MemoryVault
) -> None:
    recorded(folders, memory_vault)
    folders.database.unlink()
    status, sentence = unattended.sync(folders, MovedClock(), lambda _folders: memory_vault)
    assert (status, "records of this computer are missing" in sentence) == (1, True)
    checks = {
        one.name: one for one in unattended.doctor(folders, MovedClock(), lambda _folders: memory_vault)
    }
    assert checks["Records"].health is Health.BAD


def test_a_person_may_begin_with_empty_records_and_the_old_key_stays(
    folders: Folders, memory_vault: MemoryVault
) -> None:
    recorded(folders, memory_vault)
    memory_vault.put("register-key", "seal")
    key = memory_vault.items["database-key"]
    with pytest.raises(StoreError, match="in their folder again"):
        recovery.begin_with_empty_records(folders.database, memory_vault)
    folders.database.unlink()
    recovery.begin_with_empty_records(folders.database, memory_vault)
    recorded(folders, memory_vault)
    assert memory_vault.items["database-key"] not in ("", key)
    assert key in memory_vault.items.values()
    assert "register-key" not in memory_vault.items


def test_practice_mode_begins_anew_with_a_new_seal(tmp_path: Path, memory_vault: MemoryVault) -> None:
    (tmp_path / "data").mkdir()
    folders = Folders(tmp_path / "data", tmp_path, tmp_path, practice=True)
    recorded(folders, memory_vault)
    memory_vault.put("register-head", '{"number": 2, "mac": "00"}')
    folders.database.unlink()
    recorded(folders, memory_vault)
    assert "register-head" not in memory_vault.items


def test_a_program_killed_between_the_key_and_its_database_starts_again(
    folders: Folders, memory_vault: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from digmed_desktop.history.store import Store

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as stopped, pytest.raises(KeyboardInterrupt):
        stopped.setattr(Store, "create", killed)
        recorded(folders, memory_vault)
    assert "database-key" not in memory_vault.items
    recorded(folders, memory_vault)
    recorded(folders, memory_vault)


def test_a_lost_key_is_never_replaced(folders: Folders, memory_vault: MemoryVault) -> None:
    recorded(folders, memory_vault)
    memory_vault.items.clear()
    with pytest.raises(Exception, match="their key is not in the keyring"):
        opening.open_store(folders, memory_vault, MovedClock())
    assert memory_vault.items == {}
