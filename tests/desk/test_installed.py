"""What administrators ask of an installation: its files, its task, a window that closes for an upgrade."""

import hashlib
import json
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from digmed_desktop import cli
from digmed_desktop.desk.commands import installed, schedule, unattended
from digmed_desktop.desk.upkeep.front_door import FrontDoor
from digmed_desktop.files import own_place
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.errors import DigMedError


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    lines = []
    for name, content in (("python/a b.dll", b"one"), ("app/x.py", b"two")):
        file = tmp_path / name
        file.parent.mkdir()
        file.write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()} *{name}\n")
    (tmp_path / own_place.MANIFEST).write_text("".join(lines), encoding="utf-8")
    return tmp_path


def test_files_as_they_were_built_pass(payload: Path) -> None:
    found = installed.check_files(payload)
    assert (found.health, "All 2 files" in found.sentence) == (Health.GOOD, True)


@pytest.mark.parametrize("fault", ["gone", "changed"])
def test_a_file_that_is_gone_or_changed_is_named_with_the_remedy(payload: Path, fault: str) -> None:
    file = payload / "python" / "a b.dll"
    file.unlink() if fault == "gone" else file.write_bytes(b"onf")
    found = installed.check_files(payload)
    assert found.health is Health.BAD
    assert "python/a b.dll" in found.sentence
    assert "x.py" not in found.sentence
    assert "not touched" in found.remedy


def test_the_doctor_of_the_installation_finds_the_list_beside_the_program(
    payload: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(own_place, "PACKAGE", payload / "app" / "digmed_desktop")
    assert cli.main(["doctor", "--installed"]) == 0
    assert "All 2 files are unchanged." in capsys.readouterr().out
    (payload / "app" / "x.py").write_bytes(b"twp")
    assert cli.main(["doctor", "--installed"]) == 1
    assert "app/x.py" in capsys.readouterr().out
    (payload / own_place.MANIFEST).unlink()
    assert cli.main(["doctor", "--installed"]) == 1
    assert f"{own_place.MANIFEST}, cannot be read" in capsys.readouterr().out


def test_a_list_that_is_empty_or_missing_is_a_fault(payload: Path) -> None:
    (payload / own_place.MANIFEST).write_text("", encoding="utf-8")
    assert installed.check_files(payload).health is Health.BAD
    (payload / own_place.MANIFEST).unlink()
    assert installed.check_files(payload).health is Health.BAD


def test_doctor_of_the_installation_makes_no_folder_and_writes_json_to_a_file(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "doctor.json"
    assert cli.main(["doctor", "--installed", "--json", "--out", str(out)]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {"Installed files", "Libraries", "Fonts", "Scheduled task"} <= {one["name"] for one in told}
    assert list(home.iterdir()) == []
    assert capsys.readouterr().out == ""


def test_the_task_runs_the_windowed_launcher_for_whoever_is_signed_on() -> None:
    text = schedule.description(Path(r"C:\Program Files\A & B\DigMedDesktop.exe"), 20)
    tree = ET.fromstring(text.partition("?>")[2])
    name = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    said = {node.tag.removeprefix(name): (node.text or "").strip() for node in tree.iter()}
    assert said["Command"] == r"C:\Program Files\A & B\DigMedDesktop.exe"
    assert (said["Arguments"], said["Interval"]) == ("sync", "PT20M")
    assert (said["GroupId"], said["RunLevel"]) == ("S-1-5-32-545", "LeastPrivilege")
    assert said["MultipleInstancesPolicy"] == "IgnoreNew"


@pytest.mark.parametrize("minutes", [0, 4, 61])
def test_a_task_too_often_or_too_seldom_is_refused(minutes: int) -> None:
    with pytest.raises(DigMedError, match="every 5 to 60 minutes"):
        schedule.make(Path("x"), minutes)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has tasks")
def test_where_there_are_no_tasks_the_command_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schedule", "15"]) == 1
    assert "crontab" in capsys.readouterr().err


def test_closing_says_when_nothing_is_open(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["close"]) == 0
    assert "No window" in capsys.readouterr().out


@pytest.mark.parametrize(("why_not", "status"), [("", 0), ("A form is half typed.", 1)])
def test_a_window_that_is_half_typed_stays_open(tmp_path: Path, why_not: str, status: int) -> None:
    heard: list[str] = []

    def answer(word: str) -> dict[str, object]:
        heard.append(word)
        if why_not:
            raise DigMedError(why_not)
        return {"closing": True}

    door = FrontDoor(tmp_path, answer)
    door.open()
    try:
        found, sentence = unattended.close_window(tmp_path)
    finally:
        door.close()
    assert (found, heard) == (status, ["close"])
    assert (why_not or "closing") in sentence
