"""Messages about the patients of practice mode."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from digmed_desktop.clinical.record import Patient
from digmed_desktop.demo.world import FictionalPatient, load_world
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.message import MessageFrame, build
from digmed_desktop.messaging.sending import FrozenMessage, Kind, Sending
from tests.fhir.records import NOW, vaccination

WORLD = load_world()


def shows(behaviour: str) -> FictionalPatient:
    """The patient who shows a behaviour."""
    return next(one for one in WORLD.patients if one.behaviour.id == behaviour)


def message_about(
    who: FictionalPatient, *, practice: str = "", replaces: str = "", now: datetime = NOW, **changes: Any
) -> FrozenMessage:
    """A vaccination of a fictional patient, to the registered practice or another one."""
    named = WORLD.practice(practice) if practice else who.practice
    assert named is not None
    patient: Patient = replace(who.patient, **changes)
    record = vaccination(patient=patient, practice=named.organisation, pharmacy=WORLD.pharmacy)
    correction = (
        Replaces(replaces, "Batch number: A instead of B.", "It was misread.", now) if replaces else None
    )
    frame = MessageFrame(
        edition=default_for(Kind.VACCINATION),
        mailbox=WORLD.pharmacy_mailbox,
        now=now,
        new_id=lambda: str(uuid.uuid4()),
        sender_reference=str(uuid.uuid4()),
        version=2 if replaces else 1,
        replaces=correction,
    )
    return build(record, frame)


def sending_of(message: FrozenMessage, practice_ods: str, **changes: Any) -> Sending:
    """One sending of a message."""
    given: dict[str, Any] = {
        "notification": 1,
        "local_id": f"{WORLD.pharmacy.ods_code}_{uuid.uuid4().hex}",
        "workflow": message.kind.value,
        "practice_ods": practice_ods,
        "subject": message.subject,
        "payload": message.payload,
        **changes,
    }
    return Sending(**given)
