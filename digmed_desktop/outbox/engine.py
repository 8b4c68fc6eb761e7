"""Delivery as a whole: one call does everything that is due, and says how it stands."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from digmed_desktop.messaging.answers import Understand
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.delivery import InboxStore, SendingStore
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.ports import TransportFactory
from digmed_desktop.messaging.replies import StoppedPractice
from digmed_desktop.messaging.story import QueueStanding
from digmed_desktop.outbox.dispatcher import Dispatcher, Step
from digmed_desktop.outbox.line import Line, LineDownError
from digmed_desktop.outbox.marks import OnMark, unheeded
from digmed_desktop.outbox.policy import Policy
from digmed_desktop.outbox.receiver import Receiver

_FLOOD = (
    "Most replies since yesterday come from mailboxes that are not known to belong to the practices. None of them counts. "
    "Someone may be writing to this mailbox: tell the NHS England service desk, and check Replies."
)


class Delivery:
    """Sends, receives and watches the clock. Used from one thread, which also makes the transport."""

    def __init__(
        self,
        sendings: SendingStore,
        inbox: InboxStore,
        transport_factory: TransportFactory,
        understand: Understand,
        clock: Clock,
        policy: Policy | None = None,
        on_mark: OnMark = unheeded,
        should_stop: Callable[[], bool] = lambda: False,
        duty: Callable[[], Duty] = Duty,
        elapsed: Callable[[], float] | None = None,
        on_time: Callable[[datetime | None], None] = lambda _at: None,
    ) -> None:
        """``on_time`` gets the time that MESH told with an answer, None where it told none."""
        self._sendings, self._inbox = sendings, inbox
        self._clock = clock
        self._policy, self._duty = policy or Policy(), duty
        self._should_stop = should_stop
        self._line = Line(transport_factory, clock, self._policy, on_time)
        self._dispatcher = Dispatcher(
            sendings, self._line, clock, self._policy, on_mark, should_stop, elapsed
        )
        self._receiver = Receiver(inbox, sendings, self._line, understand, clock, self._policy, on_mark)
        self._recovered = False
        self._receive_first = False
        self._overdue_at: datetime | None = None

    def run_once(self) -> QueueStanding:
        """Do all that is due: send what waits, take in what came, answer what is owed, raise what is late.

        Faults of the line are part of the standing and never raised; StoreError is, and so is a fault of the
        program itself. Ends early, between two steps, when ``should_stop`` says so.
        """
        try:
            return self._run()
        except BaseException:
            self._recovered = False  # what was being sent is to be looked up, as after a crash
            with suppress(Exception):  # whatever keeps failing, what is late is raised
                self._raise_overdue()
            raise

    def _run(self) -> QueueStanding:
        if not self._recovered:
            self._sendings.recover()
            self._recovered = True
        try:
            if self._receive_first:
                self._receive()
            self._dispatcher.follow()
            self._send_all()
            if not self._receive_first:
                self._receive()
            self._send_all()  # answers that are owed
            if not self._should_stop():
                self._receiver.track()
        except LineDownError:
            # the line keeps why, and the standing tells it; what failed must not keep the rest from its turn
            self._receive_first = not self._receive_first
        self._raise_overdue()
        return self.standing()

    def standing(self) -> QueueStanding:
        """Return how delivery stands."""
        stop = self._sendings.stopped() or self._line.fault
        return replace(
            self._sendings.standing(),
            connected=self._line.connected,
            stopped_because=stop.sentence if stop else "",
            remedy=stop.remedy if stop else "",
            notices=self._notices(),
        )

    def _notices(self) -> tuple[str, ...]:
        counted = self._inbox.count()
        refused = self._sendings.stopped_practices()
        other = (
            f"Another program uses this mailbox: {counted.other_program} of its responses came here and were left for "
            "it. Ask your supplier for a mailbox that only this program uses."
        )
        plural = "reply" if counted.for_person == 1 else "replies"
        asks = f"{counted.for_person} {plural} could not be matched to a notification: decide under Replies."
        stopped = (
            f"Nothing is sent to {_named(refused)}: this pharmacy is refused there. See Replies."
            if refused
            else ""
        )
        return tuple(
            filter(
                None,
                (
                    self._line.warning(),
                    stopped,
                    other if counted.other_program else "",
                    _FLOOD if counted.flood else asks if counted.for_person else "",
                ),
            )
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()

    def _send_all(self) -> None:
        step = Step.WORKED
        while step is Step.WORKED and not self._should_stop():
            step = self._dispatcher.step()
        if step is Step.RESTING:
            raise LineDownError

    def _receive(self) -> None:
        if not self._should_stop():
            self._receiver.step()

    def _raise_overdue(self) -> None:
        now = self._clock.now()
        last = self._overdue_at
        if last is None or not timedelta() <= now - last < self._policy.overdue_every:
            self._sendings.raise_overdue(self._duty())
            self._overdue_at = now


def _named(practices: Sequence[StoppedPractice]) -> str:
    first = practices[0].name or practices[0].ods_code
    return first if len(practices) == 1 else f"{first} and {len(practices) - 1} more"
