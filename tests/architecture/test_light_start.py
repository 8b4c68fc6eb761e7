"""What the window needs is light: the worker threads import what is heavy, after the first paint."""

import subprocess
import sys
from pathlib import Path

HEAVY = [
    "alembic",
    "argon2",
    "cryptography",
    "fhir.resources",
    "fhir_core",
    "holidays",
    "keyring",
    "lxml",
    "mesh_client",
    "mesh_sandbox",
    "pydantic",
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
