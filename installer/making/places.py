"""Name the places of the checkout, the program's names and its version."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "installer"
PROGRAM = "DigMed Desktop"
DISTRIBUTION = "digmed-desktop"
PUBLISHER = "The DigMed Desktop developers"
WINDOW_EXE = "DigMedDesktop.exe"
CONSOLE_EXE = "digmed-desktop.exe"
APP = "app"  # the folder of a payload in which the program's own package lies
MANIFEST = "manifest.sha256"


def project() -> dict[str, Any]:
    """Return pyproject.toml as data."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def version() -> str:
    """Return the version, whose one home is the package's ``__init__.py``. Windows compares three numbers."""
    text = (ROOT / "digmed_desktop" / "__init__.py").read_text(encoding="utf-8")
    found = next(line.split('"')[1] for line in text.splitlines() if line.startswith("__version__"))
    parts = found.split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise SystemExit(
            f"Windows Installer compares three numbers; the version {found} is not three numbers."
        )
    return found
