"""A whole patient goes through failing code, and nothing of it is in the log, the crash reports or standard
error.
"""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from digmed_desktop.diagnostics import crash

SCRIPT = Path(__file__).with_name("failing_paths.py")


def run(folder: Path, ending: str, strings: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    checkout = Path(__file__).parents[2]
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), ending],
        input=json.dumps(strings),
        capture_output=True,
        text=True,
        timeout=350,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        check=False,
    )


def found_in(text: str, strings: tuple[str, ...]) -> list[str]:
    return [one for one in strings if one.casefold() in text.casefold()]


@pytest.mark.parametrize("ending", ["main", "thread"])
def test_nothing_of_the_patient_is_left(tmp_path: Path, patient_strings, ending) -> None:
    done = run(tmp_path, ending, patient_strings)
    assert done.returncode == (1 if ending == "main" else 0), done.stderr
    log_text = (tmp_path / "digmed-desktop.log").read_text(encoding="utf-8")
    assert "Reached 8 of 8 paths, local id FA123_0f8fad5bd9cb469fa16570867728950e" in log_text
    (report,) = crash.left_from_before(tmp_path)
    for text in (log_text, report.text, done.stderr, report.file.name):
        assert found_in(text, patient_strings) == []
    for wanted in (
        "IntegrityError",
        "ValidationError",
        "XMLSyntaxError",
        "ConnectionError",
        "UnicodeEncodeError",
    ):
        assert wanted in log_text
    assert "builtins.ValueError" in report.text
    assert "builtins.KeyError" in report.text
    assert "failing_paths.py:" in report.text
    assert "in fail" in report.text
    assert "DigMed Desktop " in report.text
    assert "A fault while letting go of something" in log_text
    assert str(report.file) in done.stderr
    if os.name == "posix":
        assert {stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()} == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="the fault is raised by a signal")
def test_a_native_fault_is_told_at_the_next_start(tmp_path: Path, patient_strings) -> None:
    assert run(tmp_path, "native", patient_strings).returncode < 0
    assert crash.left_from_before(tmp_path) == ()
    assert run(tmp_path, "well", patient_strings).returncode == 0
    (report,) = crash.left_from_before(tmp_path)
    assert "Segmentation fault" in report.text
    assert 'diagnostics/failing_paths.py"' in report.text
    assert str(SCRIPT.parents[2]) not in report.text
    assert found_in(report.text, patient_strings) == []
    assert not list(tmp_path.glob("native*"))
    kept = crash.seen(report)
    assert kept.is_file()
    assert crash.left_from_before(tmp_path) == ()
