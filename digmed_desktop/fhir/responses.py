"""ITK3 responses (ITK008M): read leniently and safely, and written.

What is read may lack handling keys, name its sender as a person, say ``UNREADABLE-IN-ORIGINAL-MESSAGE``,
have several issues and trailing tabs; all of that is understood. Only the ITK code says what a response means
(ITK3 2.10.0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from lxml import etree

from digmed_desktop import resources
from digmed_desktop.clinical.record import Coded
from digmed_desktop.fhir.datatypes import NHS_PROFILE, ODS_CODE_SYSTEM, coding, present, reference, resource
from digmed_desktop.fhir.envelope import handling, header, message_bundle
from digmed_desktop.fhir.parsing import NotReadableError
from digmed_desktop.fhir.parsing import parse as parse_xml
from digmed_desktop.fhir.people import header_organisation
from digmed_desktop.fhir.structure import FHIR
from digmed_desktop.fhir.writing import to_xml
from digmed_desktop.messaging.states import Happening

CODE_SYSTEM = "https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1"
UNREADABLE_ORIGINAL = "UNREADABLE-IN-ORIGINAL-MESSAGE"
RESPONSE_EVENT = Coded("ITK Response", "ITK008M", "https://fhir.nhs.uk/STU3/CodeSystem/ITK-MessageEvent-2")
RESPONSE_DEFINITION = "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-Response-MessageDefinition-1"
ACCEPTED = "20013"
MAX_ISSUES = 50
MAX_TEXT = 2000
"""A response is not a place for long texts: what is longer is read up to here."""


class UnreadableResponseError(ValueError):
    """The bytes are no ITK3 response; its text is a sentence and holds nothing of the content."""


@dataclass(frozen=True, slots=True)
class ResponseIssue:
    """One issue of a response. ``severity`` and ``diagnostics`` are the receiver's own words."""

    code: str
    display: str
    severity: str = ""
    diagnostics: str = ""


@dataclass(frozen=True, slots=True)
class ItkResponse:
    """A response. ``response_to`` is the MessageHeader.id it answers, lower-case, or ``""`` when it names
        none.

    ``answer_owed`` says that it asks for an infrastructure response itself (a business response with
    InfAckRequested true); never owed for an infrastructure response, so that nothing loops.
    """

    message_id: str
    response_to: str
    codes: tuple[ResponseIssue, ...]
    sender_reference: str
    answer_owed: bool
    sender_ods: str
    endpoint: str = ""
    bundle_id: str = ""
    original_unreadable: bool = False


@dataclass(frozen=True, slots=True)
class ResponseMeaning:
    """What a response code means for a notification: one sentence of what happened, one of what to do."""

    happening: Happening
    needs_person: bool
    happened: str
    do: str
    stops_queue: bool = False
    positive: bool = False
    known: bool = True


@cache
def _table() -> Mapping[str, Any]:
    return resources.toml("responses/codes.toml")


def meaning(code: str) -> ResponseMeaning:
    """Return what an ITK response code means; an unknown one is judged by its first digit and is never
    success.
    """
    row = _table().get(code.strip()) if code.strip().isdigit() else None
    if row is None:
        unknown = _table()["unknown"]
        row = unknown.get(code.strip()[:1], unknown["other"])
        return ResponseMeaning(
            Happening(row["happening"]),
            needs_person=True,
            happened=row["happened"],
            do=row["do"],
            known=False,
        )
    return ResponseMeaning(
        happening=Happening(row["happening"]),
        needs_person=row["needs_person"],
        happened=row["happened"],
        do=row["do"],
        stops_queue=row.get("stops_queue", False),
        positive=row["positive"],
    )


def known_codes() -> tuple[str, ...]:
    """Return every code of the ITK3 code system."""
    return tuple(code for code in _table() if code.isdigit())


def decisive(response: ItkResponse) -> ResponseIssue | None:
    """Return the issue that decides: the first negative one, else the first; None when there is no issue."""
    negative = [issue for issue in response.codes if not meaning(issue.code).positive]
    return negative[0] if negative else (response.codes[0] if response.codes else None)


def parse(body: bytes) -> ItkResponse:
    """Return the response in ``body``; raises only :class:`UnreadableResponseError`, in bounded time and
    memory.
    """
    try:
        root = parse_xml(body)
    except NotReadableError as fault:
        raise UnreadableResponseError(str(fault)) from None
    if etree.QName(root).localname != "Bundle":
        raise UnreadableResponseError("The file is no message: its root is not a Bundle.")
    top, outcome = _first(root, "MessageHeader"), _first(root, "OperationOutcome")
    if top is None:
        raise UnreadableResponseError("The file has no MessageHeader.")
    answer = _child(top, "response")
    if answer is None and outcome is None:
        raise UnreadableResponseError("The file is a message, but not a response.")
    named = _value(answer, "identifier")
    unreadable = named.upper() == UNREADABLE_ORIGINAL
    issues = _issues(outcome)
    keys = _handling(top)
    business = any(issue.code.startswith("3") for issue in issues)
    return ItkResponse(
        message_id=_bare(_value(top, "id")),
        response_to="" if unreadable else _bare(named),
        codes=issues,
        sender_reference="" if keys.get("SenderReference") == "None" else keys.get("SenderReference", ""),
        answer_owed=business and keys.get("InfAckRequested", "").lower() == "true",
        sender_ods=_ods_of_sender(root, top),
        endpoint=_value(_child(top, "source"), "endpoint"),
        bundle_id=_bare(_value(root, "id")),
        original_unreadable=unreadable,
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
    row = _table()[code]
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
        handling_extension=asked,
        event=RESPONSE_EVENT,
        sender_id=sender_id,
        receiver_id=receiver_id if receiver_ods else "",
        at=now,
        mailbox=mailbox,
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


def _issues(outcome: etree._Element | None) -> tuple[ResponseIssue, ...]:
    """Return the issues, each with its ITK code; a coding of another system counts only when there is no
    other.
    """
    found = []
    for issue in _children(outcome, "issue")[:MAX_ISSUES]:
        codings = _children(_child(issue, "details"), "coding")
        ours = [one for one in codings if _value(one, "system").rstrip("/") == CODE_SYSTEM]
        best = next(iter(ours or codings), None)
        found.append(
            ResponseIssue(
                code=_value(best, "code"),
                display=_value(best, "display"),
                severity=_value(issue, "severity"),
                diagnostics=_value(issue, "diagnostics"),
            )
        )
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


def _first(root: etree._Element, name: str) -> etree._Element | None:
    for entry in _children(root, "entry"):
        for one in _children(_child(entry, "resource"), name):
            return one
    return None


def _children(node: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if node is None else node.findall(f"{{{FHIR}}}{name}")


def _child(node: etree._Element | None, name: str) -> etree._Element | None:
    return None if node is None else node.find(f"{{{FHIR}}}{name}")


def _value(node: etree._Element | None, name: str) -> str:
    child = _child(node, name)
    return "" if child is None else (child.get("value") or "").strip()[:MAX_TEXT]


def _bare(id_: str) -> str:
    """Return an id in lower case without ``urn:uuid:``, so that ids written differently compare equal."""
    lowered = id_.strip().lower()
    return lowered.removeprefix("urn:uuid:")
