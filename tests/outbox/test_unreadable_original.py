"""A response whose sender could not read the id of our message."""

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digmed_desktop.fhir.responses import UNREADABLE_ORIGINAL, write_response
from digmed_desktop.messaging.states import Need, State
from tests.outbox.conftest import Pharmacy
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


def test_it_is_probably_about_the_only_message_sent_to_that_practice(real: Pharmacy) -> None:
    made = sent(real)
    unreadable(real)
    assert (real.state(made), real.row(made).need) == (State.REJECTED, Need.ANSWERED)
    assert "probably" in real.story(made).events[-1].note.lower()
    assert [m for m in real.mesh.messages(OURS) if not m["collected"]] == []


def test_the_published_example_asks_a_person(real: Pharmacy, shared: Path) -> None:
    made = sent(real)
    unreadable(real, body=(shared / "cases/responses/10009-unreadable-in-original-message.xml").read_bytes())
    assert (real.state(made), real.row(made).need) == (State.REJECTED, Need.ANSWERED)


@pytest.mark.parametrize("why", ["two", "answered", "long ago", "stranger", "another one waits"])
def test_where_it_is_not_certain_a_person_is_asked_and_nothing_is_claimed(real: Pharmacy, why: str) -> None:
    made = sent(real)
    before = State.SENT
    if why == "two":
        sent(real)
    elif why == "answered":
        body = response(real.story(made).message_id, "20013")
        real.mesh.put(OURS, body, workflow=ACK, sender=THEIRS)
        before = State.ACCEPTED
    elif why == "long ago":
        real.run(days=6)
        before = real.state(made)
    elif why == "another one waits":
        unreadable(real, body=b"<html>")
    unreadable(real, sender="SOMEBODYELSE" if why == "stranger" else THEIRS)
    assert real.state(made) is before
    (notice,) = (text for text in real.delivery.standing().notices if "could not be matched" in text)
    assert "decide under Replies" in notice
    assert real.store.replies.open(9)
    assert not any("Another program" in text for text in real.delivery.standing().notices)


def test_an_answer_that_names_a_message_of_another_program_is_said_to_be_its(real: Pharmacy) -> None:
    sent(real)
    unreadable(real, body=response(str(uuid.uuid4()), "30001"))
    (notice,) = real.delivery.standing().notices
    assert notice.startswith("Another program uses this mailbox: 1 ")
