"""Sending, one step at a time: claim, send, record. The row is on the disk before the network is touched.

A message goes out twice only if MESH did not have it the first time. Where that is not known, the sending is
looked up by its local id, and sent again only when MESH still has none after a time of grace, and only while
MESH does find the last message that it is known to have taken. Where there is none, a person is asked.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.delivery import Outcome, SendingStore, Unsure
from digmed_desktop.messaging.errors import (
    AccountError,
    BusyError,
    NotThereError,
    OfflineError,
    OutcomeUnknownError,
    RefusedError,
    StoreError,
)
from digmed_desktop.messaging.ports import Transport
from digmed_desktop.messaging.sending import Elsewhere, Receipt, Sending, Where
from digmed_desktop.messaging.states import Happening
from digmed_desktop.outbox.line import Line, LineDownError
from digmed_desktop.outbox.marks import Mark, OnMark, unheeded
from digmed_desktop.outbox.policy import Policy

_NOT_BEGUN = "The connection failed, or the program was closed, before this was sent."
_WRITE_EVERY = 0.25
"""Seconds for which outcomes may wait to be written down. Should the program die meanwhile, they are looked up."""

_NOT_FOUND_ANYWHERE = (
    "MESH does not find this message. It also does not find a message that it certainly has, so the "
    "program does not rely on this. It sends nothing again."
)


_NOTHING_TO_COMPARE = (
    "MESH does not find this message. No message from here is certain to have arrived yet, so there "
    "is none to compare. The program sends nothing again. Ask the practice whether it has arrived."
)


class Step(StrEnum):
    """The result of a step."""

    WORKED = "worked"  # something was done: there may be more
    IDLE = "idle"  # nothing is due
    RESTING = "resting"  # the line is down or at fault
    STOPPED = "stopped"  # stopped until a person has mended the cause


class Dispatcher:
    """Sends what waits. Used from one thread."""

    def __init__(
        self,
        store: SendingStore,
        line: Line,
        clock: Clock,
        policy: Policy,
        on_mark: OnMark = unheeded,
        should_stop: Callable[[], bool] = lambda: False,
        elapsed: Callable[[], float] | None = None,
    ) -> None:
        """``elapsed`` counts seconds as no change of the computer's clock can; without it, ``clock`` does."""
        self._store = store
        self._elapsed = elapsed
        self._unknown_since: dict[str, float] = {}
        self._line = line
        self._clock = clock
        self._policy = policy
        self._mark = on_mark
        self._should_stop = should_stop
        self._look_up_failed = False  # then something else has its turn first
        self._at_once = 1  # how many are claimed together: one until the line has proved itself

    def step(self) -> Step:
        """Do one thing: look one sending up, or send what waits, a few at a time."""
        if self._store.stopped() is not None:
            return Step.STOPPED
        if self._line.resting():
            return Step.RESTING
        try:
            if self._look_up_failed and (sendings := self._store.waiting(self._at_once)):
                self._look_up_failed = False
                self._send(sendings)
            elif (unsure := self._store.next_unsure()) is not None:
                self._look_up(unsure)
            elif sendings := self._store.waiting(self._at_once):
                self._send(sendings)
            else:
                return Step.IDLE
        except LineDownError:
            self._at_once = 1
            return Step.RESTING
        return Step.WORKED

    def follow(self) -> None:
        """Record what became of what lies with the MESH client. Raises LineDownError."""
        local_ids = self._store.handed_over()
        if not local_ids or self._line.resting():
            return
        with self._line.use() as transport:
            found = transport.follow(local_ids)
            if found:
                self._mark(Mark.LOOKED_UP)
                self._store.record_all([_outcome_of(local_id, one) for local_id, one in found.items()])
                self._mark(Mark.RECORDED)

    def _send(self, sendings: Sequence[Sending]) -> None:
        self._mark(Mark.FOUND_WAITING)
        with self._line.use() as transport:
            to_send = [sending for sending in sendings if self._has_address(transport, sending)]
            if not to_send:
                return
            claimed = self._store.claim([sending.local_id for sending in to_send])
            self._mark(Mark.CLAIMED)
            self._post_all(transport, [sending for sending in to_send if sending.local_id in claimed])
        self._at_once = min(2 * self._at_once, self._policy.send_at_once)

    def _has_address(self, transport: Transport, sending: Sending) -> bool:
        """Whether a sending has a mailbox to go to; where it has none, that is recorded."""
        try:
            if sending.recipient or transport.mailbox_of(sending.practice_ods, sending.workflow) is not None:
                return True
        except RefusedError as error:
            self._store.record(sending.local_id, Happening.REFUSED, code=error.code, note=str(error))
        except NotThereError as error:
            self._store.record(sending.local_id, Happening.REFUSED, note=str(error))
        else:
            self._store.record(sending.local_id, Happening.REFUSED, note=transport.no_mailbox)
        self._mark(Mark.RECORDED)
        return False

    def _post_all(self, transport: Transport, sendings: Sequence[Sending]) -> None:
        """Send what is claimed, one after the other; what did not get its turn goes back to wait."""
        outcomes: list[Outcome] = []
        written = time.monotonic()
        begun = 0
        try:
            for sending in sendings:
                if self._should_stop():
                    return
                begun += 1
                self._post(transport, sending, outcomes)
                if time.monotonic() - written > _WRITE_EVERY:
                    self._write(outcomes)
                    written = time.monotonic()
        finally:
            not_begun = sendings[begun:]
            outcomes += [Outcome(one.local_id, Happening.NOT_TAKEN, note=_NOT_BEGUN) for one in not_begun]
            self._write(outcomes)

    def _write(self, outcomes: list[Outcome]) -> None:
        if outcomes:
            self._store.record_all(outcomes)
            outcomes.clear()
            self._mark(Mark.RECORDED)

    def _post(self, transport: Transport, sending: Sending, outcomes: list[Outcome]) -> None:
        """Send one and note what became of it. Raises what concerns the whole line."""
        try:
            receipt = transport.send(sending)
        except RefusedError as error:
            outcomes.append(Outcome(sending.local_id, Happening.REFUSED, code=error.code, note=str(error)))
        except NotThereError as error:
            outcomes.append(Outcome(sending.local_id, Happening.REFUSED, note=str(error)))
        except (OfflineError, BusyError, AccountError) as error:
            outcomes.append(Outcome(sending.local_id, Happening.NOT_TAKEN, note=error.happened))
            raise
        except OutcomeUnknownError as error:
            outcomes.append(self._unknown(sending, error.happened))
            raise
        except BaseException:
            outcomes.append(self._unknown(sending, "The program failed while this was being sent."))
            raise
        else:
            self._mark(Mark.POSTED)
            outcomes.append(_outcome_of(sending.local_id, receipt))

    def _unknown(self, sending: Sending, note: str) -> Outcome:
        if self._elapsed is not None:
            self._unknown_since[sending.local_id] = self._elapsed()
        later = self._clock.now() + self._policy.look_up_every
        return Outcome(sending.local_id, Happening.OUTCOME_UNKNOWN, note=note, not_before=later)

    def _look_up(self, unsure: Unsure) -> None:
        now = self._clock.now()
        later = now + self._policy.look_up_every
        if unsure.posted_at > now:  # the computer's clock was set back meanwhile
            self._store.look_up_later(unsure.local_id, later, begun_now=True)
            return
        try:
            with self._line.use() as transport:
                found = transport.look_up(unsure.local_id)
                self._mark(Mark.LOOKED_UP)
                if isinstance(found, Receipt):
                    self._store.record(unsure.local_id, Happening.FOUND, receipt=found)
                elif isinstance(found, Elsewhere) and found.where is not Where.NOT_KNOWN:
                    self._record_elsewhere(unsure.local_id, found)
                elif (left := self._policy.grace - self._waited(unsure, now)) > timedelta():
                    self._store.look_up_later(unsure.local_id, min(later, now + left))
                elif doubt := found.sentence if found else self._doubt_about_look_up(transport):
                    self._doubt(unsure, doubt)
                else:
                    self._store.record(unsure.local_id, Happening.NOT_FOUND)
        except (RefusedError, NotThereError, LineDownError) as error:
            self._store.look_up_later(unsure.local_id, later)
            self._look_up_failed = True
            if isinstance(error, LineDownError):
                raise
        except StoreError:
            raise
        except Exception:  # a fault of the program in one look-up must not keep the others from their turn
            self._store.look_up_later(unsure.local_id, later)
            self._look_up_failed = True
            raise
        self._mark(Mark.RECORDED)

    def _record_elsewhere(self, local_id: str, found: Elsewhere) -> None:
        """Record where the MESH client's folders show a sending. What never left goes out now."""
        if found.where is Where.NEVER_LEFT:
            self._store.record(local_id, Happening.NOT_FOUND)
        else:
            self._store.record_all([_outcome_of(local_id, found)])

    def _waited(self, unsure: Unsure, now: datetime) -> timedelta:
        """Return for how long an outcome has been unknown, by the slower of both clocks: one may be put forward."""
        by_clock = now - unsure.posted_at
        since = self._unknown_since.get(unsure.local_id)
        if self._elapsed is None or since is None:
            return by_clock
        return min(by_clock, timedelta(seconds=self._elapsed() - since))

    def _doubt_about_look_up(self, transport: Transport) -> str:
        """Return why "not found" is not believed now, or ``""``."""
        known = self._store.surely_there()
        if known is None:
            return _NOTHING_TO_COMPARE
        return "" if transport.look_up(known) is not None else _NOT_FOUND_ANYWHERE

    def _doubt(self, unsure: Unsure, why: str) -> None:
        """Ask a person, once, and look it up again later: MESH's word may count by then."""
        later = self._clock.now() + self._policy.grace
        if unsure.doubted:
            self._store.look_up_later(unsure.local_id, later)
        else:
            self._store.record(unsure.local_id, Happening.LOOK_UP_DOUBTED, note=why, not_before=later)


_BECAME = {
    Where.WITH_CLIENT: Happening.HANDED_OVER,
    Where.REFUSED: Happening.REFUSED,
    Where.TAKEN_BACK: Happening.TAKEN_BACK,
    Where.NEVER_LEFT: Happening.NOT_TAKEN,
    Where.NOT_KNOWN: Happening.OUTCOME_UNKNOWN,
}


def _outcome_of(local_id: str, found: Receipt | Elsewhere) -> Outcome:
    """Return what became of a sending, by what the transport says of it."""
    if isinstance(found, Receipt):
        return Outcome(local_id, Happening.TAKEN, receipt=found)
    return Outcome(local_id, _BECAME[found.where], code=found.code, note=found.sentence)
