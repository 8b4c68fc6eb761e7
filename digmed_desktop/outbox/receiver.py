"""Receiving: list, fetch, store, place, acknowledge, apply. What is stored is applied as often as it takes.

Reports and responses come in any order, twice, or before this program knows its own message's MESH id. One
that belongs to none of ours is stored, left in the mailbox and shown: another program may be waiting for it. One
that names a message of ours and comes from a stranger is taken in, changes nothing, and a person decides.
"""

from datetime import timedelta

from digmed_desktop.messaging.answers import Understand, Understood
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.delivery import InboxStore, SendingStore
from digmed_desktop.messaging.errors import NotThereError, RefusedError, UnusableError
from digmed_desktop.messaging.ports import Transport
from digmed_desktop.messaging.replies import Doubt, Placed
from digmed_desktop.messaging.sending import InboxItem, ItemKind
from digmed_desktop.outbox.applying import Applier
from digmed_desktop.outbox.line import Line
from digmed_desktop.outbox.marks import Mark, OnMark, unheeded
from digmed_desktop.outbox.policy import Policy
from digmed_desktop.outbox.verifying import Verifier


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
        self._applier = Applier(inbox, understand)
        self._verifier = Verifier(inbox, clock)
        self._clock = clock
        self._policy = policy
        self._mark = on_mark

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
                stay = self._inbox.left_alone(waiting)
                went = sum(self._take(transport, one) for one in waiting if one not in stay)
            more = len(waiting) >= self._policy.page and went > 0
        return True

    def apply_stored(self) -> None:
        """Apply what is stored and was not applied: after a crash, or what came before it could be believed."""
        self._inbox.believe()
        for kept in self._inbox.to_do():
            understood = None if kept.matched else self._applier.read(kept.item)
            if kept.matched or self._place(kept.item, understood, last=False).matched:
                self._apply(kept.item, understood or self._applier.read(kept.item))

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
        item, understood = None, None
        kept = self._inbox.kept(mesh_id)
        if kept is None:
            item = self._fetch(transport, mesh_id)
            kept = self._inbox.kept(mesh_id)
            if kept is None:
                return False
        item = item or kept.item
        if not (kept.applied or kept.matched or kept.doubt is not Doubt.NONE):
            understood = self._applier.read(item)
            self._place_for_good(transport, item, understood)
            kept = self._inbox.kept(mesh_id) or kept
        if not kept.may_leave:
            return False
        left = self._acknowledge(transport, mesh_id)
        if kept.matched and not kept.applied:
            self._apply(item, understood or self._applier.read(item))
        return left

    def _fetch(self, transport: Transport, mesh_id: str) -> InboxItem | None:
        """Download and store one thing; None where that cannot be done."""
        try:
            item = transport.fetch(mesh_id)
        except (NotThereError, RefusedError):
            return None
        except UnusableError as error:  # it must not hold up what waits behind it
            self._inbox.keep(InboxItem(mesh_id, ItemKind.DATA, workflow="", sender="", body=b""))
            self._inbox.in_trouble(mesh_id, str(error))
            return None
        self._mark(Mark.FETCHED)
        self._inbox.keep(item)
        self._mark(Mark.KEPT)
        return item

    def _place_for_good(self, transport: Transport, item: InboxItem, understood: Understood | None) -> None:
        """Find what something is about; where only its sender is in doubt, ask MESH who that is."""
        placed = self._place(item, understood, last=False)
        if placed.doubt is Doubt.SENDER and understood is not None:
            asked = self._inbox.to_verify(item.mesh_id, understood)
            also = self._verifier.mailboxes(transport, asked)
            placed = self._inbox.place_response(
                item.mesh_id, understood, self._policy.unreadable_within, also=also
            )
            if placed.matched:
                self._mark(Mark.MATCHED)

    def _place(self, item: InboxItem, understood: Understood | None, *, last: bool) -> Placed:
        if item.kind is ItemKind.REPORT:
            placed = self._inbox.place_report(item.mesh_id)
        elif understood is None:
            return Placed(matched=False, doubt=Doubt.UNREADABLE)
        else:
            placed = self._inbox.place_response(
                item.mesh_id, understood, self._policy.unreadable_within, last=last
            )
        if placed.matched:
            self._mark(Mark.MATCHED)
        return placed

    def _acknowledge(self, transport: Transport, mesh_id: str) -> bool:
        """Tell MESH that one thing is stored; return whether it left the mailbox."""
        try:
            transport.acknowledge(mesh_id)
        except NotThereError:  # acknowledged before, or expired: either way it is stored here
            pass
        except RefusedError:  # what it says counts; MESH is told again when the inbox is next looked into
            return False
        self._mark(Mark.ACKNOWLEDGED)
        self._inbox.acknowledged(mesh_id)
        return True

    def _apply(self, item: InboxItem, understood: Understood | None) -> None:
        self._applier.apply(item, understood)
        self._mark(Mark.APPLIED)
