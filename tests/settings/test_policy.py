"""The administrators' file: what it sets holds and cannot be changed, and a fault in it never passes in silence."""

import os
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.files import rights
from digmed_desktop.settings import policy as room
from digmed_desktop.settings import settings_file
from digmed_desktop.settings.choices import Choices, LockedError
from digmed_desktop.settings.policy import NO_POLICY, Policy, read
from digmed_desktop.settings.settings import PLACES, MeshEnvironment, Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def written(file: Path, text: str) -> Policy:
    file.write_text(text, encoding="utf-8")
    return read(file, lambda _file: True)


def test_no_file_changes_nothing(file: Path) -> None:
    assert read(file) is NO_POLICY
    assert read(None) is NO_POLICY
    assert NO_POLICY.over(Settings()) == Settings()
    assert (NO_POLICY.sentence, NO_POLICY.names) == ("", ())


def test_what_is_set_goes_before_what_the_account_chose_and_outlives_a_change(file: Path) -> None:
    made = written(file, '[mesh]\nenvironment = "integration"\n[counter]\nlock_after_minutes = 5\n')
    own = file.with_name("settings.toml")
    choices = Choices(Settings(lock_after_minutes=60), own, made)
    assert choices.now().lock_after_minutes == 5
    assert choices.now().mesh_environment is MeshEnvironment.INTEGRATION
    choices.change(lock_after_minutes=5, privacy=True)  # a page hands in all of its values
    with pytest.raises(LockedError):
        choices.change(lock_after_minutes=30)
    kept = settings_file.load(own).settings
    assert (kept.lock_after_minutes, kept.privacy) == (60, True), "the account's own choice is kept for later"
    assert Choices(kept, own).now().lock_after_minutes == 60


def test_backup_place_and_current_version_are_read_and_named(file: Path) -> None:
    made = written(
        file, "[backup]\nfolder = '\\\\nas\\digmed'\n[version]\ncurrent = \"https://it.example/v\"\n"
    )
    assert (made.backup_folder, made.version_source) == ("\\\\nas\\digmed", "https://it.example/v")
    assert made.names == ("folder of the daily backup", "current version")
    assert made.sentence == ""


@pytest.mark.parametrize(
    ("text", "line", "key", "expected"),
    [
        ('[mesh]\n\nmailbx = "X26OT001"\n', 3, "mesh.mailbx", "mailbox"),
        ('[msh]\nmailbox = "X26OT001"\n', 1, "msh", "mesh"),
        ('# ours\nmesh.environment = "lve"\n', 2, "mesh.environment", "live"),
        ('mesh = { environment = "Live" }\n', 1, "mesh.environment", "live"),
        ('[mesh]\nmailbox = ""\n', 2, "mesh.mailbox", "mailbox"),
        ("[mesh]\nmailbox = 5\n", 2, "mesh.mailbox", "mailbox"),
        ('mesh = "live"\n', 1, "mesh", "[mesh]"),
        ('[messages]\naddressing = "by post"\n', 2, "messages.addressing", "lookup"),
        ('[ "mesh" ]\n"environment" = 1\n', 2, "mesh.environment", "live"),
    ],
)
def test_a_fault_that_leaves_the_mailbox_in_doubt_stops_sending(
    file: Path, text: str, line: int, key: str, expected: str
) -> None:
    made = written(file, text)
    (fault,) = made.faults
    assert (fault.file, fault.line, fault.key) == (str(file), line, key)
    assert expected in fault.expected
    assert made.doubt
    assert f"line {line}: {key}: expected" in made.sentence
    assert "Nothing is sent or collected" in made.sentence


@pytest.mark.parametrize(
    "text", ['[mesh\nmailbox = "X"\n', "[mesh]\nmailbox = X26OT001\n", "\0", "a = 1\na = 2\n"]
)
def test_a_file_that_is_no_toml_names_its_line_and_stops_sending(file: Path, text: str) -> None:
    made = written(file, text)
    assert made.doubt
    assert made.faults[0].line > 0
    assert made.values == {}


def test_bytes_that_are_no_text_stop_sending(file: Path) -> None:
    file.write_bytes(b'[mesh]\nmailbox = "\xff"\n')
    assert "not text" in read(file, lambda _file: True).doubt


def test_a_fault_elsewhere_is_named_and_lets_sending_go_on(file: Path) -> None:
    made = written(file, '[counter]\nlock_after_minutes = 0\nprivcy = true\n[mesh]\nmailbox = "X26OT001"\n')
    assert [fault.line for fault in made.faults] == [2, 3]
    assert "1 to 120" in made.faults[0].expected
    assert "privacy" in made.faults[1].expected
    assert (made.doubt, made.values) == ("", {"mailbox": "X26OT001"})
    assert "1 more fault" in made.sentence


def test_no_fault_quotes_a_value(file: Path) -> None:
    made = written(file, '[mesh]\nmailbox = ["SECRETIVE"]\nenvironment = "SECRETIVE"\n')
    assert len(made.faults) == 2
    assert "SECRETIVE" not in repr(made)


def test_a_file_that_others_can_write_is_not_obeyed_and_stops_sending(file: Path) -> None:
    file.write_text('[mesh]\nmailbox = "EVIL"\n[counter]\nlock_after_minutes = 99\n', encoding="utf-8")
    made = read(file, lambda _file: False)
    assert made.values == {}
    assert "others than administrators" in made.doubt


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a file to root")
def test_on_linux_only_a_file_of_root_in_a_folder_of_root_counts(file: Path) -> None:
    file.write_text("", encoding="utf-8")
    file.parent.chmod(0o755)
    file.chmod(0o644)
    assert rights.is_administrators(file)
    for path, mode in ((file, 0o646), (file, 0o664), (file.parent, 0o777)):
        before = path.stat().st_mode & 0o777
        path.chmod(mode)
        assert not rights.is_administrators(file), (path, oct(mode))
        path.chmod(before)
    os.chown(file, 12345, 0)
    assert not rights.is_administrators(file)


def test_every_setting_can_be_set_and_says_what_it_expects(file: Path) -> None:
    for name, (table, key, words) in PLACES.items():
        made = written(file, f"[{table}]\n{key} = 1979-05-27\n")
        (fault,) = made.faults
        assert (fault.line, fault.key) == (2, f"{table}.{key}"), name
        assert words
    whole: dict[str, Any] = {
        "theme": "dark",
        "text_percent": 150,
        "privacy": True,
        "mesh_url": "http://127.0.0.1:1",
    }
    for name, value in whole.items():
        table, key, _words = PLACES[name]
        shown = str(value).lower() if isinstance(value, bool | int) else f'"{value}"'
        assert written(file, f"[{table}]\n{key} = {shown}\n").values == {name: value}


def test_the_place_on_this_system_is_one_that_accounts_cannot_move(monkeypatch: pytest.MonkeyPatch) -> None:
    before = room.place()
    monkeypatch.setenv("PROGRAMDATA", "/elsewhere")
    monkeypatch.setenv("DIGMED_HOME", "/elsewhere")
    assert room.place() == before
