"""The folder of the program itself. No other module derives a place from its own, which would change with it."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
APP = "app"
"""The folder of an installation in which the package lies."""
MANIFEST = "manifest.sha256"
"""The list of checksums that the build lays into the folder of an installation."""


def installation() -> Path | None:
    """Return the folder that an installer filled; None in a checkout or a virtual environment."""
    if PACKAGE.parent.name != APP or checkout() is not None:
        return None
    return PACKAGE.parents[1]


def checkout() -> Path | None:
    """Return the folder of the source; None in a wheel or an installation."""
    return PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").is_file() else None
