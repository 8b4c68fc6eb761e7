"""The account at MESH: which address, which mailbox, which secrets. What must not be used is refused here."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

import mesh_client

from digmed_desktop.mesh import proxy
from digmed_desktop.mesh.certificates import ClientCertificate
from digmed_desktop.messaging.errors import AccountError
from digmed_desktop.settings import shapes, web_address

INTEGRATION_URL: str = mesh_client.INT_ENDPOINT.url
LIVE_URL: str = mesh_client.LIVE_ENDPOINT.url

_CHOOSE = "Choose integration or live in Settings, Connection."
_IN_SETTINGS = "Correct it in Settings, Connection."


class Environment(StrEnum):
    """Which MESH an address belongs to."""

    LOOPBACK = "loopback"  # on this computer: practice mode and tests
    INTEGRATION = "integration"
    LIVE = "live"


_NHS = {
    str(urlsplit(INTEGRATION_URL).hostname): (Environment.INTEGRATION, mesh_client.INT_CA_CERT),
    str(urlsplit(LIVE_URL).hostname): (Environment.LIVE, mesh_client.LIVE_CA_CERT),
}


@dataclass(frozen=True, slots=True, repr=False)
class MeshAccount:
    """A mailbox at a MESH. Raises AccountError when made with anything that must not be used.

    Only the NHS's integration and live addresses are accepted, over https with a client certificate and the
    NHS's own roots, or an address of this very computer. ``practice_only`` accepts nothing but this computer.
    """

    url: str
    mailbox: str
    password: str = field(repr=False)
    shared_key: str = field(repr=False)
    certificate: ClientCertificate | None = field(default=None, repr=False)
    ca_pem: str = field(default="", repr=False)  # for an address of this computer only
    proxy: str = field(default="", repr=False)
    practice_only: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", checked_url(self.url, practice_only=self.practice_only))
        self._check_identity()
        if self.proxy:
            if self.practice_only:
                raise AccountError("Practice mode uses no proxy.", "Take the proxy out of the connection.")
            proxy.check_address(proxy.Proxy.kept(self.proxy).address)
        if self.environment is Environment.LOOPBACK:
            return
        if self.certificate is None:
            raise AccountError(
                "MESH needs a client certificate.", "Choose the certificate in Settings, Connection."
            )
        if self.ca_pem:
            raise AccountError(
                "The NHS's MESH is only ever checked against the NHS's own root certificates.",
                "Take the other root certificate out of Settings, Connection.",
            )

    @property
    def environment(self) -> Environment:
        """Which MESH this is."""
        known = _NHS.get(self.host)
        return known[0] if known else Environment.LOOPBACK

    @property
    def host(self) -> str:
        """The host name of the address, in lower case."""
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted; always so outside this computer."""
        return self.url.startswith("https:")

    @property
    def ca_file(self) -> str:
        """The file of the NHS's root certificates for this address, or ``""`` on this computer."""
        known = _NHS.get(self.host)
        return known[1] if known else ""

    def _check_identity(self) -> None:
        check_mailbox(self.mailbox)
        check_secret(self.password, PASSWORD)
        check_secret(self.shared_key, SHARED_KEY)


PASSWORD = "password of the MESH mailbox"  # noqa: S105  # what it is called
SHARED_KEY = "MESH shared key"


def check_mailbox(mailbox: str) -> None:
    """Raise AccountError for what cannot be the id of a mailbox."""
    if not mailbox:
        raise AccountError("The MESH mailbox id is missing.", "Enter it in Settings, Connection.")
    if mailbox != mailbox.upper():
        raise AccountError(
            "A MESH mailbox id is written in capital letters.", f"Enter it as {mailbox.upper()}."
        )
    if not shapes.is_mailbox(mailbox):
        raise AccountError("The MESH mailbox id is not correct: letters and digits only.", _IN_SETTINGS)


def check_secret(value: str, what: str) -> None:
    """Raise AccountError for what cannot be a password or key of MESH. ``what`` is its name in the sentence."""
    if not value:
        raise AccountError(f"The {what} is missing.", "Enter it in Settings, Connection.")
    if value != value.strip():
        raise AccountError(f"The {what} has a space at one end.", _IN_SETTINGS)
    if not value.isascii() or not value.isprintable():
        raise AccountError(f"The {what} contains a character that MESH does not use.", _IN_SETTINGS)


def checked_url(typed: str, *, practice_only: bool = False, here: bool = False) -> str:
    """Return the one spelling of an address that may be used; raises AccountError on every other.

    ``practice_only`` and ``here`` accept nothing but this computer, the first by number only.
    """
    refused = AccountError("This is not an address of the NHS's MESH.", _CHOOSE)
    parts = web_address.bare(typed)
    if parts is None:
        raise refused
    host, port = (parts.hostname or "").lower(), parts.port
    if host in _NHS:
        if here:
            raise AccountError(
                "This is an address of the NHS's MESH, not one on this computer.",
                "Choose integration or live above.",
            )
        if practice_only:
            raise AccountError("Practice mode cannot reach the NHS's MESH.", "Leave practice mode first.")
        if parts.scheme != "https" or port not in (None, 443):
            raise AccountError("The NHS's MESH is only used over https.", _IN_SETTINGS)
        return f"https://{host}"
    if parts.scheme not in ("http", "https") or not web_address.is_this_computer(
        host, by_number=practice_only
    ):
        raise refused
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
