"""Joins what ``fhir`` reads in a response to what the delivery needs to know of it."""

import uuid
from collections.abc import Callable

from digmed_desktop.messaging.answers import Meaning, Understand, Understood
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError

VOIDS_ORIGINAL = "20014"  # Unable to Process Replacement Document: both are void at the practice
ACCEPTED = "20013"


def understanding(pharmacy_ods: Callable[[], str], mailbox: str, clock: Clock) -> Understand:
    """Return the reader of ITK3 responses for the pharmacy that owns ``mailbox``."""
    from digmed_desktop.fhir import responses

    def understand(body: bytes) -> Understood:
        try:
            response = responses.parse(body)
        except responses.UnreadableResponseError as error:
            raise DigMedError(str(error), "It is kept; show it to your supplier.") from error
        meanings = []
        for code in [issue.code for issue in response.codes] or [
            ""
        ]:  # one that says nothing asks for a person
            meaning = responses.meaning(code)
            meanings.append(
                Meaning(
                    code=code,
                    happening=meaning.happening,
                    needs_person=meaning.needs_person,
                    sentence=f"{meaning.happened} {meaning.do}".strip(),
                    stops_queue=meaning.stops_queue,
                    voids_original=code == VOIDS_ORIGINAL,
                )
            )

        def answer() -> bytes:
            return responses.write_response(
                response_to=response.message_id,
                code=ACCEPTED,
                sender_ods=pharmacy_ods(),
                mailbox=mailbox,
                now=clock.now(),
                new_id=lambda: str(uuid.uuid4()),
                sender_reference=response.sender_reference,
                receiver_ods=response.sender_ods,
            )

        return Understood(
            response_id=response.message_id,
            answers_message_id=response.response_to,
            sender_reference=response.sender_reference,
            meanings=tuple(meanings),
            answer=answer if response.answer_owed else None,
            original_unreadable=response.original_unreadable,
        )

    return understand
