"""A response whose sender could not read the id of our message."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digmed_desktop.fhir.response_reader import response_reader
from digmed_desktop.fhir.responses import UNREADABLE_ORIGINAL, write_response
from digmed_desktop.messaging.states import Need, State
from tests.outbox.conftest import Pharmacy, delivery_of
from tests.outbox.doubles import OURS, THEIRS

ACK = "DIGMED_FLU_VAC_ACK"


def response(message_id: str, code: str) -> bytes:
    return write_response(
        response_to=message_id,
        code=code,
        sender_ods="Y99901",
        mailbox="X26OT001",
        now=datetime(2026, 11, 24, tzinfo=UTC),
        new_id=lambda: str(uuid.uuid4()),
    )


@pytest.fixture
def reading(pharmacy: Pharmacy) -> Iterator[Pharmacy]:
    """The pharmacy, with the reader of responses that is shipped."""
    read = response_reader(lambda: "FZZ99", "PHARMACY", pharmacy.clock)
    pharmacy.delivery.close()
    pharmacy.delivery = delivery_of(pharmacy.store, pharmacy.transport, pharmacy.clock, [], understand=read)
    yield pharmacy
    pharmacy.delivery.close()


def sent(pharmacy: Pharmacy) -> int:
    made, _ = pharmacy.freeze()
    pharmacy.run()
    assert pharmacy.state(made) is State.SENT
    return made


def unreadable(pharmacy: Pharmacy, sender: str = THEIRS, body: bytes = b"") -> str:
    mesh_id = pharmacy.mesh.put(
        OURS, body or response(UNREADABLE_ORIGINAL, "10009"), workflow=ACK, sender=sender
    )
    pharmacy.run(minutes=6)
    return mesh_id


def test_it_is_probably_about_the_only_message_sent_to_that_practice(reading: Pharmacy) -> None:
    made = sent(reading)
    unreadable(reading)
    assert (reading.state(made), reading.row(made).need) == (State.REJECTED, Need.ANSWERED)
    assert "probably" in reading.story(made).events[-1].note.lower()
    assert [m for m in reading.mesh.messages(OURS) if not m["collected"]] == []


def test_the_published_example_asks_a_person(reading: Pharmacy, shared: Path) -> None:
    made = sent(reading)
    unreadable(
        reading, body=(shared / "cases/responses/10009-unreadable-in-original-message.xml").read_bytes()
    )
    assert (reading.state(made), reading.row(made).need) == (State.REJECTED, Need.ANSWERED)


@pytest.mark.parametrize("why", ["two", "answered", "long ago", "stranger", "another one waits"])
def test_where_it_is_not_certain_a_person_is_asked_and_nothing_is_claimed(
    reading: Pharmacy, why: str
) -> None:
    made = sent(reading)
    before = State.SENT
    if why == "two":
        sent(reading)
    elif why == "answered":
        body = response(reading.story(made).message_id, "20013")
        reading.mesh.put(OURS, body, workflow=ACK, sender=THEIRS)
        before = State.ACCEPTED
    elif why == "long ago":
        reading.run(days=6)
        before = reading.state(made)
    elif why == "another one waits":
        unreadable(reading, body=b"<html>")
    unreadable(reading, sender="SOMEBODYELSE" if why == "stranger" else THEIRS)
    assert reading.state(made) is before
    (notice,) = (text for text in reading.delivery.standing().notices if "could not be given" in text)
    assert "person" in notice
    assert reading.store.replies.open(9)
    assert not any("Another program" in text for text in reading.delivery.standing().notices)


def test_an_answer_that_names_a_message_of_another_program_is_said_to_be_its(reading: Pharmacy) -> None:
    sent(reading)
    unreadable(reading, body=response(str(uuid.uuid4()), "30001"))
    (notice,) = reading.delivery.standing().notices
    assert notice.startswith("Another program uses this mailbox: 1 ")
