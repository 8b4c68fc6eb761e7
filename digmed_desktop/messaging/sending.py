"""Describe messages out and in, as plain data."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The two live notifications; the value is the MESH workflow id of the message."""

    VACCINATION = "DIGMED_FLU_VAC"
    EMERGENCY_SUPPLY = "DIGMED_EMG_MED"

    @property
    def answers_on(self) -> str:
        """The workflow id that responses come back on."""
        return f"{self.value}_ACK"

    @property
    def form(self) -> str:
        """The id of the form that records it, and the format of its record."""
        return _FORMS[self]

    @classmethod
    def of_form(cls, form: str) -> "Kind":
        """Return the notification that a form makes; KeyError for a form that makes none."""
        return {named: kind for kind, named in _FORMS.items()}[form]


_FORMS = {Kind.VACCINATION: "vaccination", Kind.EMERGENCY_SUPPLY: "emergency-supply"}


@dataclass(frozen=True, slots=True, repr=False)
class FrozenMessage:
    """A message as it will go out, byte for byte, and the ids by which everything about it is matched.

    ``subject`` holds the patient's name and NHS number, as the guide asks: it is stored encrypted and never
    logged.
    """

    kind: Kind
    edition: str
    payload: bytes
    sha256: str
    bundle_id: str
    message_id: str  # MessageHeader.id: responses name it
    document_id: str  # payload Bundle.id
    composition_id: str  # Composition.identifier.value: a replacement names it
    sender_reference: str
    subject: str
    made_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Sending:
    """One sending of one frozen message, or of an answer that we owe.

    ``local_id`` is unique and never changes when the same sending is tried again. ``recipient`` is the MESH
    address where it is known beforehand (automatic routing, or the answer to a mailbox); ``""`` has the
    practice's mailbox looked up by its ODS code and the workflow.
    """

    notification: int
    local_id: str
    workflow: str
    practice_ods: str
    subject: str
    payload: bytes
    attempt: int = 1
    recipient: str = ""


def new_local_id(ods_code: str) -> str:
    """Return a fresh local id for one sending by the organisation ``ods_code``: ``<ODS>_<32 hex digits>``.

    The guide wants the sender's ODS code in it; MESH wants no patient data; the look-up after an unknown outcome
    needs it to be unique.
    """
    return f"{ods_code}_{uuid.uuid4().hex}"


@dataclass(frozen=True, slots=True, repr=False)
class Receipt:
    """MESH took a sending."""

    mesh_id: str
    recipient: str  # the mailbox it went to


class Where(StrEnum):
    """The place of a sending handed to the MESH client, as far as its folders tell."""

    WITH_CLIENT = "with-client"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"  # by a person, before the client had it
    NEVER_LEFT = "never-left"  # it was not handed over at all, so it may be
    NOT_KNOWN = "not-known"  # handed over, and in no folder


@dataclass(frozen=True, slots=True, repr=False)
class Elsewhere:
    """A sending that MESH is not known to have. ``sentence`` says why, ``code`` is MESH's where it refused."""

    where: Where
    sentence: str = ""
    code: str = ""


WITH_CLIENT = Elsewhere(Where.WITH_CLIENT)
COLLECTED_REPORT, TAKEN_REPORT = "COLLECT", "TRANSFER"
"""``status_code`` of reports that tell no fault: the recipient collected a message, MESH took it."""


class ItemKind(StrEnum):
    """The content of the inbox."""

    DATA = "DATA"
    REPORT = "REPORT"


@dataclass(frozen=True, slots=True, repr=False)
class InboxItem:
    """One thing fetched from the inbox. ``linked_id`` of a REPORT: the MESH id of what it is about."""

    mesh_id: str
    kind: ItemKind
    workflow: str
    sender: str
    body: bytes
    local_id: str = ""
    linked_id: str = ""
    status_code: str = ""
    status_text: str = ""
    received_at: datetime | None = None
