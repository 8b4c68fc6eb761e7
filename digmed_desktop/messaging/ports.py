"""The transport as the outbox knows it. ``mesh`` implements it, in practice mode and tests too."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from digmed_desktop.messaging.sending import Elsewhere, InboxItem, Receipt, Sending
from digmed_desktop.messaging.story import QueueStanding


class Transport(Protocol):
    """MESH, seen from one worker thread.

    Each call is bounded in time and raises the errors of ``messaging.errors``.
    """

    def handshake(self) -> None:
        """Show that mailbox, password, certificate and clock are right; AccountError when they are not."""
        ...

    def mailbox_of(self, practice_ods: str, workflow: str, *, fresh: bool = False) -> str | None:
        """Return the mailbox in which a practice takes ``workflow``, or None when it takes none.

        ``fresh`` asks MESH even where the mailbox was looked up before.
        """
        ...

    @property
    def no_mailbox(self) -> str:
        """The sentence for a practice without a mailbox: why, and what to do."""
        ...

    def send(self, sending: Sending) -> Receipt | Elsewhere:
        """Send once, or hand over to the program that sends: then :meth:`follow` tells what becomes of it.

        Raises OfflineError, BusyError, AccountError, RefusedError or OutcomeUnknownError.
        """
        ...

    def look_up(self, local_id: str) -> Receipt | Elsewhere | None:
        """Return what MESH knows of a sending, or None when it has none under that local id."""
        ...

    def follow(self, local_ids: Sequence[str]) -> Mapping[str, Receipt | Elsewhere]:
        """Return what became of sendings that were handed over; those that still lie there are left out."""
        ...

    def collected(self, mesh_id: str) -> bool:
        """Whether the recipient's system has collected the message."""
        ...

    def recipient(self, mesh_id: str) -> str:
        """Return the mailbox that MESH's tracking names for a message, or ``""``."""
        ...

    def inbox(self) -> Sequence[str]:
        """Return the MESH ids of what waits for us: responses and reports of our workflows."""
        ...

    def fetch(self, mesh_id: str) -> InboxItem:
        """Download one thing without acknowledging it."""
        ...

    def acknowledge(self, mesh_id: str) -> None:
        """Tell MESH that one thing is safely stored; it leaves the inbox."""
        ...

    def clock_ahead(self) -> timedelta | None:
        """Return by how much this computer's clock was ahead of MESH's at its last answer; None when not told."""
        ...

    def warning(self) -> str:
        """Return a sentence about what will fail before long (a certificate that expires), or ``""``."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


TransportFactory = Callable[[], Transport]


class DeliveryRounds(Protocol):
    """The delivery as the background drives it, all from one thread."""

    def run_once(self) -> QueueStanding:
        """Do all that is due and say how it stands."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
