"""Hold what every part of one message shares: the frame that it is made in, its ids, and the contact that it reports."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from digmed_desktop.clinical.record import PersonName
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.edition import Edition


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageFrame:
    """The inputs of a message besides the record.

    ``mailbox`` is the pharmacy's MESH mailbox, ``now`` the moment of making (with an offset), ``new_id`` gives
    lower-case UUIDs, ``sender_reference`` identifies the notification here, ``version`` counts replacements from 1.
    """

    edition: Edition
    mailbox: str
    now: datetime
    new_id: Callable[[], str]
    sender_reference: str
    version: int = 1
    replaces: Replaces | None = None
    send_receiver: bool = True

    @property
    def withdrawn(self) -> bool:
        """Whether the message takes an earlier one back."""
        return self.replaces is not None and self.replaces.withdrawn


@dataclass(frozen=True, slots=True, repr=False)
class Ids:
    """The ids that every message has, in the order in which they are asked for."""

    bundle: str
    header: str
    sender: str
    receiver: str
    document: str
    composition: str
    encounter: str
    patient: str
    practice: str
    pharmacy: str
    clinician: str

    @classmethod
    def drawn(cls, new_id: Callable[[], str]) -> Self:
        """Return new ids."""
        return cls(*(new_id() for _ in fields(cls)))


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """The contact with the pharmacy, as the resources about it refer to it; an id is "" where there is none."""

    patient_id: str
    patient_name: PersonName
    encounter_id: str
    clinician_id: str
    pharmacy_id: str
    at: datetime | None
    recorded: datetime | None
