"""Place the program's files: one set of folders for real work, another for practice mode.

The two sets never mix. The data folder of practice mode carries a mark, and each mode refuses the other's
folder.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from digmed_desktop.files import rights

HOME_VARIABLE = "DIGMED_HOME"
"""An environment variable: when it names a folder, everything the program keeps lies in it."""

PRACTICE_MARK = "PRACTICE-DATA.txt"
_MARK_TEXT = "Everything in this folder is fictional: it belongs to the practice mode of DigMed Desktop.\n"


class FolderError(Exception):
    """A folder of the program cannot be used; the text says which, why, and what to do."""

    def __init__(self, happened: str, remedy: str) -> None:
        super().__init__(f"{happened} {remedy}")
        self.happened = happened
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one mode. They exist and, where the system knows such rights, only their owner can
    enter.
    """

    data: Path  # the database and what belongs to it
    config: Path  # what users have chosen
    logs: Path  # log and crash reports
    practice: bool

    @property
    def layout_file(self) -> Path:
        """How the window stood."""
        return self.config / "window.json"

    @property
    def settings_file(self) -> Path:
        """The file of :mod:`digmed_desktop.settings.settings`."""
        return self.config / "settings.toml"

    @property
    def database(self) -> Path:
        """The encrypted history."""
        return self.data / "history.db"


def is_practice_data(folder: Path) -> bool:
    """Whether a folder is marked as holding fictional data only."""
    return (folder / PRACTICE_MARK).is_file()


def prepare(*, practice: bool) -> Folders:
    """Return the folders of one mode, made if they are not there yet. Raises :class:`FolderError`."""
    data, config, logs = _places("practice" if practice else "pharmacy")
    for folder in (data, config, logs):
        _make_private(folder)
    if practice:
        _mark(data)
    elif is_practice_data(data):
        raise FolderError(
            "The folder for real data is marked as data of practice mode, so nothing was opened.",
            f"Move the file {PRACTICE_MARK} and the data of practice mode beside it out of {data}.",
        )
    return Folders(data, config, logs, practice)


def data_folder(*, practice: bool) -> Path:
    """Return where one mode keeps its data; nothing is made."""
    return _places("practice" if practice else "pharmacy")[0]


def _places(mode: str) -> tuple[Path, Path, Path]:
    if home := os.environ.get(HOME_VARIABLE):
        base = Path(home).expanduser().absolute() / mode
        return base / "data", base / "config", base / "logs"
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("DigMed Desktop", appauthor=False)
    return (
        Path(dirs.user_data_dir, mode, "data"),
        Path(dirs.user_config_dir, mode, "config"),
        Path(dirs.user_log_dir, mode, "logs"),
    )


def _make_private(folder: Path) -> None:
    """Make a folder that only its owner can enter, or take others' rights to it away."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if rights.is_anothers(folder):
            raise FolderError(
                f"The folder {folder} belongs to another account of this computer.",
                "Sign in with the account that runs DigMed Desktop, or have the folder given to this account.",
            )
        rights.keep_to_owner(folder)
    except OSError as error:
        raise FolderError(
            f"The folder {folder} cannot be made or opened.",
            "Check that the disk is not full and that this account may write there.",
        ) from error


def _mark(data: Path) -> None:
    if is_practice_data(data):
        return
    try:
        if any(data.iterdir()):
            raise FolderError(
                f"The folder for the data of practice mode, {data}, already contains files that are not marked as its own.",
                "Move them elsewhere, then start practice mode again.",
            )
        (data / PRACTICE_MARK).write_text(_MARK_TEXT, encoding="utf-8")
    except OSError as error:
        raise FolderError(
            f"The folder {data} cannot be written to.", "Check that the disk is not full."
        ) from error
