"""The core is imported, and its quick tests run, in processes in which PySide6 cannot be imported."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGE = CHECKOUT / "digmed_desktop"
WITH_QT = ("ui", "background", "tour", "app", "starting", "cli", "__main__")


def child(*arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(__file__).with_name("without_qt")), str(CHECKOUT)])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_qt_is_really_gone() -> None:
    done = child("-c", "import PySide6")
    assert done.returncode == 1
    assert "not to be had" in done.stderr


def test_every_module_of_the_core_is_imported() -> None:
    names = sorted(
        ".".join(file.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")
        for file in PACKAGE.rglob("*.py")
        if file.relative_to(PACKAGE).parts[0].removesuffix(".py") not in WITH_QT
    )
    assert len(names) > 40
    done = child(
        "-c",
        f"import importlib\nfor name in {names!r}: importlib.import_module(name)\nprint('all', {len(names)})",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["all", str(len(names))]


def run_without_qt(*folders: str) -> int:
    """Run tests where PySide6 cannot be imported; return how many passed."""
    done = child(
        *("-m", "pytest", "-q", "-x", "-m", "not slow", "--import-mode=importlib"),
        *("-p", "no:pytest-qt", "-p", "no:cacheprovider", "-o", "addopts="),
        *folders,
    )
    passed = re.search(r"(\d+) passed", done.stdout)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert passed is not None
    return int(passed[1])


@pytest.mark.timeout(1000)
def test_quick_tests_of_the_core_pass_without_qt() -> None:
    """Rules, states, reference data and a whole vaccination message."""
    message = "tests/fhir/test_vaccination_message.py"
    assert (
        run_without_qt("tests/messaging", "tests/reference", "tests/clinical/test_small_rules.py", message)
        > 100
    )
