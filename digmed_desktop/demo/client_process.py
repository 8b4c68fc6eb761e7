"""Practice mode's MESH client as a process of its own: ``digmed-desktop practice-client``.

Its first line of input is JSON: where the practice MESH is, and the folder. ``pause`` and ``resume`` on lines of their
own stop and start its rounds, each answered with a line. It ends when its input does.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Any

from digmed_desktop.demo.client_double import ClientDouble
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.messaging.errors import DigMedError

PERIOD = 0.3
"""Seconds between two rounds; the real client's are longer."""


def main() -> int:
    """Run the client until its input closes; return 0."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program; this ends with it
    say = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    asked = json.loads(sys.stdin.buffer.readline())
    runs = threading.Event()
    runs.set()
    threading.Thread(target=_rounds, args=(asked, runs), daemon=True).start()
    _write(say, "ready")
    for line in sys.stdin.buffer:
        word = line.decode("ascii", "replace").strip()
        if word == "pause":
            runs.clear()
        elif word == "resume":
            runs.set()
        _write(say, word)
    return 0


def _rounds(asked: dict[str, Any], runs: threading.Event) -> None:
    from digmed_desktop.mesh.transport import MeshTransport

    account = MeshAccount(
        asked["url"], asked["mailbox"], asked["password"], asked["shared_key"], practice_only=True
    )
    client = ClientDouble(Path(asked["root"]), account.mailbox, MeshTransport(account, workflows=""))
    pause = threading.Event()
    while True:
        runs.wait()
        try:
            client.round()
        except (DigMedError, OSError):  # MESH is away for a while, as a real client's is
            pause.wait(PERIOD)
        pause.wait(PERIOD)


def _write(say: IO[str], word: str) -> None:
    say.write(f"{word}\n")
    say.flush()
