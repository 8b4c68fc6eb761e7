"""The connection to MESH as people see it: what is set up, and whether it works. No secret is in any of these."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LIVE_WORD = "LIVE"
"""Words to type before the live MESH is used: real patients' data goes to real practices then."""


class Health(StrEnum):
    """Name how one check ended."""

    GOOD = "good"
    LOOK = "look"  # works, and a person should look at it
    BAD = "bad"  # does not work
    NOT_ASKED = "not-asked"  # could not be checked, because something before it does not work


@dataclass(frozen=True, slots=True, repr=False)
class Check:
    """One check: what was looked at, how it is, and what to do about it."""

    name: str
    health: Health
    sentence: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class CertificateView:
    """The client certificate: whose it is, how long it lasts, and a sentence when that asks for attention."""

    common_name: str
    not_after: datetime
    health: Health
    sentence: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ConnectionView:
    """The connection as set up. ``proxy`` is shown without its password; ``strangers`` counts the responses in the mailbox
    that answer nothing of ours. ``fixed`` in practice mode, where nothing of it can be changed.
    """

    environment: str
    mailbox: str = ""
    url: str = ""
    addressing: str = ""
    has_password: bool = False
    has_shared_key: bool = False
    proxy: str = ""
    proxy_name: str = ""
    has_proxy_password: bool = False
    certificate: CertificateView | None = None
    own_root: bool = False
    folder: str = ""  # of the MESH client
    mailboxes: str = ""  # that were entered for practices, a line for each
    strangers: int = 0
    fixed: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Reach:
    """Whether a practice can receive a kind of notification. ``can`` is None when that is not known."""

    can: bool | None
    sentence: str
    asked_at: datetime | None = None
