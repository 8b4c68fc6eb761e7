"""Asking MESH who may answer: the recipient of a message, and the mailbox of a practice or of who took it over."""

from datetime import datetime, timedelta

from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.delivery import InboxStore
from digmed_desktop.messaging.errors import NotThereError, RefusedError
from digmed_desktop.messaging.ports import Transport
from digmed_desktop.messaging.replies import ToVerify

FRESH_FOR = timedelta(minutes=10)
"""How long an answer of MESH's look-up serves further answers, so that many strangers cost few questions."""


class Verifier:
    """Asks only about answers that would otherwise be doubted. Used from one thread."""

    def __init__(self, inbox: InboxStore, clock: Clock) -> None:
        self._inbox, self._clock = inbox, clock
        self._looked_up: dict[tuple[str, str], tuple[datetime, str]] = {}
        self._tracked: dict[str, datetime] = {}

    def mailboxes(self, transport: Transport, asked: ToVerify) -> set[str]:
        """Return the mailboxes that a look-up gives; those that tracking names are stored with their sendings.

        Raises what concerns the whole line.
        """
        now = self._clock.now()
        for mesh_id in asked.sendings:
            if not self._is_fresh(self._tracked.get(mesh_id), now):
                self._tracked[mesh_id] = now
                self._track(transport, mesh_id)
        return {self._mailbox(transport, practice, asked.workflow, now) for practice in asked.practices} - {
            ""
        }

    def _track(self, transport: Transport, mesh_id: str) -> None:
        try:
            recipient = transport.recipient(mesh_id)
        except (NotThereError, RefusedError):
            return
        if recipient:
            self._inbox.sent_to(mesh_id, recipient)

    def _mailbox(self, transport: Transport, practice: str, workflow: str, now: datetime) -> str:
        at, mailbox = self._looked_up.get((practice, workflow), (None, ""))
        if self._is_fresh(at, now):
            return mailbox
        try:
            mailbox = transport.mailbox_of(practice, workflow, fresh=True) or ""
        except (NotThereError, RefusedError):
            mailbox = ""
        self._looked_up[practice, workflow] = (now, mailbox)
        return mailbox

    @staticmethod
    def _is_fresh(at: datetime | None, now: datetime) -> bool:
        return at is not None and timedelta() <= now - at < FRESH_FOR
