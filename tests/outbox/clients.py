"""The MESH client between the folders of a mailbox and a MESH: both ends of the transport under test."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from digmed_desktop.demo.client_double import FOLDERS, ClientDouble, ClientOptions
from digmed_desktop.mesh.client.account import ClientAccount
from digmed_desktop.mesh.client.claiming import claim
from digmed_desktop.mesh.client.points import OnPoint, unheeded
from digmed_desktop.mesh.client.timing import Timing
from digmed_desktop.mesh.client.transport import ClientTransport
from digmed_desktop.messaging.ports import Transport

OWNER = "0123456789abcdef"
HASTE = Timing(limit=20, poll=60, missing_after=0, settled_after=0, given_up_after=300, tidy_after=3600)
AT_ONCE = ClientOptions(delay=0)


def account(root: Path, mailbox: str, owner: str = OWNER, **mailboxes: str) -> ClientAccount:
    """The account of a mailbox whose folder is made and claimed if it is not yet."""
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    claim(root, owner)
    return ClientAccount(root, mailbox, owner, mailboxes)


@dataclass
class Ends:
    """One mailbox: our transport, and the client that serves it."""

    transport: ClientTransport
    client: ClientDouble


def ends_of(
    root: Path,
    mailbox: str,
    mesh: Transport,
    *,
    timing: Timing = HASTE,
    options: ClientOptions = AT_ONCE,
    on_point: OnPoint = unheeded,
    mailboxes: Mapping[str, str] | None = None,
) -> Ends:
    transport = ClientTransport(account(root, mailbox, **(mailboxes or {})), timing=timing, on_point=on_point)
    return Ends(transport, ClientDouble(root, mailbox, mesh, replace(options)))
