"""Records go only after a backup that opens, and words that a person types."""

from datetime import date
from pathlib import Path

import pytest

from digmed_desktop.credentials import databases, pins
from digmed_desktop.credentials.databases import DatabaseVault
from digmed_desktop.desk.commands import erasing
from digmed_desktop.desk.gate import NotPermittedError
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.history.backup import contents_of
from digmed_desktop.messaging.clock import SystemClock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.people import Access, Why
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings.folders import Folders
from tests.conftest import MemoryVault
from tests.history.samples import PHARMACIST

PASSPHRASE = "four words not together"


PIN = "739204"


def _asked(passphrase: str = PASSPHRASE, words: str = erasing.WORDS, pin: str = PIN) -> erasing.Asked:
    return erasing.Asked(lambda: (passphrase, passphrase), lambda _count: words, lambda _names: (0, pin))


@pytest.fixture
def folders(home: Path, memory_vault: MemoryVault) -> Folders:
    made = folder_room.prepare(practice=False)
    opening.open_store(made, memory_vault, SystemClock()).close()
    (made.config / "settings.toml").write_text("", encoding="utf-8")
    return made


def test_all_goes_and_the_backup_stays(folders: Folders, memory_vault: MemoryVault, tmp_path: Path) -> None:
    backup = tmp_path / "last.digmedbackup"
    said = erasing.erase(folders, memory_vault, SystemClock(), backup, _asked())
    assert "two years" in said
    assert list(folders.data.iterdir()) == []
    assert list(folders.config.iterdir()) == []
    assert set(memory_vault.items) == {"installation"}
    assert contents_of(backup, PASSPHRASE).notifications == 0


def test_secrets_named_for_the_database_go_too_and_those_of_another_stay(
    home: Path, memory_vault: MemoryVault, tmp_path: Path
) -> None:
    made = folder_room.prepare(practice=False)
    vault = DatabaseVault(memory_vault, made.database)
    opening.open_store(made, vault, SystemClock()).close()
    other = tmp_path / "other"
    other.mkdir()
    theirs = DatabaseVault(memory_vault, other / made.database.name)
    theirs.put("database-key", "another")
    databases.note_opened(theirs, date(2026, 11, 28))
    mine = vault.name()
    vault.put("database-key-before-1", "put aside")
    erasing.erase(made, vault, SystemClock(), tmp_path / "last.digmedbackup", _asked())
    assert [name for name in memory_vault.items if name.endswith(f".{mine}")] == []
    assert theirs.get("database-key") == "another"
    assert [one.name for one in databases.known(memory_vault)] == [theirs.name()]
    assert opening.is_first_start(made, DatabaseVault(memory_vault, made.database))


@pytest.mark.parametrize("words", ["", "yes", "erase all records"])
def test_without_the_very_words_nothing_goes(
    folders: Folders, memory_vault: MemoryVault, tmp_path: Path, words: str
) -> None:
    before = dict(memory_vault.items)
    with pytest.raises(DigMedError, match="nothing was erased"):
        erasing.erase(folders, memory_vault, SystemClock(), tmp_path / "b.digmedbackup", _asked(words=words))
    assert memory_vault.items == before
    opening.open_store(folders, memory_vault, SystemClock(), create=False).close()


def test_no_words_are_asked_for_before_the_backup_is_good(
    folders: Folders, memory_vault: MemoryVault, tmp_path: Path
) -> None:
    def never(_count: int) -> str:
        raise AssertionError("asked too early")

    taken = tmp_path / "taken"
    taken.write_bytes(b"something else")
    for backup, passphrase in (
        (tmp_path / "b.digmedbackup", "short"),
        (taken, PASSPHRASE),
        (folders.data / "inside.digmedbackup", PASSPHRASE),
        (tmp_path / "no folder" / "b.digmedbackup", PASSPHRASE),
    ):
        with pytest.raises(DigMedError):
            erasing.erase(
                folders,
                memory_vault,
                SystemClock(),
                backup,
                erasing.Asked(lambda p=passphrase: (p, p), never, lambda _names: (0, PIN)),
            )
    assert taken.read_bytes() == b"something else"
    assert folders.database.exists()


def test_only_a_manager_with_the_right_pin_erases(
    folders: Folders, memory_vault: MemoryVault, tmp_path: Path
) -> None:
    backup = tmp_path / "last.digmedbackup"
    store = opening.open_store(folders, memory_vault, SystemClock())
    ada = store.people.add(PHARMACIST, pins.hash_pin(PIN))
    store.close()
    with pytest.raises(NotPermittedError, match="no manager yet"):
        erasing.erase(folders, memory_vault, SystemClock(), backup, _asked())
    store = opening.open_store(folders, memory_vault, SystemClock())
    store.people.give(ada, Access(manager=True), Why.PHRASE, None)
    store.close()
    with pytest.raises(DigMedError, match="not this person's PIN"):
        erasing.erase(folders, memory_vault, SystemClock(), backup, _asked(pin="618350"))
    assert folders.database.exists()
    assert not backup.exists()
    assert "are erased" in erasing.erase(folders, memory_vault, SystemClock(), backup, _asked())
