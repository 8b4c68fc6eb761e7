"""Record what the practice MESH and its practices must not forget when the program ends or is killed.

A line for each thing that happened, encrypted, so that nothing of a patient lies on the disk in clear. Its
key lies beside it: all of practice mode is invented, and there is not always a keyring. A line that was
cut off by the end of the program is passed over.
"""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

JOURNAL_FILE = "practice-mesh.journal"
KEY_FILE = "practice-mesh.key"
LARGEST = 128 * 1024 * 1024
"""Bytes; a journal that has grown beyond this is begun anew at the next start."""


class Journal:
    """A journal in ``folder``, or none at all (None). Written to from several threads."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / JOURNAL_FILE if folder else None
        self._lock = threading.Lock()
        if folder:
            self._cipher = Fernet(_key(folder / KEY_FILE))

    def entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield everything written, in order: its kind and its fields."""
        if self._file is None or not self._file.exists():
            return
        if self._file.stat().st_size > LARGEST:
            self._file.unlink()
            return
        with self._file.open("rb") as lines:
            for line in lines:
                try:
                    kind, fields = json.loads(self._cipher.decrypt(line.strip()))
                except (InvalidToken, ValueError, TypeError):
                    continue
                yield kind, fields
        with self._lock, self._file.open("ab") as end:
            end.write(b"\n")  # a line that was cut off ends here

    def write(self, kind: str, **fields: Any) -> None:
        """Write one thing down."""
        if self._file is None:
            return
        line = self._cipher.encrypt(json.dumps([kind, fields]).encode()) + b"\n"
        with self._lock, self._file.open("ab") as end:
            end.write(line)


def _key(file: Path) -> bytes:
    """Return the key, made when there is none that can be used."""
    try:
        found = file.read_bytes()
        Fernet(found)
    except (OSError, ValueError):
        found = Fernet.generate_key()
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(found)
    return found
