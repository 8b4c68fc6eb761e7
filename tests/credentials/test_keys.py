"""The key of the history is made once and never replaced."""

from pathlib import Path

import pytest

from digmed_desktop.credentials.keys import database_key
from digmed_desktop.credentials.vault import VaultError


def test_a_key_is_made_once(memory_vault, tmp_path: Path) -> None:
    file = tmp_path / "history.db"
    key = database_key(memory_vault, "database", database=file)
    file.touch()
    assert len(key) == 32
    assert database_key(memory_vault, "database", database=file) == key
    assert database_key(memory_vault, "another", database=tmp_path / "another.db") != key
    assert memory_vault.items["database"] == key.hex()


@pytest.mark.parametrize("content", [b"", b"some pages"])
def test_a_lost_key_is_never_replaced(memory_vault, tmp_path, content) -> None:
    file = tmp_path / "history.db"
    file.write_bytes(content)
    with pytest.raises(VaultError, match="not in the keyring") as caught:
        database_key(memory_vault, "database", database=file)
    assert "backup" in caught.value.remedy
    assert memory_vault.items == {}


@pytest.mark.parametrize("kept", ["", "00" * 31, "00" * 33, "zz" * 32, "AB" * 32, "00" * 32 + "\n"])
def test_a_damaged_key_is_a_sentence(memory_vault, tmp_path, kept) -> None:
    memory_vault.put("database", kept)
    with pytest.raises(VaultError, match="damaged"):
        database_key(memory_vault, "database", database=tmp_path / "history.db")
    assert memory_vault.items["database"] == kept


def test_a_key_that_was_not_kept_is_not_used(memory_vault, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(memory_vault, "put", lambda name, value: None)
    with pytest.raises(VaultError, match="not kept"):
        database_key(memory_vault, "database", database=tmp_path / "history.db")
