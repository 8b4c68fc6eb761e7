"""Reading what is stored and letting the notification follow it: for the receiver, and for a person's decision."""

from collections.abc import Sequence
from dataclasses import replace

from digmed_desktop.messaging.answers import Meaning, Understand, Understood
from digmed_desktop.messaging.delivery import InboxStore
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.sending import InboxItem, ItemKind
from digmed_desktop.messaging.states import Happening

_UNREADABLE = "This reply could not be read. It is stored and left in the mailbox: tell support."
_NO_ANSWER_MADE = "The reply that this response asks for could not be made: tell support."
_PROBABLY = (
    "The reply does not name the message; it is probably about this one, the only one sent there lately."
)
_NOT_READ = Meaning(
    "",
    Happening.UNEXPECTED,
    needs_person=True,
    happened="A reply that cannot be read was matched to this notification by someone here.",
    do="Telephone the practice and ask whether the record has arrived.",
    known=False,
)


class Applier:
    """Applies what is stored, once each, however often it is called."""

    def __init__(self, inbox: InboxStore, understand: Understand) -> None:
        self._inbox, self._understand = inbox, understand

    def read(self, item: InboxItem) -> Understood | None:
        """Return what a stored response says, or None for a report and for what cannot be read."""
        if item.kind is ItemKind.REPORT:
            return None
        try:
            return self._understand(item.body or self._inbox.body(item.mesh_id))
        except DigMedError as error:
            self._inbox.in_trouble(item.mesh_id, str(error))
        except Exception:  # noqa: BLE001 - whatever is wrong with one response must not hold up the others
            self._inbox.in_trouble(item.mesh_id, _UNREADABLE)
        return None

    def apply(self, item: InboxItem, understood: Understood | None) -> None:
        """Let the notification follow something that was matched."""
        if item.kind is ItemKind.REPORT:
            self._inbox.apply_report(item.mesh_id)
            return
        if understood is None:
            self._inbox.apply_response(item.mesh_id, (_NOT_READ,), None)
            return
        answer, trouble = _answer_owed(understood)
        self._inbox.apply_response(item.mesh_id, _told(understood), answer)
        if trouble:
            self._inbox.in_trouble(item.mesh_id, trouble)


def _answer_owed(understood: Understood) -> tuple[bytes | None, str]:
    if understood.answer is None:
        return None, ""
    try:
        return understood.answer(), ""
    except Exception:  # noqa: BLE001 - what the practice said counts, whether or not we can answer
        return None, _NO_ANSWER_MADE


def _told(understood: Understood) -> Sequence[Meaning]:
    """Return the meanings, each saying so where the message is only probably the one meant."""
    if not understood.original_unreadable:
        return understood.meanings
    return [
        replace(meaning, happened=f"{_PROBABLY} {meaning.happened}", needs_person=True)
        for meaning in understood.meanings
    ]
