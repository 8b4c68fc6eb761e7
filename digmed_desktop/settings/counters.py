"""Which accounts of this computer keep records, so that none begins a second register without knowing it.

An account cannot look into another's folder. Each that keeps records leaves a file with its own name in a place that
all accounts can read; nothing else is in it.
"""

import contextlib
import getpass
import os
import sys
from pathlib import Path

from digmed_desktop.settings.folders import HOME_VARIABLE

_ENDING = ".account"


def place() -> Path | None:
    """Return the folder for such files; None where all that the program keeps lies in a folder of someone's choice."""
    if os.environ.get(HOME_VARIABLE):
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"), "DigMed Desktop", "counters")
    return Path("/var/lib/digmed-desktop/counters")  # made by the package


def note(folder: Path | None, account: str = "") -> None:
    """Leave word that this account keeps records. Where that cannot be written, the program works without."""
    if folder is None:
        return
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{account or getpass.getuser()}{_ENDING}").touch()


def others(folder: Path | None, account: str = "") -> tuple[str, ...]:
    """Return the other accounts of this computer that keep records."""
    if folder is None:
        return ()
    own = (account or getpass.getuser()).casefold()
    try:
        names = sorted(one.stem for one in folder.iterdir() if one.suffix == _ENDING)
    except OSError:
        return ()
    return tuple(name for name in names if name.casefold() != own)


def sentence(names: tuple[str, ...]) -> str:
    """Return what someone in an account without records is to know; "" when there are no others."""
    if not names:
        return ""
    many = ", ".join(names)
    return (
        f"Another account on this computer has DigMed Desktop records: {many}. Sign in to the computer with that "
        "account to continue with them. Setting up here begins separate records and a separate register."
    )
