"""Random valid records over both notifications, all programmes and all shapes of allergies, people and texts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import (
    Address,
    Allergies,
    AllergyStatus,
    Certainty,
    Consent,
    PersonName,
    PhoneUse,
    Quantity,
    Sex,
    Telephone,
    VaccinationRecord,
)
from digmed_desktop.reference.programmes import programmes
from tests.fhir.records import (
    GIVEN,
    INSULIN,
    NEEDLES,
    NOT_GIVEN,
    PATIENT,
    supply,
    vaccination,
    with_allergies,
)

NHS_NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050")
words = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff\u2028\u2029\x85"),
        min_size=1,
        max_size=40,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
texts = st.just("") | words
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 10, 14)).map(  # noqa: DTZ001 - the zone is set next
    lambda at: at.replace(microsecond=0, tzinfo=ENGLAND)
)


@st.composite
def patients(draw: st.DrawFn) -> object:
    """A patient with a traced number."""
    return replace(
        PATIENT,
        name=PersonName(draw(words), draw(words), draw(texts)),
        nhs_number=draw(st.sampled_from(NHS_NUMBERS)),
        date_of_birth=draw(st.dates(date(1906, 1, 1), date(2023, 12, 31))),
        sex=draw(st.sampled_from(Sex)),
        address=Address(tuple(draw(st.lists(words, min_size=1, max_size=3))), draw(texts), draw(words)),
        telephones=tuple(
            Telephone(number, draw(st.sampled_from(PhoneUse))) for number in draw(st.lists(words, max_size=2))
        ),
    )


@st.composite
def allergies(draw: st.DrawFn) -> Allergies:
    """What is known of allergies."""
    status = draw(st.none() | st.sampled_from(AllergyStatus))
    if status is not AllergyStatus.RECORDED:
        return Allergies(status)
    entries = tuple(
        replace(
            entry,
            reaction=draw(texts),
            kind=draw(st.sampled_from(("", "allergy", "intolerance"))),
            severity=draw(st.sampled_from(("", "mild", "moderate", "severe"))),
            certainty=draw(st.none() | st.sampled_from(Certainty)),
            first_experienced=draw(st.none() | st.dates(date(1990, 1, 1), date(2023, 12, 31))),
        )
        for entry in with_allergies().entries
    )
    return Allergies(status, entries)


@st.composite
def vaccinations(draw: st.DrawFn, of: Programme | None = None) -> VaccinationRecord:
    """A valid vaccination record of a programme, or of any that has codes for what may be done."""
    programme = of or draw(st.sampled_from([p for p in programmes() if p.procedures]))
    given = [p for p in programme.procedures if p.given]
    not_given = [p for p in programme.procedures if not p.given]
    vaccines = []
    for _ in range(draw(st.integers(1, 2))):
        if not_given and draw(st.booleans()):
            procedure = draw(st.sampled_from(not_given)).coded
            vaccines.append(replace(NOT_GIVEN, procedure=procedure, not_given_reason=procedure))
            continue
        product = draw(st.sampled_from(sorted(programme.products.values(), key=lambda p: p.id)))
        digits = draw(st.decimals(Decimal("0.01"), Decimal("5"), places=draw(st.integers(1, 3))))
        vaccines.append(
            replace(
                GIVEN,
                procedure=draw(st.sampled_from(given)).coded,
                product=product.coded,
                manufacturer=draw(texts),
                batch=draw(texts),
                expiry=draw(st.none() | st.dates(date(2026, 10, 15), date(2029, 12, 31))),
                dose=Quantity(digits, GIVEN.dose.unit) if GIVEN.dose and draw(st.booleans()) else None,
                dose_number=draw(st.none() | st.integers(1, 5)),
                site=GIVEN.site if draw(st.booleans()) else None,
                route=GIVEN.route if draw(st.booleans()) else None,
                parent_present=draw(st.none() | st.booleans()),
                adverse_reaction=draw(texts),
            )
        )
    at = draw(moments)
    return vaccination(
        patient=draw(patients()),
        contact_at=at,
        recorded_at=at + timedelta(minutes=draw(st.integers(0, 30))),
        immunizations=tuple(vaccines),
        allergies=draw(allergies()),
        consent=Consent(draw(texts), draw(texts), draw(texts), draw(st.none() | st.booleans()), True),  # noqa: FBT003
        history=draw(texts),
        advice=draw(texts),
        location=draw(texts),
        accompanied_by=draw(texts),
        reason_for_service=draw(texts),
    )


@st.composite
def supplies(draw: st.DrawFn) -> EmergencySupplyRecord:
    """A valid record of an emergency supply."""
    items = tuple(
        replace(
            draw(st.sampled_from((INSULIN, NEEDLES))),
            quantity=Quantity(draw(st.decimals(Decimal(1), Decimal(200), places=1)), INSULIN.quantity.unit),  # type: ignore[union-attr] # it has one
            days=draw(st.integers(1, 30)),
            directions=draw(words),
            additional_instructions=draw(texts),
            indication=draw(texts),
        )
        for _ in range(draw(st.integers(1, 3)))
    )
    at = draw(moments)
    return supply(
        patient=draw(patients()),
        contact_at=at,
        recorded_at=at,
        items=items,
        allergies=draw(allergies()),
        history=draw(texts),
        advice=draw(texts),
        plan_for_professionals=draw(texts),
        plan_for_patient=draw(texts),
        collected_by=draw(texts),
        consultation_method=draw(texts),
    )
