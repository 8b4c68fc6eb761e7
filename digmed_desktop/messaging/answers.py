"""What a response of the practice's system means, once ``fhir`` has read it."""

from collections.abc import Callable
from dataclasses import dataclass

from digmed_desktop.messaging.states import Happening


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code of a response. ``sentence`` says in plain words what it means; it holds no patient data.

    ``needs_person``: whatever the state, a person must look (30004, for one). ``stops_queue``: the fault is
    the pharmacy's account, and the next message would meet it too (20003, 20012). ``voids_original``: the
    message was to replace another, and both are now void at the practice (20014).
    """

    code: str
    happening: Happening
    needs_person: bool
    sentence: str
    stops_queue: bool = False
    voids_original: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """A response, read. ``answers_message_id`` is the ``MessageHeader.id`` it answers, or ``""``.

    ``original_unreadable``: the sender could not read which message it answers, and says so.
    ``answer`` makes the message that the response asks for in return, or is None when none is owed.
    """

    response_id: str
    answers_message_id: str
    sender_reference: str
    meanings: tuple[Meaning, ...]
    answer: Callable[[], bytes] | None = None
    original_unreadable: bool = False


Understand = Callable[[bytes], Understood]
"""Reads the body of a response; raises ``DigMedError`` when it is none."""
