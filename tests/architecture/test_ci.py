"""What the continuous run takes: every folder of tests, all slow tests, on an ordinary disk."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_run_names_no_folder_of_tests_and_no_disk() -> None:
    assert not re.search(r"tests/\w", RUN), "a folder that is not named would be left out"
    assert not re.search(r"TMPDIR|/dev/shm", RUN)


@pytest.mark.parametrize(("option", "status"), [("--no-skips", 1), ("-q", 0)])
def test_a_slow_test_that_did_not_run_fails_the_run(tmp_path: Path, option: str, status: int) -> None:
    assert "--no-skips" in RUN
    file = tmp_path / "test_sample.py"
    file.write_text(
        "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no Java')\n", encoding="utf-8"
    )
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    asked = (
        f"-m pytest -p tests.conftest -p no:cacheprovider --rootdir={tmp_path} -c {settings} {option} {file}"
    )
    done = subprocess.run(
        [sys.executable, *asked.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("NOT RUN: test_sample.py::test_b" in done.stdout) is bool(status)
