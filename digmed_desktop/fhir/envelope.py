"""The ITK3 envelope: message bundle, header with its six handling keys, document bundle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digmed_desktop.clinical.record import Coded
from digmed_desktop.fhir.datatypes import (
    NHS_PROFILE,
    coding,
    entry,
    extension,
    moment,
    reference,
    resource,
    uuid_identifier,
)
from digmed_desktop.fhir.writing import Data

HANDLING_EXTENSION = f"{NHS_PROFILE}Extension-ITK-MessageHandling-2"
FOR_ACTION = Coded("For Action", "FA", "https://fhir.nhs.uk/STU3/CodeSystem/ITK-RecipientType-1")


def handling(*, asks: bool, message_definition: str, sender_reference: str) -> Data:
    """Return the handling extension, its six keys in the guide's order.

    ``asks``: whether an infrastructure and a business response are asked for (a notification asks for both, a
    response for none). ``sender_reference`` is at most 255 characters and identifies the activity at the
    sender.
    """
    return extension(
        HANDLING_EXTENSION,
        extension=[
            extension("BusAckRequested", valueBoolean=asks),
            extension("InfAckRequested", valueBoolean=asks),
            extension("RecipientType", valueCoding=coding(FOR_ACTION)),
            extension("MessageDefinition", valueReference={"reference": message_definition}),
            extension("SenderReference", valueString=sender_reference),
            extension("LocalExtension", valueString="None"),
        ],
    )


@dataclass(frozen=True, slots=True, repr=False)
class Ends:
    """Who sends to whom: ids of their organisations, the receiver's "" where it is not named, and our mailbox."""

    sender_id: str
    receiver_id: str
    mailbox: str


def header(
    id_: str,
    ends: Ends,
    *,
    handling_extension: Data,
    event: Coded,
    at: datetime,
    focus_id: str = "",
    response: Data | None = None,
) -> Data:
    """Return the MessageHeader. ``at`` is when the message was made."""
    return resource(
        "MessageHeader",
        f"{NHS_PROFILE}ITK-MessageHeader-2",
        id_,
        extension=[handling_extension],
        event=coding(event),
        receiver=reference(ends.receiver_id) if ends.receiver_id else None,
        sender=reference(ends.sender_id),
        timestamp=moment(at),
        source={"endpoint": ends.mailbox} if ends.mailbox else None,
        response=response,
        focus=[reference(focus_id)] if focus_id else [],
    )


def message_bundle(id_: str, resources: Sequence[Data]) -> Data:
    """Return the outer bundle; the MessageHeader is the first of ``resources``."""
    return resource(
        "Bundle",
        f"{NHS_PROFILE}ITK-Message-Bundle-1",
        id_,
        identifier=uuid_identifier(id_),
        type="message",
        entry=[entry(one) for one in resources],
    )


def document_bundle(id_: str, resources: Sequence[Data], assembled: datetime) -> Data:
    """Return the payload; the Composition is the first of ``resources``. Its id is never used for another
    document.
    """
    whole = resource(
        "Bundle",
        f"{NHS_PROFILE}ITK-Document-Bundle-1",
        id_,
        identifier=uuid_identifier(id_),
        type="document",
        entry=[entry(one) for one in resources],
    )
    whole["meta"]["lastUpdated"] = moment(assembled)
    return whole
