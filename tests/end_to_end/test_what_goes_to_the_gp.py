"""The tag at each question is true: what it calls sent changes the message, what is kept here does not."""

from typing import Any

import pytest

from digmed_desktop.clinical.vaccination import read
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.message import MessageFrame, draft_xml
from digmed_desktop.messaging.sending import Kind
from tests.clinical.examples import AGREED, FIELDS, NOW, flu, pharmacy, reading, vaccinator
from tests.clinical.other_answers import NEEDS, OTHER_ANSWERS

SWITCHES = {"practice.registered"}
"""Questions whose own answer is kept here and that decide whether others are asked at all."""


def message(**changes: str) -> str:
    frame = MessageFrame(
        edition=default_for(Kind.VACCINATION), mailbox="", now=NOW, new_id=lambda: "", sender_reference=""
    )
    return draft_xml(reading(**changes).record, frame)


@pytest.mark.parametrize("field", [one for one in FIELDS if one not in SWITCHES])
def test_an_answer_is_in_the_message_if_and_only_if_its_tag_says_so(field: str) -> None:
    needed: dict[str, Any] = NEEDS.get(field, {})
    other = OTHER_ANSWERS.get(field, "yes")
    changed = message(**needed) != message(**{**needed, field: other})
    assert changed is FIELDS[field].to_gp


def test_the_examples_are_what_the_message_is_made_from() -> None:
    empty = read({}, programme=flu(), pharmacy=pharmacy(), vaccinator=vaccinator(), now=NOW, agreed=AGREED)
    assert empty.problems
    assert "9990123020" in message()
