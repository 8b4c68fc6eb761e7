"""From a record to the bytes of its message, with every check, beside the XML that ``fhir.resources`` writes of it."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from fhir.resources.STU3 import get_fhir_model_class
from lxml import etree

from digmed_desktop import resources
from digmed_desktop.clinical import json_record
from digmed_desktop.fhir.base import read
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.frame import MessageFrame
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.message import build
from digmed_desktop.messaging.sending import FrozenMessage
from tests.benchmarks.frame import Asked, Benchmark, Row, in_turns, processor
from tests.fhir.records import vaccination, with_allergies

GOAL = 0.35
SUPPLY = "examples/emergency-supply-insulin-and-needles.json"


def message_of(record: Record) -> FrozenMessage:
    """Return the message of a record as Send makes it: built, serialised, and its bytes checked."""
    reference = str(uuid.uuid4())
    edition = default_for(kind_of(record))
    now = datetime.now(UTC)
    return build(
        record,
        MessageFrame(
            edition=edition,
            mailbox="EXAMPLE",
            now=now,
            new_id=lambda: str(uuid.uuid4()),
            sender_reference=reference,
        ),
    )


def run(asked: Asked) -> Iterator[Row]:
    """Measure a full vaccination and a supply of two items."""
    records: dict[str, Record] = {
        "vaccination": vaccination(allergies=with_allergies()),
        "supply of two items": json_record.read(resources.text(SUPPLY)),
    }
    for name, record in records.items():
        payload = message_of(record).payload
        data, found = read(etree.fromstring(payload))
        assert not found
        model = get_fhir_model_class("Bundle").model_validate(data)
        ours, theirs = in_turns(
            processor(lambda record=record: message_of(record)),
            processor(model.model_dump_xml),
            asked.rounds,
            warm=5,
        )
        yield Row(
            f"record to message bytes, {name} ({len(payload) / 1000:.0f} kB)",
            "fhir.resources dumps the same message",
            ours,
            theirs,
            GOAL,
            unit="ms of processor",
        )


BENCHMARK = Benchmark("record to message bytes, built, serialised and checked", 60, run)
