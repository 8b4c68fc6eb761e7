"""A file that leaves the program is whole or is not there: written under another name, renamed at the end."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from digmed_desktop.files.replacing import HeldOpenError, replace
from digmed_desktop.messaging import disk
from digmed_desktop.messaging.errors import DigMedError


class FileNotWrittenError(DigMedError):
    """A file could not be written; nothing is left of it, and a file that was there before is as it was."""


class CancelledError(DigMedError):
    """A person stopped it."""


@contextlib.contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Give the name under which ``path`` is to be written; at the end of the block it takes its own name.

    When the block fails nothing is left. Faults of the disk come as :class:`FileNotWrittenError`.
    """
    if _is_there(path) and not path.is_file():
        raise FileNotWrittenError(
            f"{path.name} is a folder, a pipe or a device, not a file. Nothing was written.",
            "Choose another name.",
        )
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        replace(part, path)
    except OSError as error:
        raise told(error, path.parent) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open ``path`` for writing; only its owner can read it."""
    with unfinished(path) as part:
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file


def folder_for_files(folder: Path) -> Path:
    """Make a folder if it is not there, and try whether files can be written in it.

    Raises :class:`FileNotWrittenError`.
    """
    if _is_there(folder) and not folder.is_dir():
        raise FileNotWrittenError(
            f"{folder.name} is a file, not a folder. Nothing was written.", "Choose another name."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise told(error, folder) from error


def _is_there(path: Path) -> bool:
    """Whether something has this name. Raises :class:`FileNotWrittenError` for a name that nothing can have."""
    if "\0" in str(path):
        raise told(OSError(errno.EINVAL, "no name"), path.parent)
    try:
        return path.exists()
    except OSError as error:
        raise told(error, path.parent) from error


def told(error: OSError, folder: Path) -> FileNotWrittenError:
    """Return the sentence for a fault of the disk."""
    if isinstance(error, HeldOpenError):
        return FileNotWrittenError(
            f"Another program has {Path(error.filename).name} open. Nothing was written, and the file is unchanged.",
            "Close it there, or choose another name, and do it again.",
        )
    if error.errno in disk.FULL | disk.QUOTA:
        return FileNotWrittenError(
            f"There is not enough room on the disk to write in {folder}. Nothing was written.",
            "Make room, or choose another folder, and do it again.",
        )
    if disk.is_busy(error):
        return FileNotWrittenError(
            f"Another program has the file open in {folder}. Nothing was written.",
            "Close the file in the other program, or choose another name, and do it again.",
        )
    if error.errno in disk.FORBIDDEN:
        return FileNotWrittenError(
            f"This account cannot write in {folder}. Nothing was written.", "Choose another folder."
        )
    if error.errno in disk.NOT_THERE:
        return FileNotWrittenError(
            f"The folder {folder} cannot be found, or the name cannot be used. Nothing was written.",
            "Choose another folder or name.",
        )
    return FileNotWrittenError(
        f"The disk could not store the file in {folder}. Nothing was written.",
        "Check the disk, or choose another folder, and do it again.",
    )
