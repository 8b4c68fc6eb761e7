"""Makes one message of an example in memory, so that the first real one is not slow.

``fhir.resources`` builds its models when they are first used, and holds the interpreter's lock meanwhile; at the
press of Send that would stop the window for a moment.
"""

import uuid
from datetime import UTC, datetime

from digmed_desktop import resources
from digmed_desktop.clinical import json_record
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.frame import MessageFrame
from digmed_desktop.fhir.items import kind_of
from digmed_desktop.fhir.message import build

EXAMPLE = "examples/emergency-supply-insulin-and-needles.json"


def warm_up() -> None:
    """Make and check the message of an example that is bundled; it is kept nowhere."""
    record = json_record.read(resources.text(EXAMPLE))
    frame = MessageFrame(
        edition=default_for(kind_of(record)),
        mailbox="EXAMPLE",
        now=datetime.now(UTC),
        new_id=lambda: str(uuid.uuid4()),
        sender_reference=str(uuid.uuid4()),
    )
    check(build(record, frame).payload, own=True)
