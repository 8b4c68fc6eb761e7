"""Whether the practice may be told of a notification: the newest version says what the patient agrees to."""

from collections.abc import Sequence

from digmed_desktop.history.readable import record_of
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Version


def may_be_told(versions: Sequence[Version]) -> bool:
    """Whether the patient agrees to share it with the practice, by all versions of a notification, oldest first."""
    valid = [one for one in versions if one.row.state is not State.CANCELLED] or versions
    return record_of(valid[-1].row.id, valid[-1].record_json).consent.to_sharing is not False
