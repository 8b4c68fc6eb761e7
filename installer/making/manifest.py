"""Write down every file of a payload with its checksum, and compare two builds."""

import hashlib
import os
from pathlib import Path

from installer.making import places


def checksums(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file but the manifest itself, by its path with forward slashes."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name != places.MANIFEST:
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def write(folder: Path) -> int:
    """Write the manifest, in the form that ``sha256sum -c`` reads; return how many files it names."""
    sums = checksums(folder)
    text = "".join(f"{digest} *{name}\n" for name, digest in sorted(sums.items()))
    (folder / places.MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return len(sums)


def same_times(folder: Path, epoch: int) -> None:
    """Give every file and folder the time of the commit: installers keep times."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (epoch, epoch), follow_symlinks=False)
