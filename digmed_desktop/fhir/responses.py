"""ITK3 responses (ITK008M): read leniently and safely, and written.

What is read may lack handling keys, name its sender as a person, say ``UNREADABLE-IN-ORIGINAL-MESSAGE``,
have several issues and trailing tabs; all of that is understood. Only the ITK code says what a response means
(ITK3 2.10.0).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from digmed_desktop.clinical.record import Coded
from digmed_desktop.fhir import contradictions
from digmed_desktop.fhir.datatypes import NHS_PROFILE, ODS_CODE_SYSTEM, coding, present, reference, resource
from digmed_desktop.fhir.envelope import Ends, handling, header, message_bundle
from digmed_desktop.fhir.misplaced import CODE_SYSTEMS, codings_elsewhere, issues_elsewhere
from digmed_desktop.fhir.parsing import NotReadableError
from digmed_desktop.fhir.parsing import parse as parse_xml
from digmed_desktop.fhir.people import header_organisation
from digmed_desktop.fhir.response_codes import table
from digmed_desktop.fhir.structure import FHIR, XHTML
from digmed_desktop.fhir.writing import to_xml
from digmed_desktop.fhir.xml_nodes import MAX_TEXT, bare, children, entries, everywhere, first, value, values

CODE_SYSTEM = f"{CODE_SYSTEMS}1"
UNREADABLE_ORIGINAL = "UNREADABLE-IN-ORIGINAL-MESSAGE"
RESPONSE_EVENT = Coded("ITK Response", contradictions.EVENT, f"{contradictions.EVENT_SYSTEM}2")
RESPONSE_DEFINITION = "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-Response-MessageDefinition-1"
ACCEPTED = "20013"


class UnreadableResponseError(ValueError):
    """The bytes are no ITK3 response; its text is a sentence and holds nothing of the content."""


@dataclass(frozen=True, slots=True, repr=False)
class ResponseIssue:
    """One code of an issue, with what else the issue says.

    ``foreign``: the code is of another code system than ITK3's, and the issue has none of ITK3's. ``kind`` is the
    issue's FHIR type; ``beside`` are codes of other systems in the same issue; ``texts`` the receiver's own words.
    """

    code: str
    display: str
    severity: str = ""
    foreign: bool = False
    kind: str = ""
    beside: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ItkResponse:
    """A response. ``response_to`` is the MessageHeader.id it answers, lower-case, or ``""`` for none or several.

    ``header_codes`` are what its headers say (ok, transient-error, fatal-error). ``contradictions``: sentences
    on parts of it that cannot both be meant.
    ``answer_owed`` says that it asks for an infrastructure response itself (a business response with
    InfAckRequested true); never owed for an infrastructure response, so that nothing loops.
    """

    message_id: str
    response_to: str
    codes: tuple[ResponseIssue, ...]
    sender_reference: str
    answer_owed: bool
    sender_ods: str
    bundle_id: str = ""
    original_unreadable: bool = False
    header_codes: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()


def parse(body: bytes) -> ItkResponse:
    """Return the response in ``body``; raises only :class:`UnreadableResponseError`, in bounded time and
    memory.
    """
    try:
        root = parse_xml(_trimmed(body))
    except NotReadableError as fault:
        raise UnreadableResponseError(str(fault)) from None
    if etree.QName(root).localname != "Bundle":
        raise UnreadableResponseError("The file is not a message: its root is not a Bundle.")
    headers, outcomes = entries(root, "MessageHeader"), everywhere(root, "OperationOutcome")
    if not headers:
        raise UnreadableResponseError("The file has no MessageHeader.")
    top = headers[0][1]
    answers = [answer for _, header in headers for answer in children(header, "response")]
    if not (answers or outcomes):
        raise UnreadableResponseError("The file is a message, but not a response.")
    named = {bare(text) for answer in answers for text in values(answer, "identifier")}
    unreadable = UNREADABLE_ORIGINAL.lower() in named
    issues = (*_issues(outcomes), *_issues_elsewhere(root))
    keys = _handling(top)
    business = any(issue.code.startswith("3") for issue in issues)
    return ItkResponse(
        message_id=bare(value(top, "id")),
        response_to=next(iter(named)) if len(named) == 1 and not unreadable else "",
        codes=issues,
        sender_reference="" if keys.get("SenderReference") == "None" else keys.get("SenderReference", ""),
        answer_owed=business and keys.get("InfAckRequested", "").lower() == "true",
        sender_ods=_ods_of_sender(root, top),
        bundle_id=bare(value(root, "id")),
        original_unreadable=unreadable,
        header_codes=tuple(code for answer in answers for code in values(answer, "code")),
        contradictions=contradictions.found_in(root),
    )


def write_response(
    *,
    response_to: str,
    code: str,
    sender_ods: str,
    mailbox: str,
    now: datetime,
    new_id: Callable[[], str],
    sender_reference: str = "",
    receiver_ods: str = "",
    diagnostics: str = "",
    ask_answer: bool = False,
) -> bytes:
    """Return an ITK3 response that passes the published profiles.

    ``response_to`` is the MessageHeader.id of the message answered (or ``UNREADABLE-IN-ORIGINAL-MESSAGE``);
    ``ask_answer`` sets InfAckRequested, as some practices' systems do with a business response. Ids are asked
    for in the order bundle, header, sender, receiver, outcome. Raises KeyError for a code that ITK3 does not
    have.
    """
    row = table()[code]
    bundle_id, header_id, sender_id, receiver_id, outcome_id = (new_id() for _ in range(5))
    asked = handling(
        asks=False, message_definition=RESPONSE_DEFINITION, sender_reference=sender_reference or "None"
    )
    if ask_answer:
        next(key for key in asked["extension"] if key["url"] == "InfAckRequested")["valueBoolean"] = True
    details = {"coding": [coding(Coded(row["display"], code, CODE_SYSTEM))]}
    outcome = resource(
        "OperationOutcome",
        f"{NHS_PROFILE}ITK-Response-OperationOutcome-1",
        outcome_id,
        issue=[
            present(
                severity="information" if row["positive"] else "fatal",
                code=row["issue_type"],
                details=details,
                diagnostics=diagnostics,
            )
        ],
    )
    top = header(
        header_id,
        Ends(sender_id, receiver_id if receiver_ods else "", mailbox),
        handling_extension=asked,
        event=RESPONSE_EVENT,
        at=now,
        response={
            "identifier": response_to,
            "code": "ok" if row["positive"] else "fatal-error",
            "details": reference(outcome_id),
        },
    )
    parts = [top, header_organisation(sender_id, sender_ods)]
    if receiver_ods:
        parts.append(header_organisation(receiver_id, receiver_ods))
    return to_xml(message_bundle(bundle_id, [*parts, outcome]))


def _trimmed(body: bytes) -> bytes:
    """Return a response without what surrounds its XML: blanks before the declaration, NULs after the end."""
    bare = body.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return bare.rstrip(b"\0 \t\r\n") if bare.startswith(b"<") and b"\0" not in bare[:64] else body


def _issues(outcomes: list[etree._Element]) -> tuple[ResponseIssue, ...]:
    """Return every code of every issue; one of another code system counts only where ITK3's is missing."""
    found: list[ResponseIssue] = []
    for outcome in outcomes:
        narrative = [
            " ".join(map(str, div.itertext()))[:MAX_TEXT] for div in outcome.iter(f"{{{XHTML}}}div")
        ][:1]
        for issue in children(outcome, "issue"):
            found += _of_issue(issue, narrative)
    return tuple(found)


def _issues_elsewhere(root: etree._Element) -> Iterator[ResponseIssue]:
    """Yield what stands where no answer belongs, so that a refusal there is not passed over."""
    for issue in issues_elsewhere(root):
        yield from _of_issue(issue, [])
    for coding_ in codings_elsewhere(root):
        ours = CODE_SYSTEM in [text.rstrip("/") for text in values(coding_, "system")]
        for code in values(coding_, "code"):
            yield ResponseIssue(code, value(coding_, "display"), foreign=not ours)


def _of_issue(issue: etree._Element, narrative: list[str]) -> Iterator[ResponseIssue]:
    details = children(issue, "details")
    codings: list[etree._Element | None] = [one for concept in details for one in children(concept, "coding")]
    ours = [one for one in codings if CODE_SYSTEM in [text.rstrip("/") for text in values(one, "system")]]
    beside = tuple(text for one in codings if one not in ours for text in values(one, "code") or [""])
    texts = [*values(issue, "diagnostics"), *(text for one in details for text in values(one, "text"))]
    for coding_ in ours or codings or [None]:
        for code in values(coding_, "code") or [""]:
            yield ResponseIssue(
                code=code,
                display=value(coding_, "display"),
                severity=value(issue, "severity"),
                foreign=coding_ is not None and not ours,
                kind=value(issue, "code"),
                beside=beside if ours else (),
                texts=(*texts, *narrative),
            )


def _handling(top: etree._Element) -> dict[str, str]:
    """Return the handling keys that are there, whatever version of the extension names them."""
    keys: dict[str, str] = {}
    for node in top.iter(f"{{{FHIR}}}extension"):
        url = (node.get("url") or value(node, "url")).strip()
        if url in ("InfAckRequested", "BusAckRequested"):
            keys.setdefault(url, value(node, "valueBoolean"))
        elif url == "SenderReference":
            keys.setdefault(url, value(node, "valueString"))
    return keys


def _ods_of_sender(root: etree._Element, top: etree._Element) -> str:
    """Return the ODS code of the sending organisation, or ``""`` when the sender is a person or not there."""
    wanted = bare(value(first(top, "sender"), "reference"))
    for entry in children(root, "entry"):
        for one in children(first(entry, "resource"), "Organization"):
            if wanted and wanted in (bare(value(entry, "fullUrl")), bare(value(one, "id"))):
                for identifier in children(one, "identifier"):
                    if value(identifier, "system") == ODS_CODE_SYSTEM:
                        return value(identifier, "value")
    return ""
