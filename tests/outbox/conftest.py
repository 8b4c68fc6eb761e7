"""A pharmacy with a store and a delivery, against a MESH in a folder."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.fhir.response_reader import response_reader
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.sending import FrozenMessage
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow, Story
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.marks import Mark, unheeded
from digmed_desktop.outbox.policy import Policy
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACIST, START, facts, local_id, message, token
from tests.outbox.doubles import PAGE, FolderClock, FolderMesh, FolderTransport, understand


@dataclass
class Pharmacy:
    """Everything on one PC."""

    store: Store
    mesh: FolderMesh
    clock: FolderClock
    transport: FolderTransport
    delivery: Delivery
    marks: list[Mark]
    ada: int

    def freeze(self, **changes: Any) -> tuple[int, FrozenMessage]:
        """Keep a message whose payload is its own message id, so that the practice can name it."""
        message_id = str(uuid.uuid4())
        payload = message_id.encode()
        sent = replace(
            message(), message_id=message_id, payload=payload, sha256=hashlib.sha256(payload).hexdigest()
        )
        of = replace(facts(), **changes)
        made = self.store.notifications.freeze(None, "{}", of, sent, local_id(), self.ada, token=token())
        return made, sent

    def sent_before(self) -> None:
        """Have MESH take a message to another practice, so that its look-up can be tried on one."""
        self.transport.practices = (*self.transport.practices, "Y99900")
        self.transport.mailboxes["Y99900"] = "ELSEWHERE"
        self.freeze(practice_ods="Y99900")
        self.run()
        self.transport.calls.clear()
        self.marks.clear()

    def run(self, times: int = 1, **moving: float) -> None:
        for _ in range(times):
            if moving:
                self.clock.move(**moving)
            self.delivery.run_once()

    def state(self, of: int) -> State:
        return self.store.notifications.row(of).state

    def row(self, of: int) -> NotificationRow:
        return self.store.notifications.row(of)

    def story(self, of: int) -> Story:
        return self.store.notifications.story(of)

    def happenings(self, of: int) -> list[str]:
        return [e.happening for e in self.story(of).events]


def delivery_of(
    store: Store, transport: FolderTransport, clock: FolderClock, marks: list[Mark], **more: Any
) -> Delivery:
    return Delivery(
        store.deliveries,
        store.inbox,
        lambda: transport,
        more.pop("understand", understand),
        clock,
        Policy(page=PAGE),
        marks.append if marks is not None else unheeded,
        **more,
    )


@pytest.fixture
def pharmacy(tmp_path: Path) -> Iterator[Pharmacy]:
    folder = tmp_path / "mesh"
    folder.mkdir()
    clock = FolderClock(folder, START)
    mesh = FolderMesh(folder, clock)
    store = fresh_store(tmp_path / "data" / "digmed.db", KEY, clock)
    transport = FolderTransport(mesh)
    marks: list[Mark] = []
    delivery = delivery_of(store, transport, clock, marks)
    ada = store.people.add(PHARMACIST, "hash")
    yield Pharmacy(store, mesh, clock, transport, delivery, marks, ada)
    delivery.close()
    store.close()


@pytest.fixture
def real(pharmacy: Pharmacy) -> Iterator[Pharmacy]:
    """The pharmacy with the reader that is shipped."""
    read = response_reader(lambda: "FZZ99", "PHARMACY", pharmacy.clock)
    pharmacy.delivery.close()
    pharmacy.delivery = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [], understand=read)
    yield pharmacy
    pharmacy.delivery.close()
