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
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from digmed_desktop import untrusted
from digmed_desktop.files.replacing import replace
from digmed_desktop.messaging.errors import DigMedError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection, Listener

OPEN = "open\n"  # before the record that another start of the program imports
_FILE = "window.json"
_FAMILY = "AF_PIPE" if os.name == "nt" else "AF_UNIX"
LONGEST = 4_001_000
"""Bytes of one question or answer: the longest record that is read, in UTF-8, and the word before it."""
_MOST_BYTES = 10_000  # of the file with address and key
HELLO_SECONDS = 5.0
"""For both sides to show that they know the key, and for a question to be understood."""
BUSY_SECONDS = 5.0
_MOST_CALLERS = 8

Answer = Callable[[str], dict[str, Any]]
log = logging.getLogger(__name__)


class WindowSilentError(DigMedError):
    """A window has the records open, and does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "The window of DigMed Desktop that is open does not answer.",
            "Check it. If it hangs, end it, and start the program again; all records are safe.",
        )


class FrontDoor:
    """Answers questions of other starts of the program, one at a time.

    A caller that says nothing is put out after some seconds, and holds up nobody else meanwhile.
    """

    def __init__(self, folder: Path, answer: Answer) -> None:
        """``answer`` is called on a thread of the door with one word, and returns what goes back as JSON."""
        self._file, self._answer = folder / _FILE, answer
        self._key = secrets.token_bytes(32)
        self._listener: Listener | None = None
        self._thread = threading.Thread(target=self._serve, name="front door", daemon=True)
        self._places = threading.Semaphore(_MOST_CALLERS)
        self._answering = threading.Lock()

    def open(self) -> None:
        """Begin to answer. Where the system gives no place to listen, the program works without the door."""
        from multiprocessing.connection import Listener

        try:
            self._listener = Listener(family=_FAMILY, backlog=_MOST_CALLERS)  # callers show the key below
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
        replace(unfinished, self._file)

    def _serve(self) -> None:
        while (listener := self._listener) is not None:
            try:
                caller = listener.accept()
            except (OSError, EOFError):
                if self._listener is None:
                    return
                continue
            if self._places.acquire(blocking=False):
                threading.Thread(target=self._let_in, args=(caller,), name="caller", daemon=True).start()
            else:
                caller.close()

    def _let_in(self, caller: "Connection") -> None:
        from multiprocessing import AuthenticationError
        from multiprocessing.connection import answer_challenge, deliver_challenge

        try:
            with caller:
                timed = _Timed(caller, HELLO_SECONDS)
                deliver_challenge(timed, self._key)  # type: ignore[arg-type]  # it only sends and receives
                answer_challenge(timed, self._key)  # type: ignore[arg-type]
                self._hear(caller, timed)
        except AuthenticationError:
            log.warning("someone without the key came to the front door")
        except (OSError, EOFError, ValueError) as error:
            log.info("a caller at the front door was not heard: %s", type(error).__name__)
        finally:
            self._places.release()

    def _hear(self, caller: "Connection", timed: "_Timed") -> None:
        word = timed.recv_bytes(LONGEST).decode("utf-8", "replace")
        if not self._answering.acquire(timeout=BUSY_SECONDS):
            said: dict[str, Any] = {"trouble": "The open window is busy with another request. Try again."}
        else:
            try:
                said = self._answer(word)
            except Exception as error:  # noqa: BLE001  (the boundary of the thread; the door must stay open)
                log.error("the front door could not answer: %s", type(error).__name__)
                said = {
                    "trouble": str(getattr(error, "happened", "")) or "Something in the program went wrong."
                }
            finally:
                self._answering.release()
        caller.send_bytes(json.dumps(said).encode())


class _Timed:
    """A connection on which nothing is waited for beyond a moment; what the handshake of Python reads and writes."""

    def __init__(self, line: "Connection", seconds: float) -> None:
        self._line, self._until = line, time.monotonic() + seconds

    def recv_bytes(self, maxlength: int | None = None) -> bytes:
        if not self._line.poll(max(0.0, self._until - time.monotonic())):
            raise TimeoutError
        return self._line.recv_bytes(maxlength)

    def send_bytes(self, content: bytes) -> None:
        self._line.send_bytes(content)


def knock(folder: Path, word: str, patience: float) -> dict[str, Any] | None:
    """Ask the window that has the records in ``folder`` open; None when there is none.

    Raises WindowSilentError where something listens and does not answer within ``patience`` seconds.
    """
    door = _door_in(folder)
    if door is None:
        return None
    if len(word.encode()) > LONGEST:
        raise DigMedError("This record is too large to import.", "Import one record at a time.")
    answers: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    # on a thread of its own: connecting and the handshake know no time-out
    threading.Thread(target=lambda: answers.put(_asked(*door, word)), name="knock", daemon=True).start()
    try:
        return answers.get(timeout=patience + HELLO_SECONDS)
    except Empty:
        raise WindowSilentError from None


def _door_in(folder: Path) -> tuple[str, bytes] | None:
    try:
        raw = untrusted.read_bytes(folder / _FILE, _MOST_BYTES)
        told = untrusted.read_json_object(raw, most=_MOST_BYTES)
        return str(told["address"]), bytes.fromhex(told["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _asked(address: str, key: bytes, word: str) -> dict[str, Any] | None:
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client

    try:
        with Client(address, family=_FAMILY, authkey=key) as door:
            door.send_bytes(word.encode())
            said = untrusted.read_json_object(door.recv_bytes(LONGEST), most=LONGEST)
    except (OSError, EOFError, ValueError, AuthenticationError):
        return None
    return said
