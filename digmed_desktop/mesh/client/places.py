"""The folders of one mailbox of the MESH client, ours beside them, and how files come and go there."""

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.files.replacing import replace

DATA, CONTROL = ".dat", ".ctl"
OURS = "digmed-desktop"
"""Our own folder in the same tree, so that a file can be moved between it and the client's in one step."""
PATIENCE = 12.0
"""Seconds for an antivirus program to let go of a file; some hold new ones for ten."""
_LONG = 200  # characters from which Windows needs a path to be marked as long


@dataclass(frozen=True, slots=True)
class Places:
    """The folders under the client's ``InterfaceRoot``. No other folder of it is touched."""

    root: Path

    @property
    def out(self) -> Path:
        """Return the folder from which the client collects."""
        return self.root / "OUT"

    @property
    def inbox(self) -> Path:
        """Return the folder into which the client puts arrivals."""
        return self.root / "IN"

    @property
    def sent(self) -> Path:
        """Return the folder for messages that MESH took, if the client keeps them."""
        return self.root / "SENT"

    @property
    def failed(self) -> Path:
        """Return the folder for messages that the client or MESH refused."""
        return self.root / "FAILED"

    @property
    def ours(self) -> Path:
        """Return the folder in which only this program writes."""
        return self.root / OURS

    @property
    def outgoing(self) -> Path:
        """Return the folder in which pairs are written before they move into ``OUT``."""
        return self.ours / "outgoing"

    @property
    def withdrawn(self) -> Path:
        """Return the folder for pairs that a person cancelled."""
        return self.ours / "withdrawn"

    @property
    def taken(self) -> Path:
        """Return the folder for pairs of ``IN`` that the records hold."""
        return self.ours / "taken"

    @property
    def traces(self) -> Path:
        """Return the folder with one file for each sending handed over; it names no patient."""
        return self.ours / "traces"

    @property
    def owner(self) -> Path:
        """Name the mailbox to which ``ours`` belongs."""
        return self.ours / "owner.txt"

    def make_ours(self) -> None:
        """Make our own folders. Raises OSError."""
        for folder in (self.ours, self.outgoing, self.withdrawn, self.taken, self.traces):
            folder.mkdir(exist_ok=True)


def usable(root: Path) -> Path:
    """Return a folder as this system opens it, also where its files have long names."""
    plain = str(root)
    if os.name != "nt" or len(plain) < _LONG or plain.startswith("\\\\?\\"):
        return root
    return Path(f"\\\\?\\UNC\\{plain[2:]}" if plain.startswith("\\\\") else f"\\\\?\\{plain}")


def names_in(folder: Path, suffix: str) -> list[str]:
    """Return the names without ending of the files in ``folder`` that end so, in order.

    A folder that is not there has none. Raises OSError when it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name[: -len(suffix)] for entry in entries if entry.name.lower().endswith(suffix)
            )
    except FileNotFoundError:
        return []


def spelled(folder: Path, name: str, ending: str) -> Path:
    """Return the file of a name that :func:`names_in` returned, whose ending may be in capitals. Raises OSError."""
    plain = folder / f"{name}{ending}"
    try:
        plain.lstat()
    except FileNotFoundError:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
        found = (one for one in names if one.startswith(name) and one[len(name) :].lower() == ending)
        return next((folder / one for one in found), plain)
    return plain


def write_flushed(file: Path, content: bytes) -> None:
    """Write a file anew and have it on the disk before this returns. Raises OSError."""
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    handle = os.open(file, flags, 0o660)  # the client may run as another account of the folder's group
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def write_now(file: Path) -> None:
    """Write a file anew so that its time is the disk's own present. Raises OSError."""
    file.write_bytes(b"")


def move(file: Path, folder: Path, name: str = "") -> Path:
    """Move a file into ``folder`` in one step, over one of its ``name``, its own by default. Raises OSError."""
    return replace(file, folder / (name or file.name), PATIENCE)


def remove(*files: Path) -> None:
    """Remove files that may be gone already. Raises OSError."""
    for file in files:
        file.unlink(missing_ok=True)


def read(file: Path, most: int) -> bytes:
    """Return what a file holds. Raises OSError, UnreadableError for no file or one of more than ``most`` bytes."""
    try:
        return untrusted.read_bytes(file, most)
    except untrusted.NotAFileError as error:
        raise untrusted.UnreadableError(str(error)) from None
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise untrusted.UnreadableError("a link that leads back to itself") from None


@contextlib.contextmanager
def gone_is_none() -> Iterator[None]:
    """Pass by a file that someone else moved meanwhile."""
    with contextlib.suppress(FileNotFoundError):
        yield
