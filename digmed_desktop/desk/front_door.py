"""The door at which a second start of the program finds the first: on this computer, for this account only.

While a window has the records open, nobody else can open them. What ``digmed-desktop``, ``digmed-desktop sync`` and
``digmed-desktop doctor`` want is asked of the window through this door. Address and key lie in a file in the data
folder, which only the account that owns the data can read; without the key nobody is answered.
"""

import contextlib
import json
import logging
import os
import secrets
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

_FILE = "window.json"
_FAMILY = "AF_PIPE" if os.name == "nt" else "AF_UNIX"
_LONGEST = 1_000_000  # bytes of one question or answer

Answer = Callable[[str], dict[str, Any]]
log = logging.getLogger(__name__)


class FrontDoor:
    """Answers questions of other starts of the program, one at a time, on a thread of its own."""

    def __init__(self, folder: Path, answer: Answer) -> None:
        """``answer`` is called on the door's thread with one word, and returns what goes back as JSON."""
        self._file, self._answer = folder / _FILE, answer
        self._key = secrets.token_bytes(32)
        self._listener: Listener | None = None
        self._thread = threading.Thread(target=self._serve, name="front door", daemon=True)

    def open(self) -> None:
        """Begin to answer. Where the system gives no place to listen, the program works without the door."""
        try:
            self._listener = Listener(family=_FAMILY, authkey=self._key)
            self._write(str(self._listener.address))
        except OSError as error:
            log.warning("the front door could not be opened: %s", type(error).__name__)
            return
        self._thread.start()

    def close(self) -> None:
        """Answer nobody any more."""
        if self._listener is not None:
            self._file.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._listener.close()
            self._listener = None

    def _write(self, address: str) -> None:
        unfinished = self._file.with_suffix(".new")
        handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"address": address, "key": self._key.hex()}, out)
        unfinished.replace(self._file)

    def _serve(self) -> None:
        while (listener := self._listener) is not None:
            try:
                with listener.accept() as caller:
                    self._hear(caller)
            except AuthenticationError:
                log.warning("somebody without the key came to the front door")
            except (OSError, EOFError):
                if self._listener is None:
                    return

    def _hear(self, caller: Connection) -> None:
        word = caller.recv_bytes(_LONGEST).decode("utf-8", "replace")
        try:
            said = self._answer(word)
        except Exception as error:  # noqa: BLE001  (the boundary of the thread; the door must stay open)
            log.error("the front door could not answer: %s", type(error).__name__)
            said = {"trouble": str(getattr(error, "happened", "")) or "Something in the program went wrong."}
        caller.send_bytes(json.dumps(said).encode())


def knock(folder: Path, word: str, patience: float) -> dict[str, Any] | None:
    """Ask the window that has the records in ``folder`` open; None when there is none, or it is too slow."""
    try:
        told = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        address, key = str(told["address"]), bytes.fromhex(told["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    try:
        with Client(address, family=_FAMILY, authkey=key) as door:
            door.send_bytes(word.encode())
            if not door.poll(patience):
                return None
            said = json.loads(door.recv_bytes(_LONGEST))
    except (OSError, EOFError, ValueError, AuthenticationError):
        return None
    return said if isinstance(said, dict) else None
