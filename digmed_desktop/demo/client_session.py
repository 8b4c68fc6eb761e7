"""Practice mode's MESH client as the program holds it: starts it, stops its rounds, names its folder."""

import contextlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.demo.client_double import FOLDERS
from digmed_desktop.demo.own_command import PRACTICE_CLIENT, own_command
from digmed_desktop.demo.processes import end, environment
from digmed_desktop.messaging.errors import DigMedError

if TYPE_CHECKING:
    from digmed_desktop.mesh.account import MeshAccount
    from digmed_desktop.mesh.client.account import ClientAccount

_OWNER = "practice-mode"
_AGAIN = "Start practice mode again."


class PracticeClient:
    """A running simulated MESH client. Its methods wait for its answer: call them from a worker thread."""

    def __init__(self, folder: Path, account: "MeshAccount", mailboxes: Mapping[str, str]) -> None:
        """``mailboxes``: where the practices take messages, by ODS code. Raises DigMedError."""
        from digmed_desktop.mesh.client.claiming import claim

        self.root = folder / "mesh-client" / account.mailbox
        self._mailbox, self._mailboxes = account.mailbox, mailboxes
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        claim(self.root, _OWNER)
        told = {
            "root": str(self.root),
            "url": account.url,
            "mailbox": account.mailbox,
            "password": account.password,
            "shared_key": account.shared_key,
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603  # this very program
                own_command(PRACTICE_CLIENT),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            raise DigMedError("The simulated MESH client did not start.", _AGAIN) from None
        self._ask(json.dumps(told))

    def account(self) -> "ClientAccount":
        """Return its folder as the connection uses it."""
        from digmed_desktop.mesh.client.account import ClientAccount

        return ClientAccount(self.root, self._mailbox, _OWNER, self._mailboxes)

    def pause(self, *, paused: bool) -> None:
        """Stop its rounds, as when its service does not run, or let them go on."""
        self._ask("pause" if paused else "resume")

    def stop(self) -> None:
        """End it and wait for its end."""
        end(self._process)

    def _ask(self, line: str) -> None:
        answer = b""
        with contextlib.suppress(OSError, ValueError):
            if self._process.stdin and self._process.stdout:
                self._process.stdin.write(f"{line}\n".encode())
                self._process.stdin.flush()
                answer = self._process.stdout.readline()
        if not answer:
            raise DigMedError("The simulated MESH client has ended.", _AGAIN)
