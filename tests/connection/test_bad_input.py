"""Whatever the line or the mailbox brings: a true state, a sentence, and nothing lost or sent twice once it is mended.

The whole of delivery over real records and the real transport, against the strict MESH.
"""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from digmed_desktop.desk.upkeep.opening import make_delivery
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.sending import Sending, new_local_id
from digmed_desktop.messaging.states import Need, State
from digmed_desktop.messaging.story import QueueStanding
from tests.connection.conftest import Counter
from tests.history.samples import facts, message, token
from tests.long.registry import sized
from tests.mesh.strict_mesh import PASSWORD, PHARMACY, PRACTICE, SHARED_KEY, StrictMesh, Way
from tests.outbox.doubles import response, understand

SEND = f"POST /messageexchange/{PHARMACY}/outbox$"
PAGE = {"headers": {"content-type": "text/html"}, "body": b"<html>Sign in to the network</html>"}


@dataclass
class Pharmacy:
    """A counter, its delivery, and a practice that collects and answers."""

    counter: Counter
    mesh: StrictMesh
    delivery: DeliveryRounds
    practice: MeshTransport

    def freeze(self) -> int:
        self.message_id = str(uuid.uuid4())
        body = self.message_id.encode()
        made = replace(
            message(), message_id=self.message_id, payload=body, sha256=hashlib.sha256(body).hexdigest()
        )
        return self.counter.store.notifications.freeze(
            None, "{}", facts(), made, new_local_id("FQF01"), None, token=token()
        )

    def run(self, **moving: float) -> QueueStanding:
        self.counter.clock.move(**moving)
        return self.delivery.run_once()

    def state(self, of: int) -> State:
        return self.counter.store.notifications.row(of).state

    def arrived(self) -> int:
        return len(self.mesh.stored(PRACTICE))

    def answer(self, body: bytes, times: int = 1) -> None:
        for _ in range(times):
            self.practice.send(
                Sending(0, new_local_id("Y99901"), "DIGMED_FLU_VAC_ACK", "", "", body, recipient=PHARMACY)
            )

    def again(self) -> None:
        """Build the delivery anew, as after a change of the connection."""
        self.delivery.close()
        self.delivery = _delivery(self.counter)


def _delivery(counter: Counter) -> DeliveryRounds:
    clock = counter.clock
    return make_delivery(
        counter.store,
        counter.connection,
        clock,
        mailbox=lambda: PHARMACY,
        elapsed=lambda: clock.now().timestamp(),
    )


@pytest.fixture
def pharmacy(counter: Counter, mesh: StrictMesh, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pharmacy]:
    monkeypatch.setattr("digmed_desktop.fhir.response_reader.response_reader", lambda *_: understand)
    mesh.register("Y99901", "DIGMED_FLU_VAC", [PRACTICE])
    counter.set_up(mesh.url)
    from digmed_desktop.mesh.account import MeshAccount

    practice = MeshTransport(MeshAccount(mesh.url, PRACTICE, PASSWORD, SHARED_KEY))
    made = Pharmacy(counter, mesh, _delivery(counter), practice)
    yield made
    made.delivery.close()
    practice.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "its password or the shared key"),
        ({"shared_key": "wrong"}, "its password or the shared key"),
        ({"mailbox": "X9NOBODY"}, "its password or the shared key"),
    ],
)
def test_a_wrong_account_stops_the_queue_and_mending_it_lets_all_go_out_once(
    pharmacy: Pharmacy, change: dict[str, str], words: str
) -> None:
    made = [pharmacy.freeze() for _ in range(3)]
    pharmacy.counter.set_up(pharmacy.mesh.url, **change)
    pharmacy.again()
    standing = pharmacy.run()
    assert words in standing.stopped_because
    assert "Settings, Connection" in standing.remedy
    assert [pharmacy.state(of) for of in made] == [State.WAITING] * 3
    assert standing.needs_person == 0
    pharmacy.counter.set_up(pharmacy.mesh.url)
    pharmacy.again()
    standing = pharmacy.run()
    assert (standing.stopped_because, standing.waiting) == ("", 0)
    assert [pharmacy.state(of) for of in made] == [State.SENT] * 3
    assert pharmacy.arrived() == 3


def test_a_mailbox_in_small_letters_is_told_with_its_right_form(pharmacy: Pharmacy) -> None:
    pharmacy.counter.choices.change(mailbox=PHARMACY.lower())  # by hand, in the file
    pharmacy.again()
    of = pharmacy.freeze()
    standing = pharmacy.run()
    assert "capital letters" in standing.stopped_because
    assert PHARMACY in standing.remedy
    assert pharmacy.state(of) is State.WAITING


def test_an_expired_certificate_stops_the_queue_before_mesh_is_asked(
    pharmacy: Pharmacy, authority, tmp_path: Path
) -> None:
    import json

    old = authority.issue("X9TEST1.FQF01.api.mesh-client.nhs.uk", start=-400, days=-1)
    kept = {"chain": old.pem.decode(), "key": old.key_pem.decode()}
    pharmacy.counter.store.profile.put("mesh.certificate", json.dumps(kept))  # it was good when it was chosen
    pharmacy.again()
    of = pharmacy.freeze()
    pharmacy.mesh.calls.clear()
    standing = pharmacy.run()
    assert "expired on" in standing.stopped_because
    assert pharmacy.state(of) is State.WAITING
    assert pharmacy.mesh.calls == []


def test_a_clock_three_hours_off(pharmacy: Pharmacy) -> None:
    of = pharmacy.freeze()
    pharmacy.mesh.clock_offset = timedelta(hours=3)
    standing = pharmacy.run()
    assert "clock is 3.0 hours slow" in standing.stopped_because
    assert pharmacy.state(of) is State.WAITING
    pharmacy.mesh.clock_offset = timedelta()
    pharmacy.run(minutes=16)
    assert (pharmacy.state(of), pharmacy.arrived()) == (State.SENT, 1)


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize("at", [SEND, f"POST /messageexchange/{PHARMACY}$"])
def test_a_sign_in_page_of_a_network(pharmacy: Pharmacy, status: int, at: str) -> None:
    pharmacy.freeze()
    pharmacy.run()  # MESH has taken one before: its look-up can be tried on that
    of = pharmacy.freeze()
    pharmacy.counter.clock.move(hours=25)  # the handshake is due again
    pharmacy.mesh.fail(at, Way.ANSWER, status=status, times=3, **PAGE)
    standing = pharmacy.run()
    assert "answered in its place" in standing.stopped_because
    unknown = at == SEND  # it may have been passed on: looked up before anything else
    assert pharmacy.state(of) is (State.CHECKING if unknown else State.WAITING)
    pharmacy.mesh.faults.clear()
    for _ in range(3):
        pharmacy.run(minutes=16)
    assert (pharmacy.state(of), pharmacy.arrived()) == (State.SENT, 2)


def test_a_proxy_that_asks_for_a_password(pharmacy: Pharmacy) -> None:
    of = pharmacy.freeze()
    pharmacy.mesh.fail(SEND, Way.ANSWER, status=407, body=b"")
    standing = pharmacy.run()
    assert "proxy asks for a name and a password" in standing.stopped_because
    assert pharmacy.state(of) is State.WAITING
    pharmacy.run(minutes=16)
    assert pharmacy.state(of) is State.SENT


def test_429_is_waited_for_as_long_as_it_says(pharmacy: Pharmacy) -> None:
    of = pharmacy.freeze()
    pharmacy.mesh.fail(SEND, Way.ANSWER, status=429, headers={"retry-after": "120"})
    standing = pharmacy.run()
    assert "asks to wait" in standing.stopped_because
    assert pharmacy.state(of) is State.WAITING
    before = len(pharmacy.mesh.calls)
    pharmacy.run(seconds=100)
    assert len(pharmacy.mesh.calls) == before
    pharmacy.run(seconds=30)
    assert (pharmacy.state(of), pharmacy.arrived()) == (State.SENT, 1)


def test_a_truncated_download_is_taken_again(pharmacy: Pharmacy) -> None:
    of = pharmacy.freeze()
    pharmacy.run()
    pharmacy.answer(response(pharmacy.message_id, "20013"))
    pharmacy.mesh.fail(f"GET /messageexchange/{PHARMACY}/inbox/.", Way.TRUNCATE, times=3)
    standing = pharmacy.run(minutes=6)
    assert standing.stopped_because
    assert pharmacy.state(of) is State.SENT
    pharmacy.mesh.faults.clear()
    pharmacy.run(minutes=6)
    assert pharmacy.state(of) is State.ACCEPTED


def test_a_report_for_a_message_we_never_sent_is_kept_and_changes_nothing(pharmacy: Pharmacy) -> None:
    import asyncio

    of = pharmacy.freeze()
    pharmacy.run()
    asyncio.run_coroutine_threadsafe(
        pharmacy.mesh.admin_report(
            PHARMACY,
            code="14",
            workflow_id="DIGMED_FLU_VAC",
            status="undeliverable",
            description="Not collected",
            subject="x",
            linked_message_id="0" * 32,
            local_id="NOT_OURS",
        ),
        pharmacy.mesh._loop,
    ).result(30)
    pharmacy.run(minutes=6)
    (kept,) = pharmacy.counter.store.inbox.to_do()
    assert (kept.matched, kept.acknowledged) == (False, False)
    assert pharmacy.state(of) is State.SENT


def test_a_response_to_another_program_is_left_there_and_shown(pharmacy: Pharmacy) -> None:
    of = pharmacy.freeze()
    pharmacy.run()
    pharmacy.answer(response(str(uuid.uuid4()), "30001"))
    standing = pharmacy.run(minutes=6)
    assert [one for one in standing.notices if "Another program uses this mailbox" in one]
    assert pharmacy.counter.connection.view().strangers == 1
    assert pharmacy.state(of) is State.SENT
    assert [one.status for one in pharmacy.mesh.stored(PHARMACY)] == ["accepted"]


def test_a_response_that_arrives_twice_counts_once(pharmacy: Pharmacy) -> None:
    of = pharmacy.freeze()
    pharmacy.run()
    pharmacy.answer(response(pharmacy.message_id, "20013"), times=2)
    pharmacy.answer(response(pharmacy.message_id, "30001"), times=2)
    pharmacy.run(minutes=6)
    row = pharmacy.counter.store.notifications.row(of)
    assert (row.state, row.need) == (State.MATCHED, Need.NOBODY)
    assert all(one.status == "acknowledged" for one in pharmacy.mesh.stored(PHARMACY))


def test_what_cannot_be_read_is_kept_and_does_not_hold_up_the_rest(pharmacy: Pharmacy) -> None:
    of = pharmacy.freeze()
    pharmacy.run()
    pharmacy.answer(b"\x00 no response at all")
    pharmacy.answer(response(pharmacy.message_id, "20013"))
    pharmacy.run(minutes=6)
    assert pharmacy.state(of) is State.ACCEPTED
    (kept,) = pharmacy.counter.store.replies.open(9)
    assert kept.trouble


@pytest.mark.parametrize("many", [40, pytest.param(sized(5000, 300), marks=pytest.mark.slow)])
@pytest.mark.timeout(3000)
def test_many_messages_waiting_hide_none_of_ours(pharmacy: Pharmacy, many: int) -> None:
    """In full the last of 5,001 messages in the mailbox is ours: about two minutes."""
    of = pharmacy.freeze()
    pharmacy.run()
    for _ in range(many):
        pharmacy.answer(response(str(uuid.uuid4()), "20013"))
    pharmacy.answer(response(pharmacy.message_id, "20013"))
    standing = pharmacy.run(minutes=6)
    assert pharmacy.state(of) is State.ACCEPTED
    assert pharmacy.counter.connection.view().strangers == many
    assert standing.connected
    left = [one for one in pharmacy.mesh.stored(PHARMACY) if one.status == "accepted"]
    assert len(left) == many


def test_the_time_that_mesh_tells_is_known(pharmacy: Pharmacy) -> None:
    pharmacy.mesh.clock_offset = timedelta(hours=-1)
    pharmacy.run()
    behind = pharmacy.counter.clock.now() - pharmacy.counter.store.time.now()
    assert abs(behind - timedelta(hours=1)) < timedelta(minutes=1)
