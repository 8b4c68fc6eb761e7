"""Set how long the program waits for the folders; practice mode and tests wait less."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, all by the clock of the folder's own disk or by one that nobody can set.

    ``poll``: how often the client looks into ``OUT``, where its settings do not say. ``missing_after``: how long the
    client may have a pair in hand that is in no folder, until what became of it is unknown.
    """

    limit: float = 60.0  # of one call
    poll: float = 60.0
    missing_after: float = 600.0
    settled_after: float = 2.0  # without a change until a message counts as whole
    given_up_after: float = 300.0  # from which something half-written counts as broken
    tidy_after: float = 3600.0

    @classmethod
    def practice(cls) -> Self:
        """Return the times of practice mode."""
        return cls(poll=2.0, missing_after=10.0, settled_after=0.0, given_up_after=5.0)
