"""The task of Windows that sends and collects every few minutes, for administrators."""

import subprocess
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from digmed_desktop import resources
from digmed_desktop.messaging.errors import DigMedError

TASK = "DigMed Desktop sync"
MINUTES = range(5, 61)
WINDOWED = "DigMedDesktop.exe"  # of the two launchers the one that flashes no console


def description(program: Path, minutes: int) -> str:
    """Return the task as Windows reads it."""
    text = resources.text("windows/task.xml")
    return text.replace("@PROGRAM@", escape(str(program))).replace("@MINUTES@", str(minutes))


def make(launcher: Path, minutes: int) -> str:
    """Make the task, or change it to ``minutes``, and say so. Raises DigMedError; administrators alone may."""
    if minutes not in MINUTES:
        raise DigMedError(f"The task runs every {MINUTES[0]} to {MINUTES[-1]} minutes, not every {minutes}.")
    windowed = launcher.with_name(WINDOWED)
    with tempfile.TemporaryDirectory(prefix="digmed-task-") as folder:
        file = Path(folder, "task.xml")
        file.write_text(description(windowed, minutes), encoding="utf-16")
        _ask("/Create", "/TN", TASK, "/XML", str(file), "/F")
    return f"The task '{TASK}' sends and collects every {minutes} minutes while someone is signed on."


def remove() -> str:
    """Take the task away and say so; one that is not there is gone already."""
    if is_made():
        _ask("/Delete", "/TN", TASK, "/F")
    return f"The task '{TASK}' can no longer be found."


def is_made() -> bool:
    """Whether Windows knows the task."""
    return _run("/Query", "/TN", TASK) == 0


def _ask(*words: str) -> None:
    if _run(*words) != 0:
        raise DigMedError(
            "Windows refused the task.",
            "Run this as an administrator, and check that the Task Scheduler is allowed on this computer.",
        )


def _run(*words: str) -> int:
    try:
        done = subprocess.run(  # noqa: S603 - Windows' own program, words of ours
            ["schtasks", *words],  # noqa: S607 - it lies in the system's folder
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=60,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except FileNotFoundError:
        raise DigMedError(
            "Tasks of this kind are for Windows.",
            "On Linux, add 'digmed-desktop sync' to the account's crontab.",
        ) from None
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode
