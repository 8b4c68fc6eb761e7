"""Delivery that also says what works and asks for attention all the same, such as records that nobody has signed."""

from collections.abc import Callable
from dataclasses import replace

from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.story import QueueStanding


class NoticingDelivery:
    """Adds sentences to how another delivery stands."""

    def __init__(self, delivery: DeliveryRounds, notices: Callable[[], tuple[str, ...]]) -> None:
        self._delivery, self._notices = delivery, notices

    def run_once(self) -> QueueStanding:
        """Do all that is due and say how it stands."""
        standing = self._delivery.run_once()
        return replace(standing, notices=(*self._notices(), *standing.notices))

    def close(self) -> None:
        """Let go of the connection."""
        self._delivery.close()
