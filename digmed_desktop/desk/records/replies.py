"""Replies that match nothing: what came in and does not count by itself, and what a person decides about it."""

from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.lists.fitting import whole
from digmed_desktop.desk.views.general import Candidate
from digmed_desktop.desk.views.sent import MOST_REPLIES, RepliesView
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.replies import ReplyAct
from digmed_desktop.messaging.sending import InboxItem
from digmed_desktop.messaging.whole_file import whole_file

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

MOST_CANDIDATES = 20
LONGEST_NOTE = 2000


class ReplyDesk:
    """Shows replies that match nothing, and carries out what a person decides."""

    def __init__(self, store: "Store", clock: Clock, sender: Sender) -> None:
        self._store, self._clock, self._sender = store, clock, sender
        self._gate = Gate(store)

    def view(self, *, other_programs: bool = False) -> RepliesView:
        """Return what waits for a person, or what is another program's."""
        self._gate.note(AuditAct.SAW_REPLIES, again=False)
        replies = self._store.replies
        counted = replies.count()
        return RepliesView(
            replies=tuple(replies.open(MOST_REPLIES, other_programs=other_programs)),
            for_person=counted.for_person,
            other_program=counted.other_program,
            flood=counted.flood,
            stop=self._store.deliveries.stopped(),
            practices=tuple(replies.stopped_practices()),
        )

    def candidates(self, mesh_id: str, typed: str) -> tuple[Candidate, ...]:
        """Return the notifications that a reply may be about: those sent to its sender, or those that fit ``typed``."""
        found = self._store.replies.candidates(mesh_id, typed.strip(), MOST_CANDIDATES)
        return tuple(Candidate(one, whole(typed, one.patient_name, one.nhs_number)) for one in found)

    def give(self, mesh_id: str, notification: int, by: int | None, note: str = "") -> None:
        """Let a reply count for a notification, and its sender answer for that practice from now on.

        Raises NotAllowedNowError when it was settled meanwhile.
        """
        person = self._gate.allow(Permission.SETTLE_REPLIES, by)
        self._store.replies.give(mesh_id, notification, person.id, _note(note))
        self._apply(mesh_id)

    def settle(self, mesh_id: str, act: ReplyAct, by: int | None, note: str = "") -> None:
        """Set a reply aside, or leave it to another program. Raises NotAllowedNowError when it was settled."""
        from digmed_desktop.fhir.response_codes import meaning

        person = self._gate.allow(Permission.SETTLE_REPLIES, by)
        self._store.replies.settle(
            mesh_id, act, person.id, _note(note), asks=lambda code: meaning(code).needs_person
        )

    def save(self, mesh_id: str, path: Path) -> Path:
        """Write the bytes of a reply as they came; raises FileNotWrittenError."""
        self._gate.allow(Permission.SAVE_RECORD)
        body = self._store.replies.body(mesh_id)
        with whole_file(path) as file:
            file.write(body)
        self._gate.note(AuditAct.SAVED_RECORD)
        return path

    def let_go_on(self, ods_code: str | None, by: int | None) -> None:
        """Let sending to one practice go on, or without ``ods_code`` to all."""
        self._gate.allow(Permission.RESUME_SENDING, by)
        self._store.replies.let_go_on(ods_code)
        self._gate.note(AuditAct.SENDING_RESUMED, ods_code or "", by=by)

    def _apply(self, mesh_id: str) -> None:
        from digmed_desktop.fhir.response_reader import response_reader
        from digmed_desktop.outbox.applying import Applier

        def pharmacy_ods() -> str:
            return (self._store.profile.pharmacy() or Organisation()).ods_code

        read = response_reader(pharmacy_ods, self._sender.mailbox, self._clock)
        reply = self._store.replies.get(mesh_id)
        item = InboxItem(mesh_id, reply.kind, reply.workflow, reply.sender, b"")
        applier = Applier(self._store.inbox, read)
        applier.apply(item, applier.read(item))


def _note(note: str) -> str:
    text = " ".join(note.split())
    if len(text) > LONGEST_NOTE:
        raise DigMedError(f"The note is longer than {LONGEST_NOTE:,} characters.", "Shorten it.")
    return text
