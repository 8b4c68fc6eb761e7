"""A proxy between this computer and MESH: its address, and the name and password that it may want.

They are kept in one piece, ``http://name:password@host:port``, as requests takes them, each part percent-encoded.
"""

from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from digmed_desktop.messaging.errors import AccountError

NAME, PASSWORD = "name", "password"  # what they are called


@dataclass(frozen=True, slots=True, repr=False)
class Proxy:
    """One proxy; ``address`` is like ``http://proxy.example:8080``. Without a ``name`` it wants no password."""

    address: str
    name: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def kept(cls, whole: str) -> Self:
        """Return the parts of what is kept in one piece."""
        parts = urlsplit(whole)
        address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if whole else ""
        return cls(address, unquote(parts.username or ""), unquote(parts.password or ""))

    @property
    def whole(self) -> str:
        """All of it in one piece, with its password."""
        if not self.name:
            return self.address
        scheme, _, where = self.address.partition("://")
        return f"{scheme}://{quote(self.name, safe='')}:{quote(self.password, safe='')}@{where}"


def check_address(address: str) -> None:
    """Raise AccountError for what is not the address of a proxy, or holds a name and a password in it."""
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port is not None
    except ValueError:
        right = False
    if "@" in address:
        raise AccountError(
            "The address of the proxy contains a name or a password.", "Enter them in the fields below it."
        )
    if not right:
        raise AccountError(
            "The address of the proxy is not correct.",
            "Enter it in Settings, Connection, like http://proxy.example:8080.",
        )


def check_login(name: str, password: str) -> None:
    """Raise AccountError for a name and password that a proxy cannot be given (RFC 7617, HTTP's Basic scheme)."""
    if password and not name:
        raise AccountError(
            "The user name for the proxy is missing.", "Enter it in the field next to the password."
        )
    if ":" in name:
        raise AccountError("A name for a proxy cannot contain a colon.", "Ask who looks after the network.")
    try:
        (name + password).encode("latin-1")
    except UnicodeEncodeError:
        raise AccountError(
            "The name or the password for the proxy contains a character that cannot be sent.",
            "Ask who looks after the network for another password.",
        ) from None
