"""The key of the history is made once and never replaced."""

import pytest

from digmed_desktop.credentials.keys import DatabaseKey
from digmed_desktop.credentials.vault import VaultError
from tests.conftest import MemoryVault


@pytest.fixture
def keys(memory_vault: MemoryVault) -> DatabaseKey:
    return DatabaseKey(memory_vault, "database")


def test_a_new_key_waits_until_its_database_is_there(memory_vault: MemoryVault, keys: DatabaseKey) -> None:
    key = keys.make()
    assert len(key) == 32
    assert keys.make() == keys.waiting() == key
    assert keys.kept() is None
    keys.settle()
    assert keys.kept() == key
    assert memory_vault.items == {"database": key.hex()}
    keys.settle()
    assert keys.kept() == key
    assert DatabaseKey(memory_vault, "another").make() != key


def test_a_restore_uses_the_key_that_is_there_and_makes_one_for_a_lost_or_damaged_one(
    memory_vault: MemoryVault, keys: DatabaseKey
) -> None:
    keys.put_back(bytes(range(32)))
    assert keys.for_restore() == bytes(range(32))
    memory_vault.put("database", "damaged")
    made = keys.for_restore()
    assert memory_vault.items["database"] == "damaged", "until the restored database is in its place"
    keys.settle()
    assert keys.kept() == made


@pytest.mark.parametrize("kept", ["", "00" * 31, "00" * 33, "zz" * 32, "AB" * 32, "00" * 32 + "\n"])
def test_a_damaged_key_is_a_sentence(memory_vault: MemoryVault, keys: DatabaseKey, kept: str) -> None:
    memory_vault.put("database", kept)
    with pytest.raises(VaultError, match="damaged"):
        keys.kept()
    assert memory_vault.items["database"] == kept


def test_a_key_that_was_not_kept_is_not_used(
    memory_vault: MemoryVault, keys: DatabaseKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_vault, "put", lambda _name, _value: None)
    with pytest.raises(VaultError, match="not stored"):
        keys.make()
