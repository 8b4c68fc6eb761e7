"""A pending send outlives the program: it is written at the press of Send, before anything else happens.

The file holds the id of the draft and of the person, nothing about the patient. If the program dies before the
message is stored, the next start finds the pending send and the draft, and sends once: the draft's id is the token
by which the history knows a second try.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from digmed_desktop import untrusted
from digmed_desktop.files.replacing import replace
from digmed_desktop.messaging.disk import not_stored

_MOST_BYTES = 10_000
_MOST_PEOPLE = 2**31


@dataclass(frozen=True, slots=True, repr=False)
class PendingSend:
    """Someone pressed Send."""

    draft_id: str
    form: str
    by: int


class PendingSendFile:
    """The one pending send of this window, in a file beside the database."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "send-pressed.json"

    def write(self, pending: PendingSend) -> None:
        """Write the pending send to the disk in a few milliseconds. Raises NotStoredError where the disk refuses it."""
        unfinished = self._file.with_suffix(".new")
        content = json.dumps({"draft": pending.draft_id, "form": pending.form, "by": pending.by})
        try:
            handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            replace(unfinished, self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise not_stored(error) from error

    def read(self) -> PendingSend | None:
        """Return the pending send that was not done, or None."""
        try:
            raw = untrusted.read_json_object(untrusted.read_bytes(self._file, _MOST_BYTES), most=_MOST_BYTES)
            by = untrusted.whole_number(raw["by"], _MOST_PEOPLE)
        except (OSError, ValueError, KeyError):
            return None
        draft, form = raw.get("draft"), raw.get("form")
        return PendingSend(draft, form, by) if isinstance(draft, str) and isinstance(form, str) else None

    def done(self) -> None:
        """Forget the pending send. Where the disk does not let it go, what was sent is still known by its draft."""
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
