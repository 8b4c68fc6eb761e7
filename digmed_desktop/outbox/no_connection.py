"""Delivery where no connection is set up: nothing goes out, and the clock of the duty runs all the same."""

from collections.abc import Callable

from digmed_desktop.messaging.delivery import SendingStore
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.story import QueueStanding


class NoConnection:
    """Watches what is late. What an earlier connection left under way is to be looked up when there is one again."""

    def __init__(self, sendings: SendingStore, duty: Callable[[], Duty] = Duty) -> None:
        self._sendings, self._duty = sendings, duty
        self._recovered = False

    def run_once(self) -> QueueStanding:
        """Raise what is late and say how it stands."""
        if not self._recovered:
            self._sendings.recover()
            self._recovered = True
        self._sendings.raise_overdue(self._duty())
        return self._sendings.standing()

    def close(self) -> None:
        """Nothing is held."""
