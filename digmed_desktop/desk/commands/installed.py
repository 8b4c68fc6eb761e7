"""Checks what was installed, for administrators: no records are opened and no folder is made."""

import hashlib
import importlib
from collections.abc import Iterator
from pathlib import Path

from digmed_desktop import __version__, resources
from digmed_desktop.desk.commands import schedule
from digmed_desktop.desk.connections import it_policy
from digmed_desktop.desk.upkeep.current_version import check_version
from digmed_desktop.desk.upkeep.doctor import check_policy
from digmed_desktop.files import own_place
from digmed_desktop.files.own_place import MANIFEST
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError

_NAMED = 3  # files that are named; more are counted
_INSTALL_AGAIN = "Install DigMed Desktop again; records, settings and keys are not touched by that."


def checks(root: Path | None = None) -> Iterator[Check]:
    """Check the installed files, the window's libraries and the task, one after another."""
    yield Check("Program", Health.GOOD, f"DigMed Desktop {__version__}.")
    yield check_files(root or own_place.installation())
    yield _check_window()
    yield _check_fonts()
    yield _check_task()
    policy = it_policy.read()
    yield from check_policy(policy)
    yield from check_version(policy.version_source)


def check_files(root: Path | None) -> Check:
    """Compare every installed file with the checksum that the build wrote down."""
    name = "Installed files"
    if root is None:
        return Check(
            name, Health.NOT_ASKED, "No installer put this program here, so there is no list to compare."
        )
    wrong: list[str] = []
    count = 0
    try:
        lines = (root / MANIFEST).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return Check(
            name, Health.BAD, f"The list of installed files, {MANIFEST}, cannot be read.", _INSTALL_AGAIN
        )
    for line in lines:
        digest, _, file = line.partition(" *")
        count += 1
        if _digest(root / file) != digest:
            wrong.append(file)
    if wrong or not count:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        told = ", ".join(wrong[:_NAMED]) or "the whole list"
        return Check(name, Health.BAD, f"Missing or changed: {told}{more}.", _INSTALL_AGAIN)
    return Check(name, Health.GOOD, f"All {count} files are unchanged.")


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _check_window() -> Check:
    """Load the libraries of the window and of paper, without opening a window."""
    for module in (
        "PySide6.QtWidgets",
        "PySide6.QtPrintSupport",
        "PySide6.QtSvg",
        "typst",
        "sqlcipher3",
        "pyqtgraph",
    ):
        try:
            importlib.import_module(module)
        except ImportError as error:
            return Check(
                "Libraries", Health.BAD, f"{module} does not load: {error.name or 'damaged'}.", _INSTALL_AGAIN
            )
    return Check("Libraries", Health.GOOD, "The libraries of window, paper and records load.")


def _check_fonts() -> Check:
    fonts = [name for name in resources.names("fonts", ".ttf") if resources.path(name).stat().st_size]
    if not fonts:
        return Check("Fonts", Health.BAD, "The program's own fonts are missing.", _INSTALL_AGAIN)
    return Check("Fonts", Health.GOOD, f"{len(fonts)} fonts for printing are installed.")


def _check_task() -> Check:
    try:
        made = schedule.is_made()
    except DigMedError as error:
        return Check("Scheduled task", Health.NOT_ASKED, error.happened, error.remedy)
    if made:
        return Check("Scheduled task", Health.GOOD, f"The task '{schedule.TASK}' is there.")
    return Check(
        "Scheduled task",
        Health.LOOK,
        "No task sends and collects while the window is closed.",
        "If you want that, run 'digmed-desktop schedule 15' as an administrator.",
    )
