"""What the window needs is light: the worker threads import what is heavy, after the first paint."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = [
    "alembic",
    "argon2",
    "biip",
    "cryptography",
    "fhir.resources",
    "fhir_core",
    "holidays",
    "keyring",
    "lxml",
    "mesh_client",
    "mesh_sandbox",
    "numpy",
    "pydantic",
    "pyqtgraph",
    "requests",
    "sqlalchemy",
    "sqlcipher3",
    "urllib3",
]
SCRIPT = f"""
import importlib, pkgutil, sys
import digmed_desktop.app, digmed_desktop.cli, digmed_desktop.background, digmed_desktop.ui as ui
for package in (ui, digmed_desktop.background):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""
FIRST = f"""
import sys, types
import digmed_desktop, digmed_desktop.cli
from digmed_desktop import starting

def run(application, first, appearance, *, practice, record):
    print(first.isVisible(), first.windowTitle(), practice)
    print(*(name for name in {[*HEAVY, "digmed_desktop.ui.window", "digmed_desktop.app"]!r} if name in seen))
    return 0

class Seen(starting.FirstWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        seen.update(sys.modules)
        sys.modules["digmed_desktop.app"] = digmed_desktop.app = types.SimpleNamespace(run=run)

seen = {{}}
starting.FirstWindow = Seen
sys.exit(starting.run(practice=sys.argv[1] == "practice"))
"""


@pytest.mark.parametrize(
    ("mode", "title"), [("real", "DigMed Desktop"), ("practice", "DigMed Desktop – practice mode")]
)
def test_something_is_seen_before_the_program_is_loaded(home: Path, mode: str, title: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST, mode],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DIGMED_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown, loaded = done.stdout.splitlines()
    assert shown == f"True {title} {mode == 'practice'}"
    assert loaded.split() == []


def test_the_window_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
