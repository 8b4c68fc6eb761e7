"""Read a response as a whole: its codes and its contradictions.

A code decides by itself. Where parts of a response contradict each other, success is not believed: the worse
reading stands, and a person decides.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from digmed_desktop.fhir.response_codes import code_displayed, meaning, speaks_of_refusal
from digmed_desktop.fhir.responses import (
    ACCEPTED,
    ItkResponse,
    ResponseIssue,
    UnreadableResponseError,
    parse,
    write_response,
)
from digmed_desktop.messaging.answers import Meaning, Understand, Understood
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.states import Happening

MOST_UNKNOWN = 20
"""Unknown codes of one response that are named; how many more there are is said."""

_SORTS = {
    Happening.ACCEPTED: "informational",
    Happening.MATCHED: "informational",
    Happening.DUPLICATE: "duplicate",
    Happening.REJECTED: "fault",
    Happening.NOT_KNOWN: "fault",
    Happening.NO_LONGER: "fault",
}
"""The sort of issue that goes with what a code means; for what has no row any sort does."""
_ASK = "Telephone the practice and ask whether the record has arrived."


def understood_as(response: ItkResponse) -> Understood:
    """Return what a response says as a whole."""
    said = _meanings(response)
    contradictions = (*response.contradictions, *_contradictions(response, said))
    if contradictions:
        said = [_doubted(one, contradictions) for one in said]
    return Understood(
        response_id=response.message_id,
        answers_message_id=response.response_to,
        sender_reference=response.sender_reference,
        meanings=tuple(said),
        original_unreadable=response.original_unreadable,
        contradictions=contradictions,
        sender_ods=response.sender_ods,
    )


def response_reader(pharmacy_ods: Callable[[], str], mailbox: str, clock: Clock) -> Understand:
    """Return the reader of ITK3 responses for the pharmacy that owns ``mailbox``."""

    def read(body: bytes) -> Understood:
        try:
            response = parse(body)
        except UnreadableResponseError as error:
            raise DigMedError(str(error), "The program keeps it; show it to your supplier.") from error

        def answer() -> bytes:
            return write_response(
                response_to=response.message_id,
                code=ACCEPTED,
                sender_ods=pharmacy_ods(),
                mailbox=mailbox,
                now=clock.now(),
                new_id=lambda: str(uuid.uuid4()),
                sender_reference=response.sender_reference,
                receiver_ods=response.sender_ods,
            )

        return replace(understood_as(response), answer=answer if response.answer_owed else None)

    return read


def _meanings(response: ItkResponse) -> list[Meaning]:
    """Return what the codes mean, each once; a response without any asks for a person."""
    known: dict[str, Meaning] = {}
    unknown: dict[str, Meaning] = {}
    for issue in response.codes or (ResponseIssue("", ""),):
        one = _of_foreign(issue) if issue.foreign else meaning(issue.code)
        (known if one.known else unknown).setdefault(one.code, one)
    named = list(islice(unknown.values(), MOST_UNKNOWN))
    if len(unknown) > MOST_UNKNOWN:
        more = f"The answer has {len(unknown) - MOST_UNKNOWN} more codes that this program does not know."
        named.append(
            Meaning("", Happening.UNEXPECTED, needs_person=True, happened=more, do=_ASK, known=False)
        )
    return [*known.values(), *named]


def _of_foreign(issue: ResponseIssue) -> Meaning:
    """Return the meaning of a code that is not ITK3's, whatever its digits."""
    return replace(
        meaning(""),
        code=meaning(issue.code).code,
        happened="The practice's system sent a code that is not one of ITK3's, so we do not know its meaning.",
    )


def _contradictions(response: ItkResponse, said: Sequence[Meaning]) -> tuple[str, ...]:
    """Return what in the codes, their issues and the header contradicts what, as sentences."""
    good = any(one.positive for one in said)
    issues = {sentence for issue in response.codes for sentence in _in_issue(issue)}
    found = {
        "It contains both success and refusal codes.": good
        and any(one.known and not one.positive for one in said),
        "It contains a success code beside one that is not known.": good
        and any(not one.known for one in said),
        "Its header reports an error beside a success code.": good
        and bool(set(response.header_codes) - {"ok"}),
        "It reports success for a message that it could not read.": good and response.original_unreadable,
    }  # an "ok" in the header beside a refusal is what published examples of 20014 and 20015 have
    return (*(sentence for sentence, holds in found.items() if holds), *sorted(issues))


def _in_issue(issue: ResponseIssue) -> Iterator[str]:
    """Yield what one issue says against its code. An unknown code asks for a person anyhow."""
    meant = meaning(issue.code)
    if issue.foreign or not meant.known:
        return
    if (shown := code_displayed(issue.display)) and _worse(meaning(shown), meant):
        yield "The words beside a code are those of another one."
    if issue.kind and _sort_of(issue.kind) != _SORTS.get(meant.happening, _sort_of(issue.kind)):
        yield "The type of an issue does not go with its code."
    if meant.positive:
        yield from _against_success(issue)
        return
    if issue.severity == "information":
        yield "A refusal code is marked as mere information."
    if any(meaning(code).positive for code in issue.beside):
        yield "A refusal code appears beside a success code."


def _worse(shown: Meaning, meant: Meaning) -> bool:
    """Whether the words of one code do not go with another; "Success" goes with each success."""
    if shown.positive and meant.positive:
        return shown.needs_person and not meant.needs_person
    return shown.happening is not meant.happening


def _against_success(issue: ResponseIssue) -> Iterator[str]:
    if issue.severity not in ("", "information"):
        yield "A success code is marked as an error or a warning."
    if any(code != issue.code for code in issue.beside):
        yield "A success code appears beside one that is not an ITK3 code."
    if any(map(speaks_of_refusal, (issue.display, *issue.texts))):
        yield "The words beside a success code describe a refusal."


def _sort_of(kind: str) -> str:
    return kind if kind in ("informational", "duplicate") else "fault"


def _doubted(one: Meaning, contradictions: Sequence[str]) -> Meaning:
    """Return a meaning within a response that contradicts itself: no success, and a person is asked."""
    why = f"This reply contradicts itself. {' '.join(contradictions)}"
    if one.positive:
        return replace(
            one,
            happening=Happening.UNEXPECTED,
            needs_person=True,
            positive=False,
            happened=f"{why} It does not count as a success.",
            do=_ASK,
        )
    return replace(one, needs_person=True, happened=f"{why} {one.happened}")
