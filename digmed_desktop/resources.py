"""The one locator of what lies in ``resources/``: in a checkout, an editable install and an installed wheel.

In a wheel the folder travels inside the package as ``_resources``; in a checkout and an editable install it
stands beside the package. Everything that is data (editions, programmes, forms, wording, styles) is read here.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from digmed_desktop.files.own_place import PACKAGE


class ResourceMissingError(LookupError):
    """A file that belongs to the program is not there: the installation is damaged."""


@cache
def root() -> Path:
    """Return the folder that holds the resources."""
    for candidate in (PACKAGE / "_resources", PACKAGE.parent / "resources"):
        if candidate.is_dir():
            return candidate
    raise ResourceMissingError("The program's resources folder is missing. Install the program again.")


def path(name: str) -> Path:
    """Return the path of the resource ``name`` (relative, with forward slashes)."""
    parts = Path(name)
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError("a resource is named by a relative path")
    found = root() / parts
    if not found.exists():
        raise ResourceMissingError(f"The program's file {name} is missing. Install the program again.")
    return found


def text(name: str) -> str:
    """Return the resource ``name`` as text."""
    return path(name).read_text(encoding="utf-8")


def json_file(name: str) -> Any:
    """Return the JSON resource ``name``, parsed."""
    return json.loads(text(name))


def results() -> list[Path]:
    """Return the kept results of the long checks, sorted: in a wheel they travel beside the resources."""
    folder = next(
        one for one in (PACKAGE / "_results", PACKAGE.parent / "tests" / "results", root()) if one.is_dir()
    )
    return sorted(folder.glob("*.txt"))


def names(folder: str, suffix: str) -> list[str]:
    """Return the names (with their folder) of all resources in ``folder`` that end in ``suffix``, sorted."""
    return sorted(f"{folder}/{p.name}" for p in path(folder).iterdir() if p.name.endswith(suffix))
