"""The lock files agree with pyproject.toml."""

import re

import pytest

from installer.making import lock, places


@pytest.mark.parametrize("target", lock.TARGETS, ids=lambda target: target.system)
def test_the_lock_and_pyproject_agree(target: lock.Target) -> None:
    assert lock.disagreements(target, target.path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("target", lock.TARGETS, ids=lambda target: target.system)
def test_a_lock_that_lacks_a_package_a_hash_or_the_last_change_of_pyproject_is_named(
    target: lock.Target,
) -> None:
    text = target.path.read_text(encoding="utf-8")
    without_package = re.sub(r"^keyring==.*?(?=^\S)", "", text, flags=re.MULTILINE | re.DOTALL)
    assert any("keyring is in pyproject.toml" in one for one in lock.disagreements(target, without_package))
    old_version = re.sub(r"^keyring==\S+", "keyring==1.0", text, flags=re.MULTILINE)
    assert any("keyring 1.0 is locked" in one for one in lock.disagreements(target, old_version))
    without_hash = re.sub(
        r"(^keyring==.*?)(?=^\S)", "keyring==25.6.0\n", text, flags=re.MULTILINE | re.DOTALL
    )
    assert any("keyring has no hash" in one for one in lock.disagreements(target, without_hash))
    before_a_change = text.replace(lock.digest(), "0" * 64)
    assert any("are not those" in one for one in lock.disagreements(target, before_a_change))


def test_markers_of_the_other_system_are_left_out_and_of_this_one_are_asked_for() -> None:
    windows = lock.pins(lock.WINDOWS.path.read_text(encoding="utf-8"))
    linux = lock.pins(lock.LINUX.path.read_text(encoding="utf-8"))
    assert "pywin32-ctypes" in windows
    assert "secretstorage" not in windows
    assert "secretstorage" in linux
    assert "pywin32-ctypes" not in linux


def test_the_version_has_one_home() -> None:
    project = places.project()["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", places.version())
