"""A GP practice of the national directory: open or closed, and who took over."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digmed_desktop.clinical import unreached
from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.record import Organisation


class NotOpen(StrEnum):
    """Why a practice cannot be chosen, as far as the directory says."""

    ENDED = "ended"  # by its closing date, which may still be ahead
    CLOSED = "closed"
    DORMANT = "dormant"
    PROPOSED = "proposed"
    UNKNOWN = "unknown"  # its status is none that is known here
    NO_PRACTICE = "other"  # a prison, a walk-in centre, a network: no GP practice


_OTHERWISE = {
    NotOpen.DORMANT: "The directory lists this practice as dormant.",
    NotOpen.PROPOSED: "The directory lists this practice as proposed, not yet open.",
    NotOpen.UNKNOWN: "The directory does not say that this practice is open.",
    NotOpen.NO_PRACTICE: "The directory does not list this as a GP practice.",
}


@dataclass(frozen=True, slots=True)
class ListedPractice:
    """A practice as the Organisation Data Service lists it. ``successor`` is an ODS code, or ``""``."""

    organisation: Organisation
    open: bool = True
    closed_on: date | None = None
    successor: str = ""
    why_not_open: NotOpen = NotOpen.ENDED

    def refusal(self, today: date, successor_name: str = "") -> str | None:
        """Return why it cannot be chosen and what to do, or None: a closed practice receives nothing."""
        still = self.why_not_open is NotOpen.ENDED and self.closed_on is not None and self.closed_on > today
        if self.open or still:
            return None
        if self.why_not_open is NotOpen.NO_PRACTICE and (place := unreached.of_practice(self.organisation)):
            return place.sentence
        if (why := _OTHERWISE.get(self.why_not_open)) and not self.successor:
            return f"{why} Ask the patient which practice is theirs, and choose that."
        when = f" on {shown(self.closed_on)}" if self.closed_on else ""
        if self.successor:
            who = f"{successor_name} ({self.successor})" if successor_name else self.successor
            return f"This practice closed{when}. {who} took over: check with the patient and choose it."
        return f"This practice closed{when}. Ask the patient which practice is theirs now, and choose that."
