"""Set the waits of delivery. The live values follow what MESH publishes; practice mode waits less."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self


@dataclass(frozen=True, slots=True)
class Policy:
    """Times of delivery.

    ``grace``: how long a message of unknown outcome may be missing at MESH before it is sent again; MESH
    publishes no figure for how late it may show. ``poll_every``: MESH allows no more than one look into the
    inbox in five minutes unless more is waiting. ``track_*``: MESH asks not to track often.
    """

    grace: timedelta = timedelta(minutes=15)
    look_up_every: timedelta = timedelta(minutes=2)
    back_off: tuple[timedelta, ...] = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
    try_account_every: timedelta = timedelta(minutes=15)
    handshake_every: timedelta = timedelta(hours=24)
    poll_every: timedelta = timedelta(minutes=5)
    page: int = 500  # what MESH lists at once: as many mean that more is waiting
    track_after: timedelta = timedelta(hours=4)
    track_every: timedelta = timedelta(hours=12)
    track_at_once: int = 10
    send_at_once: int = 40  # claimed and written down together, once the line has proved itself
    unreadable_within: timedelta = timedelta(days=5)  # MESH keeps what is not collected as long
    overdue_every: timedelta = timedelta(minutes=5)

    @classmethod
    def through_folders(cls) -> Self:
        """Return the times for folders of the MESH client: looking there costs MESH nothing."""
        return cls(look_up_every=timedelta(minutes=1), poll_every=timedelta(seconds=2))

    @classmethod
    def practice(cls) -> Self:
        """Return the times of practice mode, where MESH is on this computer and nobody wants to wait."""
        second = timedelta(seconds=1)
        return cls(
            grace=5 * second,
            look_up_every=second,
            back_off=(second, 2 * second, 5 * second),
            try_account_every=5 * second,
            poll_every=second,
            track_after=2 * second,
            track_every=5 * second,
            overdue_every=second,
        )
