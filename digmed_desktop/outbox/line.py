"""The line to MESH: open or not, paused or at fault, and why."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.delivery import Stop
from digmed_desktop.messaging.errors import (
    AccountError,
    BusyError,
    DigMedError,
    NotThereError,
    OfflineError,
    OutcomeUnknownError,
    RefusedError,
)
from digmed_desktop.messaging.ports import Transport, TransportFactory
from digmed_desktop.outbox.policy import Policy


class LineDownError(Exception):
    """The line cannot be used now; :class:`Line` knows why. Whoever used it leaves things as they are."""


class Line:
    """One connection to MESH for one worker thread, made when it is first needed.

    A fault of the line concerns everything that waits, so it is kept here and not with a single message.
    """

    def __init__(
        self,
        factory: TransportFactory,
        clock: Clock,
        policy: Policy,
        on_time: Callable[[datetime | None], None] = lambda _at: None,
    ) -> None:
        """``on_time`` gets the time that MESH told with an answer, None where it told none."""
        self._factory, self._on_time = factory, on_time
        self._clock = clock
        self._policy = policy
        self._transport: Transport | None = None
        self._resting_until: datetime | None = None
        self._failures = 0
        self._greeted_at: datetime | None = None
        self.fault: Stop | None = None
        self.connected: bool | None = None

    @contextmanager
    def use(self) -> Iterator[Transport]:
        """Give the transport. A fault of the line inside the block is noted, and comes out as LineDownError.

        Faults of one message (refused, not there) pass through.
        """
        try:
            transport = self._open()
            self._greet(transport)
            yield transport
        except (OfflineError, OutcomeUnknownError) as error:
            self._rest(error, self._back_off())
            raise LineDownError from error
        except BusyError as error:
            self._rest(error, timedelta(seconds=max(1.0, error.retry_after)))
            raise LineDownError from error
        except AccountError as error:
            self._rest(error, self._policy.try_account_every)
            raise LineDownError from error
        except (RefusedError, NotThereError):
            self._well(transport)  # MESH answered
            raise
        else:
            self._well(transport)

    def resting(self) -> bool:
        """Whether nothing is to be tried yet."""
        if self._resting_until is None:
            return False
        left = self._resting_until - self._clock.now()
        # a rest that lasts longer than any can was begun while the clock was wrong
        return timedelta() < left <= timedelta(hours=24)

    def try_now(self) -> None:
        """Forget the rest: a person mended something, or the network came back."""
        self._resting_until, self._failures = None, 0

    def warning(self) -> str:
        """Return what the transport warns of, or ``""``."""
        return self._transport.warning() if self._transport is not None else ""

    def close(self) -> None:
        """Let go of the connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        self._greeted_at = None

    def _open(self) -> Transport:
        if self._transport is None:
            self._transport = self._factory()
        return self._transport

    def _greet(self, transport: Transport) -> None:
        now = self._clock.now()
        if (
            self._greeted_at is None
            or not timedelta() <= now - self._greeted_at < self._policy.handshake_every
        ):
            transport.handshake()
            self._greeted_at = now

    def _well(self, transport: Transport) -> None:
        ahead = transport.clock_ahead()
        self._on_time(self._clock.now() - ahead if ahead is not None else None)
        self.try_now()
        self.fault, self.connected = None, True

    def _back_off(self) -> timedelta:
        steps = self._policy.back_off
        return steps[min(self._failures, len(steps) - 1)]

    def _rest(self, error: DigMedError, pause: timedelta) -> None:
        self._resting_until = self._clock.now() + pause
        self._failures += 1
        self.fault = Stop(error.happened, error.remedy)
        self.connected = False
        self.close()
