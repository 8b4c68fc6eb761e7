"""Describe one fault or doubt in a record, in a sentence from which a person can correct it."""

import dataclasses
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

ALL_THE_SAME = "Done all the same:"
A_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_OF_ADVICE = 2  # words
REASON = "reason."
"""How the key of every reason begins."""
CONTINUED = "Continued although:"
_SAID = {False: "Reason:", True: "Advised by:"}


class Severity(StrEnum):
    """How much a problem matters."""

    STOP = "stop"  # nothing is sent until it is mended
    LOOK = "look"  # a person must look and may go on


@dataclass(frozen=True, slots=True, repr=False)
class Problem:
    """A problem at one field.

    ``field`` is the id of the field on the form (``patient.nhs_number``) or, where no field is the cause, the
    element of the message; ``sentence`` says what is wrong and what to do, and never holds what was typed.
    """

    field: str
    sentence: str
    severity: Severity = Severity.STOP
    needs_reason: bool = False  # to LOOK: whoever goes on says why, and the reason is kept
    needs_adviser: bool = False  # besides: the reason names who advised it; nothing goes on without that
    refuses_act: bool = (
        False  # to STOP: what is still to be done; what was done already is recorded all the same
    )
    raised_by: str = ""  # the values that raised it, where the sentence names none
    about: str = ""  # for whom and of which product a reason is given
    concern: str = ""  # warnings of one concern are one warning, with one reason
    restates: bool = False  # of a concern: it adds nothing that would ask for the reason anew
    joined: bool = False  # it is said with the first warning of its concern, which asks for the reason
    shares_reason: bool = False  # joined, and the reason given there answers this one too

    @property
    def reason_key(self) -> str:
        """The key under which a form keeps the reason to continue; another warning, or another value, asks anew."""
        return (
            f"{REASON}{self.field}.{zlib.crc32(f'{self.sentence}{self.raised_by}{self.about}'.encode()):08x}"
        )

    @property
    def reason_asked(self) -> str:
        """Return the question to whoever goes on."""
        return "Who advised it, and what they said" if self.needs_adviser else "Reason for continuing"

    def takes(self, reason: str) -> bool:
        """Whether a reason says something: a word, and of an adviser at least a name and one thing more."""
        words = A_WORD.findall(reason)
        return len(words) >= (_LEAST_OF_ADVICE if self.needs_adviser else 1)


def line_of_reason(problem: Problem, reason: str) -> str:
    """Return how the notes kept here say that someone went on, and why."""
    return f"{CONTINUED} {problem.sentence} {_SAID[problem.needs_adviser]} {reason}"


def is_answered(problem: Problem, notes: str) -> bool:
    """Whether a line of these notes says why someone went on, in the words of ``line_of_reason``."""
    begins = line_of_reason(problem, "").rstrip()
    return any(
        problem.takes(line.removeprefix(begins))
        for line in (" ".join(one.split()) for one in notes.splitlines())
        if line.startswith(begins)
    )


def sourced(sentence: str, source: str) -> str:
    """Return a sentence with where it is written; an empty source is none."""
    return f"{sentence} Source: {source}." if source else sentence


def refusal(field: str, sentence: str, source: str, *, done: bool) -> Problem:
    """Return what refuses an act that is still to be done, with its source; of one ``done``, a person looks at it."""
    stop = Problem(field, sourced(sentence, source), Severity.STOP, refuses_act=True)
    return done_all_the_same(stop) if done else stop


def done_all_the_same(problem: Problem) -> Problem:
    """Return what refused or advised against an act that was done: whoever records it says why."""
    return dataclasses.replace(
        problem,
        sentence=f"{ALL_THE_SAME} {problem.sentence}",
        severity=Severity.LOOK,
        needs_reason=True,
        needs_adviser=False,
        refuses_act=False,
    )


def join_concerns(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems with the warnings of one concern joined to its first one, which asks for the only reason.

    A further warning that asks for a reason asks for that one anew, unless it restates what the first one says.
    """
    every = tuple(problems)
    first: dict[str, Problem] = {}
    for problem in sorted(every, key=lambda p: not p.needs_reason):
        if problem.concern:
            first.setdefault(problem.concern, problem)
    return tuple(_in_concern(problem, first.get(problem.concern), every) for problem in every)


def _in_concern(problem: Problem, first: Problem | None, every: Iterable[Problem]) -> Problem:
    if first is None:
        return problem
    if problem is not first:
        return dataclasses.replace(
            problem, needs_reason=False, joined=True, shares_reason=problem.needs_reason
        )
    beside = (p for p in every if p.concern == first.concern and p is not first)
    adds = [p.sentence for p in beside if p.needs_reason and not p.restates]
    return dataclasses.replace(first, raised_by="\n".join(filter(None, (first.raised_by, *adds))))


def facts_of(problem: Problem, problems: Iterable[Problem]) -> list[Problem]:
    """Return what is said with a warning: the others of its concern."""
    if not problem.concern or problem.joined:
        return []
    return [p for p in problems if p.joined and p.concern == problem.concern]


def is_warned_of(problem: Problem, problems: Iterable[Problem]) -> bool:
    """Whether a problem is said in full among the warnings over a form, which ask for its reason."""
    return problem.needs_reason or (
        problem.joined and any(p.needs_reason and p.concern == problem.concern for p in problems)
    )


def told_first(problems: Iterable[Problem]) -> list[Problem]:
    """Return what is said before the act, stops first: what refuses it, what asks for advice, every other warning.

    What is said with another warning is left out.
    """
    told = [p for p in problems if (p.severity is Severity.LOOK and not p.joined) or p.refuses_act]
    return sorted(told, key=lambda p: (not p.refuses_act, not p.needs_adviser, not p.needs_reason))


def stops_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return those that prevent sending."""
    return tuple(p for p in problems if p.severity is Severity.STOP)
