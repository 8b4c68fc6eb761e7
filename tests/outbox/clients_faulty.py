"""The double of the MESH client with everything that can go wrong, as a child process over a MESH in a folder.

``python -m tests.outbox.clients_faulty FOLDER FAULT POINT`` does one round and ends, or is killed at ``POINT``.
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from digmed_desktop.demo.client_double import ClientDouble, ClientOptions, ClientPoint
from digmed_desktop.messaging.sending import InboxItem
from tests.outbox.doubles import FolderMesh, FolderTransport


class ClientFault(StrEnum):
    """How the client misbehaves. Each happens to the first messages only, or nothing would ever be over."""

    NONE = "none"
    LATE = "takes late"
    FAILED = "moves to FAILED"
    DIES = "dies between taking and SENT"
    RESTORES = "dies there and sends again"
    DOUBLES = "brings everything twice"
    NEVER_SENT = "never writes SENT"
    REPORT_FIRST = "reports before SENT"
    RENAMES = "gives other names in SENT"
    HALF = "brings half a message first"


_FIRST = 2


class FaultyClient(ClientDouble):
    """A client with one fault, which it commits ``_FIRST`` times, however often it is started."""

    def __init__(
        self,
        root: Path,
        mailbox: str,
        mesh: FolderMesh,
        fault: ClientFault,
        on_point: Callable[[ClientPoint], None] = lambda _point: None,
    ) -> None:
        options = ClientOptions(
            delay=0,
            save_sent=fault is not ClientFault.NEVER_SENT,
            transfer_report=fault in (ClientFault.NEVER_SENT, ClientFault.REPORT_FIRST),
        )
        super().__init__(root, mailbox, FolderTransport(mesh, mailbox), options, on_point)
        self.fault, self._committed = fault, root / "TEMP" / "committed.txt"

    def commits(self, fault: ClientFault) -> bool:
        """Whether the fault happens now; it is counted on the disk."""
        done = len(self._committed.read_text(encoding="ascii")) if self._committed.exists() else 0
        if self.fault is not fault or done >= _FIRST:
            return False
        self._committed.write_text("x" * (done + 1), encoding="ascii")
        return True

    def round(self) -> None:
        if not self.commits(ClientFault.LATE):
            super().round()

    def upload(self, control: Path, data: Path, values: dict[str, str]) -> None:
        if self.commits(ClientFault.FAILED):
            self.refuse(control, values, "12", "Unregistered mailbox")
            return
        super().upload(control, data, values)

    def conclude(self, control: Path, values: dict[str, str], mesh_id: str) -> None:
        if self.commits(ClientFault.DIES):
            os._exit(0)
        if self.commits(ClientFault.RESTORES):
            self._put_back(control)
            os._exit(0)
        if self.fault is ClientFault.REPORT_FIRST:
            self.report(values, mesh_id, "COLLECT")
        super().conclude(control, values, mesh_id)
        if self.commits(ClientFault.RENAMES):
            for ending in (".dat", ".ctl"):
                found = self.root / "SENT" / f"{control.stem}{ending}"
                if found.exists():
                    found.rename(found.with_name(f"{mesh_id} née{ending}"))

    def bring(self, item: InboxItem, name: str) -> None:
        if self.commits(ClientFault.HALF):
            half = self.root / "IN" / f"{name}.ctl"
            half.write_bytes(b"<DTSControl><Version>1.0</Version><Mess")
        super().bring(item, name)
        if self.commits(ClientFault.DOUBLES):
            super().bring(item, f"{name}")
            for ending in (".dat", ".ctl"):
                found = self.root / "IN" / f"{name}{ending}"
                if found.exists():
                    (self.root / "IN" / f"{name} (2){ending}").write_bytes(found.read_bytes())


def one_round(root: Path, mailbox: str, mesh: FolderMesh, fault: ClientFault, point: str, nth: int) -> int:
    """Do one round, killed at the ``nth`` passing of ``point``; to be called in a process of its own."""
    passed = 0

    def on_point(reached: ClientPoint) -> None:
        nonlocal passed
        passed += reached == point
        if reached == point and passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    FaultyClient(root, mailbox, mesh, fault, on_point).round()
    return 0
