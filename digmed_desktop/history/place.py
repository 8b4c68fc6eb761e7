"""Judge the place of the database: on a disk of this computer, in a folder that only its owner reads."""

import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

from digmed_desktop.files import rights
from digmed_desktop.messaging.errors import StoreError

_NETWORK_FILE_SYSTEMS = (
    "nfs",
    "cifs",
    "smb",
    "afs",
    "ncpfs",
    "fuse.sshfs",
    "davfs",
    "fuse.davfs",
    "ceph",
    "lustre",
)
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def refuse_network_path(path: Path, *, mounts: str | None = None) -> None:
    """Raise StoreError when ``path`` is on another computer: locks and write order do not hold there.

    ``mounts`` is the text of ``/proc/self/mounts``; by default it is read where it exists.
    """
    if _is_unc(str(path)) or _is_remote_drive(path):
        raise _on_the_network()
    table = _mount_table() if mounts is None else mounts
    best, kind = -1, ""
    resolved = PurePosixPath(path.resolve())
    for line in table.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = PurePosixPath(fields[1].replace("\\040", " "))
        if resolved.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    if kind.startswith(_NETWORK_FILE_SYSTEMS):
        raise _on_the_network()


def _on_the_network() -> StoreError:
    return StoreError(
        "The folder for DigMed Desktop's data is on a network drive.",
        "Choose a folder on this computer: a database on a network drive can be damaged.",
    )


def _is_unc(text: str) -> bool:
    drive = PureWindowsPath(text).drive
    return text.startswith("\\\\") or (sys.platform == "win32" and drive.startswith("\\\\"))


if sys.platform == "win32":
    import ctypes

    def _is_remote_drive(path: Path) -> bool:
        anchor = path.resolve().anchor
        return bool(ctypes.windll.kernel32.GetDriveTypeW(anchor) == _REMOTE_DRIVE)

else:

    def _is_remote_drive(path: Path) -> bool:
        return False


def _mount_table() -> str:
    try:
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def private_folder(folder: Path) -> None:
    """Make the folder, readable by its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rights.keep_to_owner(folder)
