"""ITK3 responses (ITK008M): read leniently and safely, and written.

What is read may lack handling keys, name its sender as a person, say ``UNREADABLE-IN-ORIGINAL-MESSAGE``,
have several issues and trailing tabs; all of that is understood. Only the ITK code says what a response means
(ITK3 2.10.0).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from digmed_desktop.clinical.record import Coded
from digmed_desktop.fhir.datatypes import NHS_PROFILE, ODS_CODE_SYSTEM, coding, present, reference, resource
from digmed_desktop.fhir.envelope import Ends, handling, header, message_bundle
from digmed_desktop.fhir.parsing import NotReadableError
from digmed_desktop.fhir.parsing import parse as parse_xml
from digmed_desktop.fhir.people import header_organisation
from digmed_desktop.fhir.response_codes import table
from digmed_desktop.fhir.structure import FHIR
from digmed_desktop.fhir.writing import to_xml

CODE_SYSTEM = "https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1"
UNREADABLE_ORIGINAL = "UNREADABLE-IN-ORIGINAL-MESSAGE"
RESPONSE_EVENT = Coded("ITK Response", "ITK008M", "https://fhir.nhs.uk/STU3/CodeSystem/ITK-MessageEvent-2")
RESPONSE_DEFINITION = "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-Response-MessageDefinition-1"
ACCEPTED = "20013"
MAX_TEXT = 2000
"""A response is not a place for long texts: what is longer is read up to here."""


class UnreadableResponseError(ValueError):
    """The bytes are no ITK3 response; its text is a sentence and holds nothing of the content."""


@dataclass(frozen=True, slots=True)
class ResponseIssue:
    """One code of an issue. ``severity`` and ``diagnostics`` are the receiver's own words.

    ``foreign``: the code is of another code system than ITK3's, and the issue has none of ITK3's.
    """

    code: str
    display: str
    severity: str = ""
    diagnostics: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
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
        raise UnreadableResponseError("The file is no message: its root is not a Bundle.")
    tops, outcomes = _resources(root, "MessageHeader"), _resources(root, "OperationOutcome")
    if not tops:
        raise UnreadableResponseError("The file has no MessageHeader.")
    top = tops[0][1]
    answers = [answer for _, header in tops for answer in _children(header, "response")]
    if not (answers or outcomes):
        raise UnreadableResponseError("The file is a message, but not a response.")
    named = {_bare(text) for answer in answers for text in _values(answer, "identifier")}
    unreadable = UNREADABLE_ORIGINAL.lower() in named
    issues = _issues([outcome for _, outcome in outcomes])
    keys = _handling(top)
    business = any(issue.code.startswith("3") for issue in issues)
    return ItkResponse(
        message_id=_bare(_value(top, "id")),
        response_to=next(iter(named)) if len(named) == 1 and not unreadable else "",
        codes=issues,
        sender_reference="" if keys.get("SenderReference") == "None" else keys.get("SenderReference", ""),
        answer_owed=business and keys.get("InfAckRequested", "").lower() == "true",
        sender_ods=_ods_of_sender(root, top),
        bundle_id=_bare(_value(root, "id")),
        original_unreadable=unreadable,
        header_codes=tuple(code for answer in answers for code in _values(answer, "code")),
        contradictions=_contradictions(named, answers, outcomes),
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


def _contradictions(
    named: set[str], answers: list[etree._Element], outcomes: list[tuple[str, etree._Element]]
) -> tuple[str, ...]:
    """Return what in the structure of a response contradicts what, as sentences."""
    pointed_at = {
        _bare(text.rpartition("/")[2].removeprefix("#"))
        for answer in answers
        for details in _children(answer, "details")
        for text in _values(details, "reference")
    }
    said = {tuple(sorted({issue.code for issue in _issues([outcome])})) for _, outcome in outcomes}
    ids = {id_ for ids, _ in outcomes for id_ in ids.split()}
    found = {
        "It names more than one message.": len(named) > 1,
        "It holds several outcomes that differ.": len(said) > 1,
        "Its header points at an outcome that it does not hold.": bool(outcomes and pointed_at - ids),
    }
    return tuple(sentence for sentence, holds in found.items() if holds)


def _issues(outcomes: list[etree._Element]) -> tuple[ResponseIssue, ...]:
    """Return every code of every issue; one of another code system counts only where ITK3's is missing."""
    found = []
    for outcome in outcomes:
        for issue in _children(outcome, "issue"):
            codings: list[etree._Element | None] = [
                one for details in _children(issue, "details") for one in _children(details, "coding")
            ]
            ours = [one for one in codings if CODE_SYSTEM in [t.rstrip("/") for t in _values(one, "system")]]
            found += [
                ResponseIssue(
                    code=code,
                    display=_value(coding_, "display"),
                    severity=_value(issue, "severity"),
                    diagnostics=_value(issue, "diagnostics"),
                    foreign=coding_ is not None and not ours,
                )
                for coding_ in (ours or codings or [None])
                for code in (_values(coding_, "code") or [""])
            ]
    return tuple(found)


def _handling(top: etree._Element) -> dict[str, str]:
    """Return the handling keys that are there, whatever version of the extension names them."""
    keys: dict[str, str] = {}
    for node in top.iter(f"{{{FHIR}}}extension"):
        url = (node.get("url") or _value(node, "url")).strip()
        if url in ("InfAckRequested", "BusAckRequested"):
            keys.setdefault(url, _value(node, "valueBoolean"))
        elif url == "SenderReference":
            keys.setdefault(url, _value(node, "valueString"))
    return keys


def _ods_of_sender(root: etree._Element, top: etree._Element) -> str:
    """Return the ODS code of the sending organisation, or ``""`` when the sender is a person or not there."""
    wanted = _bare(_value(_child(top, "sender"), "reference"))
    for entry in _children(root, "entry"):
        for one in _children(_child(entry, "resource"), "Organization"):
            if wanted and wanted in (_bare(_value(entry, "fullUrl")), _bare(_value(one, "id"))):
                for identifier in _children(one, "identifier"):
                    if _value(identifier, "system") == ODS_CODE_SYSTEM:
                        return _value(identifier, "value")
    return ""


def _resources(root: etree._Element, name: str) -> list[tuple[str, etree._Element]]:
    """Return the entries' resources of one type, each with its ids (fullUrl and id, parted by a space)."""
    return [
        (f"{_bare(_value(entry, 'fullUrl'))} {_bare(_value(one, 'id'))}", one)
        for entry in _children(root, "entry")
        for inside in _children(entry, "resource")
        for one in _children(inside, name)
    ]


def _children(node: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if node is None else node.findall(f"{{{FHIR}}}{name}")


def _child(node: etree._Element | None, name: str) -> etree._Element | None:
    return None if node is None else node.find(f"{{{FHIR}}}{name}")


def _value(node: etree._Element | None, name: str) -> str:
    child = _child(node, name)
    return "" if child is None else (child.get("value") or "").strip()[:MAX_TEXT]


def _values(node: etree._Element | None, name: str) -> list[str]:
    """Return the values of all children of one name that have one."""
    return [
        text for child in _children(node, name) if (text := (child.get("value") or "").strip()[:MAX_TEXT])
    ]


def _bare(id_: str) -> str:
    """Return an id in lower case without ``urn:uuid:``, so that ids written differently compare equal."""
    lowered = id_.strip().lower()
    return lowered.removeprefix("urn:uuid:")
