"""Which addresses may be asked over the network: https, or this very computer."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def is_this_computer(host: str, *, by_number: bool = False) -> bool:
    """Whether a host is this computer. A name can be pointed elsewhere, so ``by_number`` accepts no name."""
    if host == "localhost":
        return not by_number
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fault_of(address: str) -> str:
    """Return what is wrong with the address of a service, or ``""``: https with a host, or this computer."""
    try:
        parts = urlsplit(address)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "This is not an address. Enter one that begins with https://."
    if not address.isascii() or not address.isprintable() or " " in address:
        return "This is not an address: it contains a space or a character that addresses do not have."
    if parts.username or parts.password or "\\" in address or parts.query or parts.fragment:
        return "Enter the address without a name, a password or a question in it."
    if parts.scheme == "https" and host:
        return ""
    if parts.scheme == "http" and is_this_computer(host):
        return ""
    return "Enter an address that begins with https://."


def bare(typed: str) -> SplitResult | None:
    """Return the parts of an address that is host and port alone; None for every other."""
    try:
        parts = urlsplit(typed.strip())
        _port = parts.port
    except ValueError:
        return None
    more = parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/")
    return None if more or "@" in typed or "\\" in typed else parts


def is_on_this_computer(typed: str) -> bool:
    """Whether an address is one of this very computer, by http or https."""
    parts = bare(typed)
    return bool(
        parts and parts.scheme in ("http", "https") and is_this_computer((parts.hostname or "").lower())
    )
