"""The simulated GP practice: what its system makes of a message, and how it answers.

It judges as a GP system does: can it be read, was it seen before, is it valid, is it for us, does a
replacement replace anything, is the patient known. Only then comes what the patient was chosen to show.
"""

from dataclasses import dataclass

from digmed_desktop.demo.journal import Journal
from digmed_desktop.demo.world import Answer, Behaviour, FictionalPractice, World
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.reading import NotReadableError, ReceivedNotification, read_notification
from digmed_desktop.fhir.responses import UNREADABLE_ORIGINAL

FILED = ("30001", "30004")
"""Codes after which the practice holds the document."""

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """A practice's act on one message, and the ids its answers name."""

    answers: tuple[Answer, ...]
    response_to: str = UNREADABLE_ORIGINAL
    sender_reference: str = ""
    sender_ods: str = ""
    collects: bool = True
    report: str = ""


class PracticeMemory:
    """Messages the practices have seen, filed and shown; the journal keeps it from one start to the next."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal or Journal(None)
        self._known: set[tuple[str, str]] = set()
        for kind, fields in self._journal.entries():
            if kind == "seen":
                self._known.add((fields["what"], fields["key"]))

    def add(self, what: str, key: str) -> None:
        """Remember something."""
        if (what, key) not in self._known:
            self._known.add((what, key))
            self._journal.write("seen", what=what, key=key)

    def knows(self, what: str, key: str) -> bool:
        """Whether it is remembered."""
        return (what, key) in self._known


class SimulatedPractice:
    """One practice's system. ``override`` has every patient treated alike, whatever was chosen for them."""

    def __init__(self, practice: FictionalPractice, world: World, memory: PracticeMemory) -> None:
        self.practice = practice
        self.override: Behaviour | None = None
        self._world = world
        self._memory = memory
        self._shown: set[tuple[str, str]] = (
            set()
        )  # behaviour and patient of those that show something only once

    def judge(self, body: bytes) -> Verdict:
        """Return what is done with a message."""
        try:
            message, findings = read_notification(body), check(body)
        except NotReadableError:
            return Verdict((Answer("10009", 1.0, "The message cannot be read."),))
        key = f"{self.practice.ods_code}/"
        behaviour = self._behaviour(message)
        if not behaviour.collects or behaviour.report:
            return self._verdict(message, behaviour.answers, collects=False, report=behaviour.report)
        if self._memory.knows("message", key + message.message_id):
            return self._verdict(message, _now("20007"))
        if self._memory.knows("document", key + message.document_id):
            return self._verdict(message, _now("20008"))
        if findings:
            named = "; ".join(f"{one.path}: {one.sentence}" for one in findings[:_MOST_NAMED])
            return self._verdict(message, _now("20009", named))
        self._memory.add("message", key + message.message_id)
        self._memory.add("document", key + message.document_id)
        if message.practice_ods not in ("", self.practice.ods_code):
            answers = _now("20010")
        elif message.replaces and not self._memory.knows("filed", key + message.replaces):
            answers = _now("20014")
        else:
            answers = behaviour.answers
        if any(one.code in FILED for one in answers):
            self._memory.add("filed", key + message.composition_id)
        return self._verdict(message, answers)

    def _behaviour(self, message: ReceivedNotification) -> Behaviour:
        """Return what is to be shown for this patient; one whom nobody chose anything for is known here."""
        matched, not_known = self._world.behaviours["matched"], self._world.behaviours["not-known"]
        if self.override:
            return self.override
        known = self._world.patient(message.nhs_number)
        if known is None:
            return matched
        if message.date_of_birth != known.patient.date_of_birth:
            return not_known
        here = self.practice.ods_code
        if known.known_at == here:
            return matched
        if known.practice.ods_code != here:
            return not_known
        if known.behaviour.once:
            shown = f"{known.behaviour.id}/{message.nhs_number}"
            if self._memory.knows("shown", shown):
                return matched
            self._memory.add("shown", shown)
        return known.behaviour

    @staticmethod
    def _verdict(
        message: ReceivedNotification, answers: tuple[Answer, ...], *, collects: bool = True, report: str = ""
    ) -> Verdict:
        return Verdict(
            answers, message.message_id, message.sender_reference, message.sender_ods, collects, report
        )


def _now(code: str, diagnostics: str = "") -> tuple[Answer, ...]:
    return (Answer(code, 1.0, diagnostics),)
