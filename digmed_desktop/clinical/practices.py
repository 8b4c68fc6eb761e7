"""A GP practice of the national directory: open or closed, and who took over."""

from dataclasses import dataclass
from datetime import date

from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.record import Organisation


@dataclass(frozen=True, slots=True)
class ListedPractice:
    """A practice as the Organisation Data Service lists it. ``successor`` is an ODS code, or ``""``."""

    organisation: Organisation
    open: bool = True
    closed_on: date | None = None
    successor: str = ""

    def refusal(self, today: date, successor_name: str = "") -> str | None:
        """Return why it cannot be chosen and what to do, or None: a closed practice receives nothing."""
        if self.open or (self.closed_on and self.closed_on > today):
            return None
        when = f" on {shown(self.closed_on)}" if self.closed_on else ""
        if self.successor:
            who = f"{successor_name} ({self.successor})" if successor_name else self.successor
            return f"This practice closed{when}. {who} took over: check with the patient and choose it."
        return f"This practice closed{when}. Ask the patient which practice is theirs now, and choose that."
