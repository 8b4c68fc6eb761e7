"""Records that wait for a signature, as plain data: who recorded each, whom it names, and how long that is in time."""

from dataclasses import dataclass
from datetime import datetime

from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow


@dataclass(frozen=True, slots=True, repr=False)
class Unsigned:
    """A record that waits for a signature. ``refused`` is why the signer says that it is not theirs."""

    row: NotificationRow
    signer_id: int
    recorder_id: int | None
    recorder: str
    recorded_at: datetime
    becomes: State
    refused: str = ""
    no_route: str = ""  # why there is no electronic way, where there is none
    restored: bool = False  # from a backup: it may have been signed and sent since that was made

    @property
    def is_refused(self) -> bool:
        """Whether the signer says that it is not theirs."""
        return self.row.state is State.NOT_THEIRS
