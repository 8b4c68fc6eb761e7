"""Receiving: list, fetch, store, acknowledge, apply. What is stored is applied as often as it takes.

Reports and responses come in any order, twice, or before this program knows its own message's MESH id. One
that belongs to none of ours is stored, left in the mailbox and shown: another program may be waiting for it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from digmed_desktop.messaging.answers import Meaning, Understand, Understood
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.delivery import InboxStore, Kept, SendingStore, Stop
from digmed_desktop.messaging.errors import DigMedError, NotThereError, RefusedError, UnusableError
from digmed_desktop.messaging.parcel import InboxItem, ItemKind
from digmed_desktop.messaging.ports import Transport
from digmed_desktop.outbox.line import Line
from digmed_desktop.outbox.marks import Mark, OnMark, unheeded
from digmed_desktop.outbox.policy import Policy

_UNREADABLE = "This response could not be read. It is kept and left in the mailbox: tell support."
_NO_ANSWER_MADE = "The answer that this response asks for could not be made: tell support."
_UNNAMED = (
    "The sender could not read which message it answers, and more than one may be meant, or none. It is kept and "
    "left in the mailbox: telephone the practice and ask."
)
_PROBABLY = (
    "The answer does not name the message; it is probably about this one, the only one sent there lately."
)
_ONBOARDING = "Ask the contact of your onboarding at NHS England; then choose Try again."


class Receiver:
    """Takes in what MESH has for us. Used from one thread."""

    def __init__(
        self,
        inbox: InboxStore,
        sendings: SendingStore,
        line: Line,
        understand: Understand,
        clock: Clock,
        policy: Policy,
        on_mark: OnMark = unheeded,
    ) -> None:
        self._inbox = inbox
        self._sendings = sendings
        self._line = line
        self._understand = understand
        self._clock = clock
        self._policy = policy
        self._mark = on_mark
        self._unmatched_read: set[str] = set()  # responses that were none of ours: reading again is no use

    def step(self) -> bool:
        """Apply what is stored, and look into the inbox if it is time; return whether it was looked into.

        Raises LineDownError when MESH cannot be reached.
        """
        self.apply_stored()
        if self._line.resting() or not self._due():
            return False
        more = True
        while more:
            self._inbox.polled()
            with self._line.use() as transport:
                waiting = transport.inbox()
                self._mark(Mark.LISTED)
                left = sum(not self._take(transport, mesh_id) for mesh_id in waiting)
            more = len(waiting) >= self._policy.page and left < len(waiting)
        return True

    def apply_stored(self) -> None:
        """Apply what is stored and was not applied: after a crash, or a report that came too early."""
        for kept in self._inbox.to_do():
            if kept.item.mesh_id not in self._unmatched_read:
                understood = self._read(kept.item)
                if self._match(kept, understood):
                    self._apply(kept.item, understood)

    def track(self) -> None:
        """Ask, seldom, whether what was sent has been collected. Raises LineDownError."""
        if self._line.resting():
            return
        now = self._clock.now()
        wanted = self._sendings.to_track(
            now - self._policy.track_after, now - self._policy.track_every, self._policy.track_at_once
        )
        for one in wanted:
            with self._line.use() as transport:
                try:
                    collected = transport.collected(one.mesh_id)
                except (NotThereError, RefusedError):
                    collected = False
                self._sendings.tracked(one.local_id, collected=collected)

    def _due(self) -> bool:
        last = self._inbox.last_polled()
        return last is None or not timedelta() <= self._clock.now() - last < self._policy.poll_every

    def _take(self, transport: Transport, mesh_id: str) -> bool:
        """Take one thing in; return whether it left the mailbox."""
        kept = self._inbox.kept(mesh_id)
        if kept is None:
            try:
                item = transport.fetch(mesh_id)
            except (NotThereError, RefusedError):
                return False
            except UnusableError as error:  # it must not hold up what waits behind it
                self._inbox.keep(InboxItem(mesh_id, ItemKind.DATA, workflow="", sender="", body=b""))
                self._inbox.in_trouble(mesh_id, str(error))
                self._unmatched_read.add(mesh_id)
                return False
            self._mark(Mark.FETCHED)
            self._inbox.keep(item)
            self._mark(Mark.KEPT)
            kept = self._inbox.kept(mesh_id)
            if kept is None:
                return False
        understood = None if kept.applied or mesh_id in self._unmatched_read else self._read(kept.item)
        if not (kept.applied or self._match(kept, understood)):
            return False
        refused = False
        try:
            transport.acknowledge(mesh_id)
        except NotThereError:  # acknowledged before, or expired: either way it is stored here
            pass
        except RefusedError:  # what it says counts; MESH is told again when the inbox is next looked into
            refused = True
        if not refused:
            self._mark(Mark.ACKNOWLEDGED)
            self._inbox.acknowledged(mesh_id)
        if not kept.applied:
            self._apply(kept.item, understood)
        return not refused

    def _read(self, item: InboxItem) -> Understood | None:
        """Return what a response says, or None for a report and for what cannot be read."""
        if item.kind is ItemKind.REPORT:
            return None
        try:
            return self._understand(item.body)
        except DigMedError as error:
            self._inbox.in_trouble(item.mesh_id, str(error))
        except Exception:  # noqa: BLE001 - whatever is wrong with one response must not hold up the others
            self._inbox.in_trouble(item.mesh_id, _UNREADABLE)
        return None

    def _match(self, kept: Kept, understood: Understood | None) -> bool:
        mesh_id = kept.item.mesh_id
        if kept.item.kind is ItemKind.REPORT:
            matched = kept.matched or self._inbox.match_report(mesh_id)
        elif understood is None:
            matched = False
        elif understood.original_unreadable:
            matched = kept.matched or self._inbox.match_unreadable(mesh_id, self._policy.unreadable_within)
            if not matched:
                self._inbox.in_trouble(mesh_id, _UNNAMED)
        else:
            matched = kept.matched or self._inbox.match_response(
                mesh_id, understood.answers_message_id, understood.sender_reference
            )
        if matched:
            self._mark(Mark.MATCHED)
        elif kept.item.kind is ItemKind.DATA:
            self._unmatched_read.add(mesh_id)
        return matched

    def _apply(self, item: InboxItem, understood: Understood | None) -> None:
        if understood is None:
            self._inbox.apply_report(item.mesh_id)
        else:
            answer, trouble = self._answer_owed(understood)
            self._inbox.apply_response(item.mesh_id, _told(understood), answer)
            if trouble:
                self._inbox.in_trouble(item.mesh_id, trouble)
            for meaning in understood.meanings:
                if meaning.stops_sending:
                    self._sendings.stop(Stop(meaning.sentence, _ONBOARDING))
        self._mark(Mark.APPLIED)

    @staticmethod
    def _answer_owed(understood: Understood) -> tuple[bytes | None, str]:
        if understood.answer is None:
            return None, ""
        try:
            return understood.answer(), ""
        except Exception:  # noqa: BLE001 - what the practice said counts, whether or not we can answer
            return None, _NO_ANSWER_MADE


def _told(understood: Understood) -> Sequence[Meaning]:
    """Return the meanings, each saying so where the message is only probably the one meant."""
    if not understood.original_unreadable:
        return understood.meanings
    return [
        replace(meaning, happened=f"{_PROBABLY} {meaning.happened}", needs_person=True)
        for meaning in understood.meanings
    ]
