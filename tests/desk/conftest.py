"""A pharmacy at the counter: a real store, real messages; only the way to MESH is written down by the tests."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.credentials.register_seal import VaultSeal
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.reference import roles
from digmed_desktop.settings.choices import Choices
from tests.clinical import supply_examples
from tests.clinical.examples import NOW, complete_answers
from tests.conftest import MemoryVault
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACY, MovedClock, answered
from tests.managing import as_manager

PHARMACIST = Professional(
    PersonName("Ada", "Okonkwo-Bright", "Ms"), roles.role("pharmacist").coded, Regulator.GPHC, "9999991"
)
TECHNICIAN = Professional(
    PersonName("Tom", "Abernathy"), roles.role("technician").coded, Regulator.GPHC, "2071235"
)
MATCHED = Meaning("30001", Happening.MATCHED, needs_person=False, happened="The patient was found.")


@dataclass
class Counter:
    """What a test does at the counter."""

    desk: Desk
    store: Store
    clock: MovedClock
    ada: int

    def record(self, **changes: str) -> int:
        """Send the complete vaccination, with other answers."""
        draft = uuid.uuid4().hex
        state = FormState(complete_answers(**changes))
        warnings = (p for p in self.desk.preview("vaccination", state).problems if p.needs_reason)
        reasons = {
            warning.reason_key: "It is a test" for warning in warnings
        }  # the same dose again and again
        sent = self.desk.send("vaccination", draft, replace(state, reasons=reasons), self.ada)
        assert sent.notification is not None, sent.problems
        return sent.notification

    def post(self, notification: int) -> None:
        """Let MESH take it."""
        local = self.store.notifications.story(notification).local_id
        assert self.store.deliveries.claim([local])
        self.store.deliveries.record(local, Happening.TAKEN, receipt=Receipt(f"M{notification}", "BOX1"))

    def answer(self, notification: int, meaning: Meaning = MATCHED) -> None:
        """Let the practice's system answer."""
        mesh_id = uuid.uuid4().hex
        workflow = self.store.notifications.row(notification).kind.answers_on
        self.store.inbox.keep(InboxItem(mesh_id, ItemKind.DATA, workflow, "BOX1", b"<Response/>"))
        assert answered(self.store, mesh_id, self.store.notifications.story(notification).message_id)
        self.store.inbox.apply_response(mesh_id, (meaning,), None)

    def sign(self, notification: int) -> None:
        """Let the person whom a record names sign it, where it waits for them."""
        if (unsigned := self.store.signatures.one(notification)) is not None:
            self.store.signatures.sign([notification], unsigned.signer_id)

    def state(self, notification: int) -> State:
        return self.store.notifications.row(notification).state

    def acts(self, notification: int) -> set[str]:
        return {offer.act.value for offer in self.desk.acts.offered(notification)}


def no_delivery(_store: Store) -> DeliveryRounds:
    raise AssertionError("nothing is delivered in these tests")


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    clock = MovedClock(NOW)
    store = fresh_store(tmp_path / "data" / "digmed.db", KEY, clock)
    store.profile.save_pharmacy(PHARMACY)
    ada = store.people.add(PHARMACIST, "slow-hash")
    choices = Choices()
    desk = Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FQF01OT001", choices.now),
        choices=choices,
        make_delivery=no_delivery,
        folder=tmp_path,
    )
    with as_manager(store):
        yield Counter(desk, store, clock, ada)
    store.close()


@pytest.fixture
def shop(tmp_path: Path, memory_vault: MemoryVault) -> Iterator[Counter]:
    clock = MovedClock(supply_examples.NOW)
    store = fresh_store(tmp_path / "data" / "digmed.db", KEY, clock)
    store.profile.save_pharmacy(supply_examples.PHARMACY)
    amira = store.people.add(supply_examples.PHARMACIST, "slow-hash")
    store.people.add(TECHNICIAN, "slow-hash")
    desk = Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FX999OT001"),
        make_delivery=no_delivery,
        folder=tmp_path,
        seal=VaultSeal(memory_vault),
    )
    with as_manager(store):
        yield Counter(desk, store, clock, amira)
    store.close()
