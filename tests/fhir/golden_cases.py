"""The golden messages: both notifications in every edition, and the cases that differ in what they send."""

from collections.abc import Callable
from dataclasses import replace

from digmed_desktop.clinical.record import (
    Allergies,
    AllergyStatus,
    Coded,
    Consent,
    OnBehalf,
    PersonName,
    Professional,
    Regulator,
)
from digmed_desktop.fhir.corrections import Replaces
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.editions import all_editions, default_for
from digmed_desktop.fhir.items import Record, kind_of
from digmed_desktop.fhir.message import MessageFrame, build
from digmed_desktop.messaging.sending import FrozenMessage, Kind
from digmed_desktop.reference import roles
from tests.fhir.records import GIVEN, INSULIN, NOT_GIVEN, NOW, ids, supply, vaccination, with_allergies

OLD = "5c0a1a46-1111-4111-8111-000000000001"
REFERENCE = "c0ffee00-0000-4000-8000-000000000001"
CORRECTION = Replaces(OLD, "Batch number: Y3C491V instead of Y3C492V.", "The batch was read wrongly.", NOW)
WITHDRAWAL = replace(
    CORRECTION, changed="", why="Recorded for the wrong patient.", withdrawn=True, nothing_done=True
)


def message(
    record: Record, replaces: Replaces | None = None, edition: Edition | None = None, **more: bool
) -> FrozenMessage:
    """A message with ids and time that are the same in each run."""
    frame = MessageFrame(
        edition=edition or default_for(kind_of(record)),
        mailbox="FZZ99OT001",
        now=NOW,
        new_id=ids(),
        sender_reference=REFERENCE,
        version=2 if replaces else 1,
        replaces=replaces,
        **more,
    )
    return build(record, frame)


SCRIBE = Professional(PersonName("Lena", "Vale"), roles.role("healthcare-assistant").coded)
STANDING_IN = Professional(
    PersonName("Amira", "Khan"), roles.role("pharmacist").coded, Regulator.GPHC, "2099998"
)
BY_TWO = OnBehalf(SCRIBE, STANDING_IN)
BY_ONE = OnBehalf(STANDING_IN, STANDING_IN)
REFUSED = Consent("Patient", to_treatment=False, to_sharing=True)
TWICE = (
    GIVEN,
    replace(
        GIVEN,
        product=Coded("A vaccine that has no code yet"),
        send_dose_number=True,
        target_disease=Coded("Influenza", "6142004"),
        parent_present=True,
        adverse_reaction="Fainted, well after ten minutes",
    ),
)
RECORDS: dict[str, tuple[Callable[[], Record], Replaces | None]] = {
    "vaccination-not-given": (lambda: vaccination(immunizations=(NOT_GIVEN,), consent=REFUSED), None),
    "vaccination-allergies-not-available": (
        lambda: vaccination(allergies=Allergies(AllergyStatus.NOT_AVAILABLE)),
        None,
    ),
    "vaccination-allergies-recorded": (lambda: vaccination(allergies=with_allergies()), None),
    "vaccination-on-behalf": (lambda: vaccination(on_behalf=BY_TWO), None),
    "vaccination-on-behalf-replacement": (lambda: vaccination(on_behalf=BY_ONE), CORRECTION),
    "emergency-supply-on-behalf": (lambda: supply(on_behalf=BY_ONE), None),
    "vaccination-replacement": (vaccination, CORRECTION),
    "vaccination-withdrawn": (vaccination, WITHDRAWAL),
    "vaccination-two-uncoded-dose-sequence": (lambda: vaccination(immunizations=TWICE), None),
    "emergency-supply-replacement": (
        lambda: supply(items=(INSULIN,)),
        replace(CORRECTION, changed="Needles."),
    ),
    "emergency-supply-withdrawn": (supply, WITHDRAWAL),
}
WHOLE: dict[Kind, Callable[[], Record]] = {Kind.VACCINATION: vaccination, Kind.EMERGENCY_SUPPLY: supply}
CASES: dict[str, Callable[[], FrozenMessage]] = {
    **{
        name: (lambda r=record, c=correction: message(r(), c))
        for name, (record, correction) in RECORDS.items()
    },
    **{f"edition-{e.id}": (lambda e=e: message(WHOLE[e.kind](), edition=e)) for e in all_editions()},
}
CONFLICTING = ("edition-vaccination-1.2.9", "edition-vaccination-1.1.3")
"""Editions whose section codes the closed slicing of the published vaccination profile refuses."""
