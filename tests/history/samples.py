"""Fictional notifications for the tests of the store."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta

from digmed_desktop.clinical.record import Address, Coded, Organisation, PersonName, Professional, Regulator
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.answers import Understood
from digmed_desktop.messaging.sending import FrozenMessage, Kind
from digmed_desktop.messaging.story import Facts, Outcome

KEY = bytes(range(32))
START = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)  # a Friday


class MovedClock:
    """A clock that stands still until it is moved. ``set_by`` is by how much somebody set it, so that no time went by."""

    def __init__(self, at: datetime = START) -> None:
        self.at, self.set_by, self.started = at, timedelta(), "a start"

    def now(self) -> datetime:
        return self.at + self.set_by

    def running(self) -> float:
        return (self.at - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds()

    def start(self) -> str:
        return self.started

    def set(self, **by: float) -> None:
        self.set_by += timedelta(**by)

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


PHARMACY = Organisation(
    "Quillfeather Pharmacy", "FQF01", Address(("1 Test Parade",), "Testham", "ZZ99 3WZ"), "0000 000 001"
)
PRACTICE = Organisation("Test Meadows Surgery", "Y99901", Address(("2 Test Way",), "Testham", "ZZ99 3VZ"))
PHARMACIST = Professional(
    PersonName("Ada", "Okonkwo-Bright", "Ms"), Coded("Pharmacist", "46255001"), Regulator.GPHC, "9999991"
)


def facts(n: int = 0, name: str = "O'FENNIMORE, Wilhelmina") -> Facts:
    return Facts(
        kind=Kind.VACCINATION,
        patient_name=name,
        nhs_number="9991234553",
        what="Influenza vaccine",
        batch=f"B{n:04}",
        practice_name=PRACTICE.name,
        practice_ods=PRACTICE.ods_code,
        by="Ms Ada Okonkwo-Bright",
        contact_at=START,
        outcome=Outcome.GIVEN,
    )


def message(text: str = "<Bundle>O'Fennimore 9991234553 27 Quillfeather Lane</Bundle>") -> FrozenMessage:
    payload = text.encode()
    return FrozenMessage(
        kind=Kind.VACCINATION,
        edition="test",
        payload=payload,
        sha256=hashlib.sha256(payload).hexdigest(),
        bundle_id=str(uuid.uuid4()),
        message_id=str(uuid.uuid4()),
        document_id=str(uuid.uuid4()),
        composition_id=str(uuid.uuid4()),
        sender_reference=str(uuid.uuid4()),
        subject="Vaccination notification for Wilhelmina O'Fennimore, NHS Number: 9991234553",
        made_at=START,
    )


def local_id() -> str:
    return f"{PHARMACY.ods_code}_{uuid.uuid4().hex}"


def token() -> str:
    return uuid.uuid4().hex


def names(message_id: str) -> Understood:
    """Return a response, read, that names a message."""
    return Understood("response", message_id, "", ())


def answered(store: Store, mesh_id: str, message_id: str, mailbox: str = "BOX1") -> bool:
    """Place a stored response to a message; a look-up gave ``mailbox`` for the practice just now."""
    placed = store.inbox.place_response(mesh_id, names(message_id), timedelta(days=5), also={mailbox})
    return placed.matched
