"""England's time is known on a computer that has no time zones of its own, as Windows."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

SCRIPT = """
from datetime import UTC, datetime
from digmed_desktop.clinical import dates
print(datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(dates.ENGLAND).hour)
"""


def test_the_time_zones_are_a_dependency_of_the_program() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    (asked,) = (one for one in project["project"]["dependencies"] if one.startswith("tzdata"))
    assert ";" not in asked, "a bare Linux has none either"


def test_a_computer_without_time_zones_knows_englands_time() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "13"), done.stderr[-1000:]
