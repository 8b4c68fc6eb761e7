"""Judge a response of the practice's system, once ``fhir`` has read it."""

from collections.abc import Callable
from dataclasses import dataclass

from digmed_desktop.messaging.states import Happening


@dataclass(frozen=True, slots=True, repr=False)
class Meaning:
    """One code of a response in words: one sentence of what happened, one of what to do; no patient data.

    ``needs_person``: whatever the state, a person must look (30004, for one). ``stops_sending``: the practice
    refuses this pharmacy, and the next message would meet it too (20003, 20012). ``voids_original``: the
    message was to replace another, and both are now void at the practice (20014). ``known``: ITK3 has this
    code. ``decides``: the code leads to a state by itself; without it a person says what it means.
    """

    code: str
    happening: Happening
    needs_person: bool
    happened: str
    do: str = ""
    display: str = ""
    stops_sending: bool = False
    voids_original: bool = False
    positive: bool = False
    known: bool = True

    @property
    def sentence(self) -> str:
        """Return what happened and what to do."""
        return f"{self.happened} {self.do}".strip()

    @property
    def decides(self) -> bool:
        """Whether the code leads to a state by itself."""
        return self.known and self.happening is not Happening.UNEXPECTED


@dataclass(frozen=True, slots=True, repr=False)
class Understood:
    """A response, read. ``answers_message_id`` is the ``MessageHeader.id`` it answers, or ``""``.

    ``original_unreadable``: the sender could not read which message it answers, and says so.
    ``contradictions``: sentences on what in it contradicts what; then no meaning is a success.
    ``answer`` makes the message that the response asks for in return, or is None when none is owed.
    """

    response_id: str
    answers_message_id: str
    sender_reference: str
    meanings: tuple[Meaning, ...]
    answer: Callable[[], bytes] | None = None
    original_unreadable: bool = False
    contradictions: tuple[str, ...] = ()
    sender_ods: str = ""

    @property
    def decides(self) -> bool:
        """Whether its codes decide the state; else a person has to say what it means."""
        readable = bool(self.answers_message_id) and not (self.original_unreadable or self.contradictions)
        return readable and all(meaning.decides for meaning in self.meanings)

    @property
    def is_negative(self) -> bool:
        """Whether anything in it is no success."""
        return not all(meaning.positive for meaning in self.meanings)


Understand = Callable[[bytes], Understood]
"""Reads the body of a response; raises ``DigMedError`` when it is none."""
