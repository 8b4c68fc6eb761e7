"""A message that takes the place of an earlier one: replacement and withdrawal.

The whole document is sent again with new ids and names the Composition.identifier of the one before (guide
1.2.0, "Replacing documents"; Send Document 2.0.2). No delete exists: a withdrawal is a replacement with
``Composition.status`` entered-in-error whose text says so.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, repr=False)
class Replaces:
    """The replacement of an earlier message, and the words for its reader.

    ``composition_id`` is the Composition.identifier value of the latest message before this one; ``changed``
    and ``why`` are sentences; ``at`` is when the correction was made; ``withdrawn`` says that the
    record was made in error; ``nothing_done`` that a person stated that nothing was given or supplied.
    """

    composition_id: str
    changed: str
    why: str
    at: datetime
    withdrawn: bool = False
    nothing_done: bool = False
