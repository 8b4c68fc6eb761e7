"""A mailbox of the MESH client over a MESH in a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.demo.client_double import ClientDouble
from digmed_desktop.mesh.client.transport import ClientTransport
from digmed_desktop.messaging.sending import Sending
from tests.history.samples import START
from tests.outbox.clients import ends_of
from tests.outbox.doubles import OURS, THEIRS, FolderClock, FolderMesh, FolderTransport


@dataclass
class Box:
    """The tree of one mailbox, who reads it and who serves it."""

    root: Path
    transport: ClientTransport
    client: ClientDouble
    mesh: FolderMesh

    def sending(self, local_id: str = "FZZ99_a", payload: bytes = b"<Bundle/>", **more: Any) -> Sending:
        return Sending(1, local_id, "DIGMED_FLU_VAC", "Y99901", "A subject", payload, **more)

    def names(self, folder: str) -> list[str]:
        return sorted(file.name for file in (self.root / folder).iterdir())

    def put(self, name: str, control: str | bytes, data: bytes | None = None) -> None:
        """Put something into IN, as the client or anybody else does."""
        if data is not None:
            (self.root / "IN" / f"{name}.dat").write_bytes(data)
        body = control.encode() if isinstance(control, str) else control
        (self.root / "IN" / f"{name}.ctl").write_bytes(body)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    mesh = FolderMesh(tmp_path / "mesh", FolderClock(tmp_path, START))
    ends = ends_of(tmp_path / "mailbox", OURS, FolderTransport(mesh, OURS), mailboxes={"Y99901": THEIRS})
    yield Box(tmp_path / "mailbox", ends.transport, ends.client, mesh)
    ends.transport.close()


def arriving(local_id: str = "busAck-1", mesh_id: str = "M1", **changes: str) -> str:
    """The control file of an answer."""
    values = {
        "Version": "1.0", "AddressType": "DTS", "MessageType": "Data", "WorkflowId": "DIGMED_FLU_VAC_ACK",
        "To_DTS": OURS, "From_DTS": THEIRS, "LocalId": local_id, "DTSId": mesh_id, **changes,
    }  # fmt: skip
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<DTSControl>{inside}</DTSControl>"


def report(event: str, status: str = "SUCCESS", code: str = "00", about: str = "M9", **changes: str) -> str:
    """The control file of a report on something that was sent."""
    record = f"<Event>{event}</Event><Status>{status}</Status><StatusCode>{code}</StatusCode>"
    values = {
        "MessageType": "Report",
        "WorkflowId": "DIGMED_FLU_VAC",
        "From_DTS": OURS,
        "To_DTS": THEIRS,
        **changes,
    }
    return arriving("FZZ99_a", about, **values).replace(
        "</DTSControl>", f"<StatusRecord>{record}</StatusRecord></DTSControl>"
    )
