"""Whether the keyring really protects what it keeps, proved with a probe where its files can be looked into.

A Secret Service collection without a password is an ordinary text file (GNOME Keyring writes it so for automatic
sign-in). While the probe is kept, its value is looked for in the files that keyrings of this account lie in.
"""

import base64
import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.messaging.errors import DigMedError

_FOLDERS = ("keyrings", "python_keyring", "kwalletd")  # of GNOME Keyring, of keyring's own files, of KWallet
_ENCRYPTED = b"GnomeKeyring\n\r\0\n"
"""How an encrypted collection of GNOME Keyring begins; one without a password begins as text."""
_MOST_FILES, _MOST_BYTES = 200, 20_000_000


class Protection(StrEnum):
    """The result of a probe."""

    PROVED = "proved"
    IN_CLEAR = "in-clear"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True, repr=False)
class Files:
    """The keyring files of this account at a moment, by path: digest of the bytes, and whether they are encrypted."""

    digests: dict[Path, tuple[bytes, bool]]
    clear: frozenset[Path]


def look(probe: str) -> Files:
    """Return the keyring files of this account, and which of them hold a probe in clear."""
    spellings = (probe.encode(), base64.b64encode(probe.encode()).rstrip(b"="), probe.encode("utf-16-le"))
    digests, clear = {}, set()
    for file in _files():
        try:
            raw = untrusted.read_bytes(file, _MOST_BYTES)
        except (OSError, ValueError):
            continue
        digests[file] = hashlib.sha256(raw).digest(), raw.startswith(_ENCRYPTED)
        if any(one in raw for one in spellings):
            clear.add(file)
    return Files(digests, frozenset(clear))


def judged(before: Files, during: Files) -> Protection:
    """Return what the files say: ``before`` the probe was kept, and ``during``."""
    if during.clear:
        return Protection.IN_CLEAR
    changed = [
        encrypted
        for file, (digest, encrypted) in during.digests.items()
        if before.digests.get(file, (b"", False))[0] != digest
    ]
    return Protection.PROVED if changed and all(changed) else Protection.NOT_CHECKED


def no_password(kept_in: str) -> DigMedError:
    """Return what to say of a keyring that keeps everything in clear."""
    return DigMedError(
        f"Anyone who can read this account's files can read the key of the records: {kept_in} has no password, so that "
        "it keeps everything in clear.",
        "Give the keyring a password: open Passwords and Keys, choose the keyring, then Change Password. "
        "The next sign-in asks for it. An account that signs in automatically needs it again.",
    )


def _files() -> Iterator[Path]:
    if sys.platform in ("win32", "darwin"):  # what is kept there cannot be looked into
        return
    share = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    left = _MOST_FILES
    for name in _FOLDERS:
        folder = share / name
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            if file.is_file() and left:
                left -= 1
                yield file
