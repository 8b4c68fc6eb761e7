"""What a response says reaches the person, also where it says nothing that the program knows."""

from datetime import UTC, datetime
from itertools import count

from lxml import etree

from digmed_desktop.fhir.response_reader import response_reader
from digmed_desktop.fhir.responses import write_response
from digmed_desktop.messaging.states import Happening, Need, Standing, State, judge
from tests.history.samples import MovedClock

FHIR = "{http://hl7.org/fhir}"


def test_a_response_without_any_code_is_not_passed_over() -> None:
    ids = count(1)
    whole = etree.fromstring(
        write_response(
            response_to="11111111-2222-4333-8444-555555555555",
            code="20009",
            sender_ods="Y99901",
            mailbox="X9GP01OT001",
            now=datetime(2026, 11, 24, tzinfo=UTC),
            new_id=lambda: f"00000000-0000-4000-8000-{next(ids):012d}",
            sender_reference="11111111-2222-4333-8444-666666666666",
            receiver_ods="FQF01",
        )
    )
    for outcome in list(whole.iter(f"{FHIR}OperationOutcome")):
        for issue in list(outcome):
            outcome.remove(issue)
    understood = response_reader(lambda: "FQF01", "X9TESTOT001", MovedClock())(etree.tostring(whole))
    assert understood.answers_message_id == "11111111-2222-4333-8444-555555555555"
    (meaning,) = understood.meanings
    assert meaning.sentence
    after = judge(Standing(State.SENT), meaning.happening, meaning.code, asks=meaning.needs_person)
    assert after.need is Need.ANSWERED
    assert meaning.happening not in (Happening.ACCEPTED, Happening.MATCHED), "never shown as success"
