"""Erases the records of this account for good: after a backup that was tried, and words that a person types."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.desk.people.prompted import AskManager, prompted_manager
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.upkeep.front_door import knock
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.wording import counted
from digmed_desktop.settings.folders import Folders

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store

WORDS = "ERASE ALL RECORDS"
KEPT_FOR = (
    "Entries of the register of emergency supplies stay for two years from the day of the supply. "
    "Keep the backup and its passphrase at least that long."
)


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Answers of the person at the keyboard; each is asked only when it is needed."""

    passphrase: Callable[[], tuple[str, str]]  # typed twice
    words: Callable[[int], str]  # given the number of notifications in the backup
    manager: AskManager


def erase(folders: Folders, vault: "Vault", clock: Clock, backup: Path, asked: Asked) -> str:
    """Write a backup, have the words typed, then erase records, settings and keys; return what was done.

    Raises DigMedError; then every record is as it was.
    """
    if knock(folders.data, "show", 5.0) is not None:
        raise DigMedError("DigMed Desktop is open on this computer.", "Close its window, then do this again.")
    if backup.exists():
        raise DigMedError(f"There is a file {backup.name} already.", "Choose another name for the backup.")
    if backup.resolve().is_relative_to(folders.data.parent.resolve()):
        raise DigMedError(
            "The backup would be erased with the records.", "Choose a place outside the program's folder."
        )
    from digmed_desktop.credentials import databases

    store = opening.open_store(folders, vault, clock, create=False)
    try:
        _let_erase(store, vault, clock, asked)
        state = BackupDesk(store, vault, clock).make(backup, *asked.passphrase(), Progress())
    finally:
        store.close()
    if asked.words(state.last_count).strip() != WORDS:
        raise DigMedError(
            "The words were not typed, so nothing was erased.", f"The backup {backup.name} was made."
        )
    for folder in (folders.data, folders.config):
        _empty(folder)
    databases.forget(vault)  # last: while a file is left, its key is there, and this can be done again
    held = counted(state.last_count, "notification", "notifications")
    return f"The records, settings and keys of this account are erased. The backup {backup.name} contains {held}. {KEPT_FOR}"


def _let_erase(store: "Store", vault: "Vault", clock: Clock, asked: Asked) -> None:
    """Let a manager with the right PIN go on. Raises NotPermittedError, DigMedError."""
    if store.people.all():  # otherwise nobody ever worked with these records
        prompted_manager(store, vault, clock, asked.manager, Permission.ERASE)


def _empty(folder: Path) -> None:
    try:
        for left in folder.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    except OSError as error:
        raise DigMedError(
            f"Not everything in {folder} could be erased.",
            "Close other programs that use it, then do this again.",
        ) from error
