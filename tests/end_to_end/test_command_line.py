"""The command line: what it says without a screen, and the two commands that need none."""

import subprocess
import sys
from pathlib import Path

import pytest

from digmed_desktop.cli import main

ROOT = Path(__file__).resolve().parents[2]


def test_build_writes_a_message_that_check_finds_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = next(iter(sorted((ROOT / "resources" / "examples").glob("*influenza*.json"))))
    message = tmp_path / "message.xml"
    assert main(["build", str(record), "--out", str(message)]) == 0, capsys.readouterr().err
    assert main(["check", str(message)]) == 0, capsys.readouterr()
    message.write_bytes(message.read_bytes().replace(b"<status", b"<statvs", 1))
    assert main(["check", str(message)]) in (1, 2)


def test_check_refuses_what_is_no_xml(tmp_path: Path) -> None:
    file = tmp_path / "no.xml"
    file.write_text("not a message", encoding="utf-8")
    assert main(["check", str(file)]) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "record: The file is not JSON"),
        ('{"format": "medication-review", "version": 1, "record": {}}', "format: The medication review"),
        (
            '{"format": "vaccination", "version": 1, "record": {"shoe_size": 1}}',
            "record.shoe_size: There is no",
        ),
    ],
)
def test_open_refuses_what_is_no_record_before_a_window_is_needed(
    tmp_path: Path, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.json"
    file.write_text(text, encoding="utf-8")
    assert main(["open", str(file)]) == 2
    assert told in capsys.readouterr().err
    assert main(["open", str(tmp_path / "not-there.json")]) == 2


def test_open_without_a_screen_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["open", str(next((ROOT / "resources" / "examples").glob("rsv-given.json")))]) == 2
    assert "no screen" in capsys.readouterr().err


def test_a_tour_outside_practice_mode_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--tour", str(tmp_path)]) == 2
    assert "--demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    "how", [["-m", "digmed_desktop"], ["-c", "from digmed_desktop.cli import main; main(['--version'])"]]
)
def test_it_starts_both_ways(how: list[str]) -> None:
    arguments = [*how, "--version"] if how[0] == "-m" else how
    told = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert told.stdout.startswith("DigMed Desktop 0.1")


def test_readme_names_the_system_packages_that_the_program_names() -> None:
    packages = (ROOT / "resources" / "linux" / "qt-packages.txt").read_text(encoding="utf-8").split()
    assert "sudo apt-get install -y " + " ".join(packages) in (ROOT / "README.md").read_text(encoding="utf-8")
