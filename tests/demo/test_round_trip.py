"""From the store by outbox and mesh-client to the practice MESH, and the practices' answers back to it."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digmed_desktop.demo.session import PracticeMesh
from digmed_desktop.demo.world import FictionalPatient
from digmed_desktop.fhir.response_reader import response_reader
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.sending import FrozenMessage, Kind, Receipt, Sending
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.messaging.story import Facts, NotificationRow, Outcome, QueueStanding
from digmed_desktop.outbox.engine import Delivery
from digmed_desktop.outbox.policy import Policy
from tests.demo.messages import WORLD, message_about, shows
from tests.fhir.records import PHARMACIST
from tests.history.fresh import fresh_store

pytestmark = pytest.mark.timeout(600)

AT_ONCE = timedelta(0)
POLICY = replace(
    Policy.practice(),
    grace=timedelta(seconds=1),
    look_up_every=timedelta(milliseconds=50),
    back_off=(timedelta(milliseconds=50),),
    try_account_every=timedelta(milliseconds=200),
    poll_every=AT_ONCE,
    track_after=AT_ONCE,
    track_every=timedelta(seconds=1),
    overdue_every=AT_ONCE,
)


class Recording(MeshTransport):
    """The real transport, which keeps what it sent."""

    sent: list[tuple[Sending, Receipt]]

    def send(self, sending: Sending) -> Receipt:
        receipt = super().send(sending)
        self.sent.append((sending, receipt))
        return receipt


class Pharmacy:
    """The whole of delivery over a real store, as the program puts it together."""

    def __init__(self, mesh: PracticeMesh, folder: Path) -> None:
        self.mesh = mesh
        self.store = fresh_store(folder / "digmed.db", bytes(range(32)), mesh.clock)
        self.sent: list[tuple[Sending, Receipt]] = []
        mailbox = WORLD.pharmacy_mailbox
        understand = response_reader(lambda: WORLD.pharmacy.ods_code, mailbox, mesh.clock)
        self.delivery = Delivery(
            self.store.deliveries, self.store.inbox, self._connect, understand, mesh.clock, POLICY
        )

    def _connect(self) -> MeshTransport:
        transport = Recording(self.mesh.account(), timeout=(10, 60))
        transport.sent = self.sent
        return transport

    def note(self, who: FictionalPatient, message: FrozenMessage | None = None, **more: object) -> int:
        """Freeze a vaccination of a patient, to be sent."""
        frozen = message or message_about(who)
        facts = Facts(
            kind=Kind.VACCINATION,
            patient_name=who.patient.name.as_on_record(),
            nhs_number=who.patient.nhs_number,
            what="Influenza vaccine",
            batch="PRAC26A1",
            practice_name=who.practice.organisation.name,
            practice_ods=who.practice.ods_code,
            by="Ms Amara Lindqvist",
            contact_at=self.mesh.clock.now(),
            outcome=Outcome.GIVEN,
        )
        token = uuid.uuid4().hex
        local_id = f"{WORLD.pharmacy.ods_code}_{token}"
        return self.store.notifications.freeze(
            None, "{}", facts, frozen, local_id, None, token=token, **more  # type: ignore[arg-type]
        )  # fmt: skip

    def row(self, number: int) -> NotificationRow:
        return self.store.notifications.row(number)

    def happenings(self, number: int) -> list[str]:
        return [event.happening for event in self.store.notifications.story(number).events]

    def until(self, done: Callable[[], bool], within: float = 120.0) -> QueueStanding:
        """Let delivery go on until something is so."""
        deadline = time.monotonic() + within
        standing = self.delivery.run_once()
        while not done():
            assert time.monotonic() < deadline, f"it stays so: {standing}"
            time.sleep(0.2)
            standing = self.delivery.run_once()
        return standing

    def settle(self, number: int, state: State) -> NotificationRow:
        self.until(lambda: self.row(number).state is state)
        return self.row(number)


@pytest.fixture(scope="module")
def mesh() -> Iterator[PracticeMesh]:
    with PracticeMesh.start(None, answer_after=0.0) as running:
        yield running


@pytest.fixture
def pharmacy(mesh: PracticeMesh, tmp_path: Path) -> Iterator[Pharmacy]:
    made = Pharmacy(mesh, tmp_path)
    yield made
    made.delivery.close()
    made.store.close()
    mesh.go_offline(0)
    mesh.refuse(0)
    mesh.lose_answers(0)
    mesh.behave("")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("behaviour", "state", "needs_person"),
    [
        ("matched", State.MATCHED, False),
        ("deceased", State.MATCHED, True),
        ("not-known", State.NOT_KNOWN_THERE, True),
        ("no-longer", State.NO_LONGER_THERE, True),
        ("rejected", State.REJECTED, True),
        ("already-held", State.ALREADY_HELD, True),
        ("not-found", State.NOT_DELIVERED, True),
        ("details-differ", State.NOT_DELIVERED, True),
        ("no-route", State.NOT_DELIVERED, True),
    ],
)
def test_each_patient_ends_in_a_true_state(
    pharmacy: Pharmacy, behaviour: str, state: State, needs_person: bool
) -> None:
    number = pharmacy.note(shows(behaviour))
    assert pharmacy.row(number).state is State.WAITING
    row = pharmacy.settle(number, state)
    assert row.needs_person is needs_person
    assert len(pharmacy.sent) == (0 if behaviour == "no-route" else 1)


def test_a_matched_one_went_through_every_step(pharmacy: Pharmacy) -> None:
    number = pharmacy.note(shows("matched"))
    pharmacy.settle(number, State.MATCHED)
    seen = [one for one in pharmacy.happenings(number) if one != Happening.PICKED_UP]
    expected = [Happening.FROZEN, Happening.CLAIMED, Happening.TAKEN, Happening.ACCEPTED, Happening.MATCHED]
    assert seen == expected
    story = pharmacy.store.notifications.story(number)
    assert [one.outgoing for one in story.messages] == [True, False, False]
    assert story.mesh_id == pharmacy.sent[0][1].mesh_id


def test_an_answer_that_is_owed_is_sent_and_collected(pharmacy: Pharmacy, mesh: PracticeMesh) -> None:
    number = pharmacy.note(shows("matched-asks-answer"))
    pharmacy.settle(number, State.MATCHED)
    pharmacy.until(lambda: len(pharmacy.sent) == 2)
    sending, receipt = pharmacy.sent[1]
    assert sending.workflow == "DIGMED_FLU_VAC_ACK"
    assert receipt.recipient == shows("matched-asks-answer").practice.mailbox
    mesh.make_round()
    transport = MeshTransport(mesh.account())
    assert transport.collected(receipt.mesh_id)
    transport.close()


@pytest.mark.slow
def test_silence_needs_a_person_in_the_end(pharmacy: Pharmacy, mesh: PracticeMesh) -> None:
    silent, accepted = pharmacy.note(shows("silent")), pharmacy.note(shows("accepted-only"))
    pharmacy.settle(accepted, State.ACCEPTED)
    pharmacy.settle(silent, State.COLLECTED)
    assert not pharmacy.row(silent).needs_person
    mesh.move_clock(days=12)
    for number in (silent, accepted):
        assert pharmacy.settle(number, State.NO_ANSWER).needs_person


@pytest.mark.slow
def test_what_is_not_collected_is_reported_and_matched_when_sent_again(
    pharmacy: Pharmacy, mesh: PracticeMesh
) -> None:
    number = pharmacy.note(shows("not-collected"))
    pharmacy.until(lambda: len(pharmacy.sent) == 1)
    mesh.make_round()
    assert pharmacy.row(number).state is State.SENT
    mesh.move_clock(days=5)
    assert pharmacy.settle(number, State.NOT_DELIVERED).needs_person
    person = pharmacy.store.people.add(PHARMACIST, "the hash of a PIN")
    local_id = f"{WORLD.pharmacy.ods_code}_{uuid.uuid4().hex}"
    pharmacy.store.notifications.send_again(number, person, local_id)
    pharmacy.settle(number, State.MATCHED)
    first, second = (sending for sending, _ in pharmacy.sent)
    assert first.payload == second.payload
    assert first.local_id != second.local_id


@pytest.mark.slow
def test_nothing_is_lost_while_mesh_is_out_of_reach(pharmacy: Pharmacy, mesh: PracticeMesh) -> None:
    mesh.go_offline(600)
    numbers = [pharmacy.note(shows("matched")) for _ in range(3)]
    standing = pharmacy.delivery.run_once()
    assert standing.connected is False
    assert "cannot be reached" in standing.stopped_because
    assert standing.waiting == 3
    mesh.go_offline(0)
    pharmacy.until(lambda: all(pharmacy.row(one).state is State.MATCHED for one in numbers))
    assert len(pharmacy.sent) == 3


def test_an_answer_that_is_lost_is_looked_up_and_nothing_goes_out_twice(
    pharmacy: Pharmacy, mesh: PracticeMesh
) -> None:
    mesh.lose_answers(1)
    number = pharmacy.note(shows("matched"))
    pharmacy.delivery.run_once()
    assert pharmacy.row(number).state is State.CHECKING
    pharmacy.settle(number, State.MATCHED)
    happened = pharmacy.happenings(number)
    assert Happening.OUTCOME_UNKNOWN in happened
    assert Happening.DUPLICATE not in happened
    assert happened.count(Happening.CLAIMED) == 1


@pytest.mark.slow
def test_a_refused_account_stops_the_queue_and_no_notification_fails(
    pharmacy: Pharmacy, mesh: PracticeMesh
) -> None:
    mesh.refuse(600)
    number = pharmacy.note(shows("matched"))
    standing = pharmacy.delivery.run_once()
    assert "password" in standing.stopped_because
    assert standing.remedy
    assert pharmacy.row(number).state is State.WAITING
    mesh.refuse(0)
    pharmacy.settle(number, State.MATCHED)


def test_a_correction_replaces_what_was_filed(pharmacy: Pharmacy) -> None:
    who = shows("matched")
    first = pharmacy.note(who)
    pharmacy.settle(first, State.MATCHED)
    correction = pharmacy.store.notifications.correction(first)
    message = message_about(who, replaces=correction.composition_id)
    second = pharmacy.note(who, message, correction=correction)
    pharmacy.settle(second, State.MATCHED)
    pharmacy.settle(first, State.REPLACED)
