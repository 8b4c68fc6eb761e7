"""As whom the pharmacy sends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sender:
    """The pharmacy's mailbox, and the edition its vaccination messages are written in (empty: the default)."""

    mailbox: str
    edition_id: str = ""
