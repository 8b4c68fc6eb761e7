"""Delivery while nothing may go out, for want of a connection or of data without a fault. The duty's clock runs."""

from collections.abc import Callable
from dataclasses import replace

from digmed_desktop.messaging.delivery import SendingStore
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.story import QueueStanding


class NoConnection:
    """Watches what is late. What an earlier connection left under way is to be looked up when there is one again."""

    def __init__(
        self, sendings: SendingStore, duty: Callable[[], Duty] = Duty, *, closed: str = "", remedy: str = ""
    ) -> None:
        """``closed`` says why nothing is sent or received although there may be a connection."""
        self._sendings, self._duty = sendings, duty
        self._closed, self._remedy = closed, remedy
        self._recovered = False

    def run_once(self) -> QueueStanding:
        """Raise what is late and say how it stands."""
        if not self._recovered:
            self._sendings.recover()
            self._recovered = True
        self._sendings.raise_overdue(self._duty())
        standing = self._sendings.standing()
        if self._closed:
            return replace(standing, connected=False, stopped_because=self._closed, remedy=self._remedy)
        return standing

    def close(self) -> None:
        """Do nothing: it opened nothing."""
