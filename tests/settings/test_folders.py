"""The folders: private, and never mixed between real work and practice mode."""

import os
import stat
from pathlib import Path

import pytest

from digmed_desktop.settings import folders
from digmed_desktop.settings.folders import FolderError, prepare

posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")


def test_both_modes_have_folders_of_their_own(home: Path) -> None:
    real, practice = prepare(practice=False), prepare(practice=True)
    places = [real.data, real.config, real.logs, practice.data, practice.config, practice.logs]
    assert all(place.is_dir() and place.is_relative_to(home) for place in places)
    assert len(set(places)) == 6
    assert folders.is_practice_data(practice.data)
    assert not folders.is_practice_data(real.data)
    assert real.database.parent == real.data
    assert real.settings_file.parent == real.config
    assert prepare(practice=True) == practice


def test_without_the_variable_they_lie_where_the_system_wants_them(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv(folders.HOME_VARIABLE, raising=False)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if os.name == "nt":
        pytest.skip("Windows tells its folders by a system call, not by a variable")
    made = prepare(practice=False)
    assert made.data.is_relative_to(tmp_path)
    assert "DigMed Desktop" in made.data.parts
    assert len({made.data, made.config, made.logs}) == 3


@posix_only
def test_only_the_owner_may_enter(home) -> None:
    made = prepare(practice=False)
    made.data.chmod(0o755)
    made = prepare(practice=False)
    assert {stat.S_IMODE(p.stat().st_mode) for p in (made.data, made.config, made.logs)} == {0o700}


@posix_only
def test_a_folder_of_another_account_is_refused(home, monkeypatch) -> None:
    prepare(practice=False)
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    with pytest.raises(FolderError, match="another account"):
        prepare(practice=False)


def test_real_mode_refuses_practice_data(home) -> None:
    made = prepare(practice=False)
    (made.data / folders.PRACTICE_MARK).touch()
    with pytest.raises(FolderError, match="marked as data of practice mode"):
        prepare(practice=False)


def test_practice_mode_refuses_data_that_is_not_marked(home) -> None:
    made = prepare(practice=True)
    (made.data / folders.PRACTICE_MARK).unlink()
    made.database.write_bytes(b"")
    with pytest.raises(FolderError, match="not marked"):
        prepare(practice=True)
    assert not folders.is_practice_data(made.data)


def test_a_file_in_the_way_is_a_sentence(home) -> None:
    (home / "pharmacy").write_text("")
    with pytest.raises(FolderError, match="cannot be made") as caught:
        prepare(practice=False)
    assert "disk" in caught.value.remedy
