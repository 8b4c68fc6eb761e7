"""The transport of ``messaging.ports`` over the folders of the MESH client.

It hands pairs of files over and reads what comes; the client alone speaks to MESH. Used from one thread; each call ends
within ``Timing.limit``, whatever hangs, and raises nothing but ``messaging.errors``.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from digmed_desktop.mesh import addressing
from digmed_desktop.mesh.client import faults, places
from digmed_desktop.mesh.client.account import ClientAccount
from digmed_desktop.mesh.client.control_file import ControlFile, MessageType
from digmed_desktop.mesh.client.incoming import Incoming
from digmed_desktop.mesh.client.outgoing import Outgoing
from digmed_desktop.mesh.client.patience import Patient
from digmed_desktop.mesh.client.places import CONTROL, Places, usable
from digmed_desktop.mesh.client.points import OnPoint, unheeded
from digmed_desktop.mesh.client.settings_file import poll_period
from digmed_desktop.mesh.client.timing import Timing
from digmed_desktop.mesh.client.traces import Traces
from digmed_desktop.messaging.errors import NotThereError, RefusedError
from digmed_desktop.messaging.sending import (
    COLLECTED_REPORT,
    WITH_CLIENT,
    Elsewhere,
    InboxItem,
    Receipt,
    Sending,
    Where,
)

T = TypeVar("T")
_SEEMS_STOPPED = "The MESH client does not seem to run: its folder OUT has held a message for {}."
_NO_MAILBOX = "No mailbox is entered for this practice, and the MESH client cannot look one up."
_ENTER_IT = "Enter it in Settings, Connection, or send the practice a paper copy."
_TOO_OLD = 3  # times the client's period from which it seems to be stopped


class ClientTransport:
    """A mailbox of the MESH client, as the outbox uses it."""

    def __init__(
        self, account: ClientAccount, *, timing: Timing | None = None, on_point: OnPoint = unheeded
    ) -> None:
        self._account, self._timing = account, timing or Timing()
        self._places = Places(usable(account.root))
        self._traces = Traces(self._places)
        self._outgoing = Outgoing(self._places, account.mailbox, self._traces, on_point)
        self._incoming = Incoming(
            self._places,
            account.mailbox,
            self._timing,
            lambda local_id: addressing.is_local_id(local_id) and self._traces.read(local_id) is not None,
            on_point,
        )
        self._patient = Patient(str(account.root), self._timing.limit)
        self._missing_since: dict[str, float] = {}
        self._poll = self._timing.poll
        self._warning = ""

    def handshake(self) -> None:
        """Show that the folders are there and ours, and finish what was cut off in them."""

        def greet() -> None:
            for folder in (self._places.out, self._places.inbox):
                folder.stat()
            now = self._now()
            self._outgoing.tidy(now, self._timing.tidy_after)
            self._incoming.tidy()
            self._poll = poll_period(self._places.root) or self._timing.poll

        self._call(greet)

    def mailbox_of(self, practice_ods: str, workflow: str, *, fresh: bool = False) -> str | None:
        """Return the mailbox that the pharmacy entered for a practice; the client cannot look one up."""
        addressing.checked_workflow(workflow)
        return self._account.mailboxes.get(addressing.checked_ods(practice_ods))

    @property
    def no_mailbox(self) -> str:
        """The sentence for a practice whose mailbox nobody entered."""
        return f"{_NO_MAILBOX} {_ENTER_IT}"

    def send(self, sending: Sending) -> Receipt | Elsewhere:
        """Hand a message over to the client, once."""
        addressing.check_sending(sending)
        recipient = sending.recipient or self.mailbox_of(sending.practice_ods, sending.workflow)
        if recipient is None:
            raise RefusedError(_NO_MAILBOX, _ENTER_IT)
        control = ControlFile(
            MessageType.DATA,
            workflow=sending.workflow,
            sender=self._account.mailbox,
            recipient=recipient,
            subject=addressing.subject_header(sending.subject),
            local_id=sending.local_id,
        )

        def hand_over() -> Receipt | Elsewhere:
            self._outgoing.refresh_if_known(sending.local_id)
            return self._outgoing.hand_over(control, sending.payload)

        return self._call(hand_over, moving=True)  # what is handed over is so, wherever the share is then

    def look_up(self, local_id: str) -> Receipt | Elsewhere | None:
        """Return where a sending is."""
        checked = addressing.checked_local_id(local_id)

        def look() -> Receipt | Elsewhere:
            self._outgoing.refresh()
            return self._outgoing.whereabouts(checked)

        return self._call(look)

    def follow(self, local_ids: Sequence[str]) -> Mapping[str, Receipt | Elsewhere]:
        """Return what became of sendings that were handed over; those the client still has are left out."""

        def look() -> dict[str, Receipt | Elsewhere]:
            lying = set(self._outgoing.lying())
            self._look_for_a_stop(lying)
            gone = [local_id for local_id in local_ids if local_id not in lying]
            if gone:
                self._outgoing.refresh()
            return {local_id: self._outgoing.whereabouts(local_id) for local_id in gone}

        found = self._call(look)
        return {local_id: one for local_id, one in found.items() if self._counts(local_id, one)}

    def take_back(self, local_id: str) -> bool:
        """Take a sending out of ``OUT`` again; False when the client has it already."""
        checked = addressing.checked_local_id(local_id)
        return self._call(lambda: self._outgoing.take_back(checked), moving=True)

    def collected(self, mesh_id: str) -> bool:
        """Whether a report says that the recipient collected a message. NotThereError for one not sent from here."""

        def look() -> bool:
            local_id = self._local_id_of(mesh_id)
            trace = self._traces.read(local_id)
            self._incoming.listing(self._now())
            reports = self._incoming.reports_of(mesh_id)
            return (trace is not None and trace.collected) or any(
                one.status is not None and one.status.event.upper() == COLLECTED_REPORT for one in reports
            )

        return self._call(look)

    def recipient(self, mesh_id: str) -> str:
        """Return ``""``: the client does not tell to which mailbox MESH brought a message."""
        return ""

    def inbox(self) -> Sequence[str]:
        """Return the ids of what lies in ``IN`` for us, the oldest first."""
        return self._call(lambda: self._incoming.listing(self._now()))

    def fetch(self, mesh_id: str) -> InboxItem:
        """Read one thing, and leave it where it is."""

        def read() -> InboxItem:
            if mesh_id not in self._incoming.found.names:
                self._incoming.listing(self._now())
            return self._incoming.fetch(mesh_id)

        return self._call(read)

    def acknowledge(self, mesh_id: str) -> None:
        """Take one thing that is stored out of ``IN``."""

        def take() -> None:
            if mesh_id not in self._incoming.found.names:
                self._incoming.listing(self._now())
            self._note_collected(mesh_id)
            try:
                self._incoming.take(mesh_id)
            except PermissionError:
                raise RefusedError(
                    "Another program has a file in the MESH client's folder IN open.", "It is tried again."
                ) from None

        self._call(take)

    def unread(self) -> tuple[int, int]:
        """Return how many control files of ``IN`` nobody can read, and how many are for other programs."""
        return self._incoming.found.broken, self._incoming.found.others

    def clock_ahead(self) -> timedelta | None:
        """Return None: a folder tells no time but that of its own disk."""
        return None

    def warning(self) -> str:
        """Return a sentence when the client does not seem to run, or files in ``IN`` cannot be read."""
        broken, _ = self.unread()
        plural = "file" if broken == 1 else "files"
        unread = f"{broken} {plural} in the MESH client's folder IN cannot be read: tell your IT support."
        return " ".join(filter(None, (self._warning, unread if broken else "")))

    @property
    def hangs(self) -> bool:
        """Whether a call that was given up is still under way."""
        return self._patient.hangs

    def close(self) -> None:
        """Let go of the folders."""
        self._patient.close()

    def _call(self, work: Callable[[], T], *, moving: bool = False) -> T:
        """Make a call while the folder is ours before it, and after what only looks: a lost share has no files."""

        def sure() -> T:
            self._check_owner()
            found = work()
            if not moving:
                self._check_owner()
            return found

        with faults.as_ours(moving=moving):
            return self._patient.call(sure)

    def _check_owner(self) -> None:
        try:
            owner = places.read(self._places.owner, 200).decode("ascii", "replace").strip()
        except FileNotFoundError:
            self._places.out.stat()  # raises where the whole folder is away
            raise faults.emptied() from None
        if owner != self._account.owner:
            raise faults.anothers()

    def _now(self) -> float:
        """Return the time by the clock of the disk that holds the folder."""
        probe = self._places.ours / "clock.txt"
        places.write_now(probe)
        return probe.stat().st_mtime

    def _counts(self, local_id: str, found: Receipt | Elsewhere) -> bool:
        """Whether something is news: in no folder it may be in the client's hands for a while."""
        if found == WITH_CLIENT:
            return False
        if isinstance(found, Receipt) or found.where is not Where.NOT_KNOWN:
            self._missing_since.pop(local_id, None)
            return True
        since = self._missing_since.setdefault(local_id, time.monotonic())
        return time.monotonic() - since >= self._timing.missing_after

    def _look_for_a_stop(self, lying: set[str]) -> None:
        """Note a warning when what was handed over has been lying for several of the client's periods."""
        self._warning = ""
        oldest = None
        for local_id in lying:
            with places.gone_is_none():
                written = (self._places.out / f"{local_id}{CONTROL}").lstat().st_mtime
                if (oldest is None or written < oldest) and addressing.is_local_id(local_id):
                    oldest = written
        if oldest is not None and (age := self._now() - oldest) > _TOO_OLD * self._poll:
            self._warning = _SEEMS_STOPPED.format(_duration(age))

    def _local_id_of(self, mesh_id: str) -> str:
        for local_id in self._traces.known():
            trace = self._traces.read(local_id)
            if trace is not None and isinstance(trace.outcome, Receipt) and trace.outcome.mesh_id == mesh_id:
                return local_id
        raise NotThereError("This message was not sent from here.")

    def _note_collected(self, mesh_id: str) -> None:
        """Keep what a report of collection says, which leaves ``IN`` now."""
        try:
            item = self._incoming.fetch(mesh_id)
        except NotThereError:
            return
        if item.status_code == COLLECTED_REPORT and addressing.is_local_id(item.local_id):
            self._outgoing.remember_collected(item.local_id, Receipt(item.linked_id, ""))


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{round(seconds)} seconds"
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
