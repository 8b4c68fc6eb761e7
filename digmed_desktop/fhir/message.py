"""Clinical record to message: the frozen bytes that go out, and the XML of a half-filled form.

``build`` is deterministic given the frame's ``new_id`` and ``now``. Ids are asked for in this order: message bundle,
header, sender, receiver, document, Composition, Encounter, Patient, practice, pharmacy, clinician, then each
vaccine (and its manufacturer), then the allergy List and its entries.
"""

import hashlib
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar

from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.datatypes import NOT_XML
from digmed_desktop.fhir.document import document
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.envelope import Ends, handling, header, message_bundle
from digmed_desktop.fhir.frame import Ids, MessageFrame
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.people import header_organisation
from digmed_desktop.fhir.problems import problems_of
from digmed_desktop.fhir.subject import summary_of, title_of
from digmed_desktop.fhir.writing import Data, to_xml
from digmed_desktop.messaging.sending import FrozenMessage

__all__ = [
    "IncompleteRecordError",
    "MessageFaultError",
    "MessageFrame",
    "Replaces",
    "build",
    "build_judged",
    "draft_xml",
]

MAX_REFERENCE = 255
MAX_BYTES = 5_000_000
"""ITK3 recommends at most 5 MB for a message; receivers may answer 20015 above it."""


class IncompleteRecordError(ValueError):
    """The record cannot be sent as it is: ``problems`` says why, each at its field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"The record has {len(problems)} problem(s) that prevent sending.")
        self.problems = tuple(problems)


class MessageFaultError(ValueError):
    """The message that was made is not right: a fault of the program. Its text has nothing of the content."""


def build(record: Record, frame: MessageFrame) -> FrozenMessage:
    """Return the message of a record.

    Raises :class:`IncompleteRecordError` when the record cannot be sent. Every message is held to the program's own
    checks before it is returned.
    """
    if problems := problems_of(record, frame.edition, replaces=frame.replaces):
        raise IncompleteRecordError(problems)
    return build_judged(record, frame)


def build_judged(record: Record, frame: MessageFrame) -> FrozenMessage:
    """Return the message of a record in which ``problems_of`` finds nothing; else as :func:`build`."""
    if frame.now.tzinfo is None:
        raise ValueError("now needs an offset")
    if not frame.mailbox or not 0 < len(frame.sender_reference) <= MAX_REFERENCE:
        raise ValueError("a message needs the sender's mailbox and a reference of at most 255 characters")
    ids = Ids.drawn(frame.new_id)
    data = _message(record, frame, ids)
    payload = to_xml(data)
    if len(payload) > MAX_BYTES:
        raise IncompleteRecordError(
            [
                Problem(
                    of(record).question("history"),
                    "The message is larger than the 5 MB that practices accept. Shorten the texts.",
                )
            ]
        )
    hold_to_the_rules(record, payload)
    return FrozenMessage(
        kind=frame.edition.kind,
        edition=frame.edition.id,
        payload=payload,
        sha256=hashlib.sha256(payload).hexdigest(),
        bundle_id=ids.bundle,
        message_id=ids.header,
        document_id=ids.document,
        composition_id=ids.composition,
        sender_reference=frame.sender_reference,
        subject=summary_of(
            title_of(record, frame.edition, replaces=frame.replaces),
            record.patient,
            record.pharmacy,
            frame.version,
        ),
        made_at=frame.now,
    )


def hold_to_the_rules(record: Record, payload: bytes) -> None:
    """Check a message before it goes out (ITK3 FHIR-V&V-01).

    A finding that an attribute of the record caused is a problem at its question; any other is a fault of the program.
    """
    found = check(payload, own=True)
    if any(not finding.attribute for finding in found):
        first = next(finding for finding in found if not finding.attribute)
        raise MessageFaultError(
            f"The message that was made breaks a rule at {first.path}: {first.sentence} This is a fault of the program."
        )
    if found:
        raise IncompleteRecordError(
            [
                Problem(of(record).question(path, place) or path, sentence)
                for path, place, sentence in dict.fromkeys((f.attribute, f.place, f.sentence) for f in found)
            ]
        )


def draft_xml(record: Record, frame: MessageFrame | None = None) -> str:
    """Return the XML that a record gives as far as it goes, for the preview; its ids are placeholders.

    Never raises on a partial record: signs that XML cannot hold are shown as the replacement character.
    """
    numbers = count(1)

    def placeholder() -> str:
        return f"00000000-0000-4000-8000-{next(numbers):012d}"

    chosen = frame or MessageFrame(
        edition=default_for(kind_of(record)),
        mailbox="",
        now=record.recorded_at or record.contact_at or datetime.now(UTC),
        new_id=placeholder,
        sender_reference="",
    )
    drafted = replace(chosen, new_id=placeholder)
    return to_xml(_message(_writable(record), drafted, Ids.drawn(placeholder))).decode("utf-8")


def _message(record: Record, frame: MessageFrame, ids: Ids) -> Data:
    """Return the whole message as data; parts that the record does not have yet are left out."""
    practice = record.practice or Organisation()
    receiver = ids.receiver if frame.send_receiver and practice.ods_code else ""
    payload = document(record, frame, ids)
    asked = handling(
        asks=True,
        message_definition=frame.edition.message_definition,
        sender_reference=frame.sender_reference or "None",
    )
    top = header(
        ids.header,
        Ends(ids.sender, receiver, frame.mailbox),
        handling_extension=asked,
        event=frame.edition.event,
        at=frame.now,
        focus_id=ids.document,
    )
    parts = [top, header_organisation(ids.sender, record.pharmacy.ods_code)]
    if receiver:
        parts.append(header_organisation(ids.receiver, practice.ods_code))
    return message_bundle(ids.bundle, [*parts, payload])


_T = TypeVar("_T")


def _writable(value: _T) -> _T:
    """Return the record with signs that XML cannot hold shown as the replacement character."""
    if isinstance(value, str):
        return type(value)(NOT_XML.sub("\ufffd", value)) if NOT_XML.search(value) else value
    if isinstance(value, tuple):
        return tuple(_writable(one) for one in value)  # type: ignore[return-value] # a tuple of the same kind
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _writable(getattr(value, f.name)) for f in fields(value)}
        return replace(value, **changed)
    return value
