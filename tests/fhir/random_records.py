"""Random valid records over both notifications, all programmes and all shapes of allergies, people and texts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.emergency_supply import (
    AskedBy,
    EmergencySupplyRecord,
    PatientConditions,
    PrescriberRequest,
    SupplyRoute,
)
from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import (
    Address,
    Allergies,
    AllergyStatus,
    Certainty,
    Coded,
    Consent,
    Immunization,
    Incident,
    NotStated,
    OnBehalf,
    Organisation,
    PersonName,
    PhoneUse,
    PreviousDoses,
    Professional,
    Quantity,
    Referral,
    Regulator,
    Screening,
    ScreeningAnswer,
    Sex,
    Telephone,
    VaccinationRecord,
)
from digmed_desktop.reference import roles
from digmed_desktop.reference.programmes import programmes
from tests.fhir.records import (
    GIVEN,
    INSULIN,
    NEEDLES,
    NOT_GIVEN,
    PATIENT,
    PHARMACY,
    PRACTICE,
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


def _is_once(at: datetime) -> bool:
    """Whether England's clocks show a time once: no two zones call a time equal that they show twice."""
    return at.utcoffset() == at.replace(fold=1).utcoffset()


moments = (
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 10, 14))  # noqa: DTZ001 - the zone is set next
    .map(lambda at: at.replace(microsecond=0, tzinfo=ENGLAND))
    .filter(lambda at: all(_is_once(at + timedelta(minutes=n)) for n in (0, 30)))
)


answered = st.none() | st.booleans()
several_lines = st.lists(words, max_size=3).map("\n".join)
RASH = Coded("Generally unwell", "213257006")  # a finding with a published code


@st.composite
def patients(draw: st.DrawFn) -> object:
    """A patient with a traced number."""
    return replace(
        PATIENT,
        name=PersonName(draw(words), draw(words), draw(texts)),
        nhs_number=draw(st.sampled_from(NHS_NUMBERS)),
        date_of_birth=draw(st.dates(date(1906, 1, 1), date(2023, 12, 31))),
        sex=draw(st.sampled_from(Sex)),
        address=addresses(draw),
        telephones=tuple(
            Telephone(number, draw(st.sampled_from(PhoneUse))) for number in draw(st.lists(words, max_size=2))
        ),
    )


def addresses(draw: st.DrawFn) -> Address:
    """An address with a postcode."""
    return Address(tuple(draw(st.lists(words, min_size=1, max_size=3))), draw(texts), draw(words))


def organisations(draw: st.DrawFn, of: Organisation) -> Organisation:
    """An organisation with another name, address and telephone."""
    return replace(of, name=draw(words), address=addresses(draw), telephone=draw(texts))


def professionals(draw: st.DrawFn) -> Professional:
    """Someone of any role; with a registration where a regulator gave one."""
    regulator = draw(st.sampled_from(Regulator))
    return Professional(
        PersonName(draw(words), draw(words), draw(texts)),
        draw(st.sampled_from(roles.roles())).coded,
        regulator,
        draw(words) if regulator is not Regulator.NONE else "",
    )


@st.composite
def allergies(draw: st.DrawFn) -> Allergies:
    """What is known of allergies."""
    status = draw(st.none() | st.sampled_from(AllergyStatus))
    if status is not AllergyStatus.RECORDED:
        return Allergies(status)
    coded, uncoded = with_allergies().entries
    entries = tuple(
        replace(
            entry,
            reaction=draw(texts),
            reaction_code=draw(st.sampled_from((None, RASH))),
            kind=draw(st.sampled_from(("", "allergy", "intolerance"))),
            severity=draw(st.sampled_from(("", "mild", "moderate", "severe"))),
            certainty=draw(st.none() | st.sampled_from(Certainty)),
            first_experienced=draw(st.none() | st.dates(date(1990, 1, 1), date(2023, 12, 31))),
        )
        for entry in draw(
            st.lists(
                st.sampled_from((coded, replace(uncoded, agent=Coded(draw(words))))), min_size=1, max_size=3
            )
        )
    )
    return Allergies(status, entries)


def consents(draw: st.DrawFn, *, done: bool) -> Consent:
    """A consent to sharing; who gave it, and to what. What was done was agreed to, or nothing is said of it."""
    agreed = draw(st.none() | (st.just(value=True) if done else st.booleans()))
    return Consent(
        given_by=draw(texts),
        name=draw(texts),
        relationship=draw(texts),
        to_treatment=agreed,
        to_sharing=True,
        about_child=draw(texts),
        parental_responsibility=draw(answered),
        authority=draw(answered),
        understands=draw(answered),
        retains=draw(answered),
        weighs=draw(answered),
        communicates=draw(answered),
        assessed_by=draw(texts),
        consulted=draw(texts),
    )


def screenings(draw: st.DrawFn, programme: Programme) -> Screening:
    """Answers of the screening, to questions of the form and of other systems."""
    question = st.sampled_from(sorted(programme.screening.values())) | words
    asked = draw(st.lists(question, max_size=3, unique=True))
    return Screening(tuple(ScreeningAnswer(one, draw(st.booleans())) for one in asked), draw(several_lines))


def incidents(draw: st.DrawFn) -> Incident:
    """An act that was done all the same, or none."""
    return Incident(draw(answered), draw(texts), draw(texts))


def not_stated(draw: st.DrawFn) -> tuple[NotStated, ...]:
    """Fields that the record leaves out, each with its reason."""
    return tuple(NotStated(draw(words), draw(words)) for _ in range(draw(st.integers(0, 2))))


def on_behalf(draw: st.DrawFn) -> OnBehalf | None:
    """Who recorded and sent it for the clinician, or nobody."""
    if not draw(st.booleans()):
        return None
    return OnBehalf(professionals(draw), professionals(draw))


def referrals(draw: st.DrawFn) -> Referral:
    """An onward referral, or none."""
    return Referral(draw(texts), draw(texts), draw(texts), draw(texts))


def given(draw: st.DrawFn, programme: Programme) -> Immunization:
    """A vaccine of a programme that was given."""
    product = draw(st.sampled_from(sorted(programme.products.values(), key=lambda p: p.id)))
    usual = product.dose.value if product.dose else Decimal("0.5")
    digits = usual * draw(st.decimals(Decimal("0.1"), Decimal("5"), places=draw(st.integers(1, 2))))
    procedure = draw(st.sampled_from([p for p in programme.procedures if p.given]))
    number = procedure.dose_number or draw(st.none() | st.integers(1, 5))
    by_needle = procedure.route in (None, "intramuscular")
    disease = programme.target_disease
    return replace(
        GIVEN,
        programme=programme.id if programme.agreement else "",
        procedure=procedure.coded,
        product=draw(st.sampled_from((product.coded, Coded(draw(words))))),
        manufacturer=draw(texts),
        batch=draw(texts),
        expiry=draw(st.none() | st.dates(date(2026, 10, 15), date(2029, 12, 31))),
        dose=Quantity(digits, GIVEN.dose.unit) if GIVEN.dose and draw(st.booleans()) else None,
        dose_number=number,
        target_disease=disease,
        send_dose_number=bool(number and disease) and draw(st.booleans()),
        site=GIVEN.site if draw(st.booleans()) else None,
        route=GIVEN.route if by_needle and draw(st.booleans()) else None,
        indication=draw(
            st.sampled_from((None, Coded("Co-morbid conditions", "398192003"), Coded(draw(words))))
        ),
        parent_present=draw(st.none() | st.booleans()),
        adverse_reaction=draw(several_lines),
    )


def _same_dose(one: Immunization, other: Immunization) -> bool:
    """Whether two vaccines are one dose recorded twice, which no valid record holds."""
    dose, again = (
        (
            v.given,
            folded(v.batch),
            v.site,
            v.procedure and (v.procedure.code or folded(v.procedure.display)),
            v.product and (v.product.code or folded(v.product.display)),
        )
        for v in (one, other)
    )
    return bool(one.given) and dose == again


@st.composite
def vaccinations(draw: st.DrawFn, of: Programme | None = None) -> VaccinationRecord:
    """A valid vaccination record of a programme, or of any that has codes for what may be done.

    A programme that goes on paper only lends its codes: the messages of all of them must be right.
    """
    programme = of or draw(st.sampled_from([p for p in programmes() if p.procedures]))
    not_given = [p for p in programme.procedures if not p.given]
    vaccines = []
    for _ in range(draw(st.integers(1, 2))):
        if not_given and draw(st.booleans()):  # type: ignore[arg-type] # the stub binds its type at the first draw
            procedure = draw(st.sampled_from(not_given)).coded
            reason = draw(st.sampled_from((procedure, Coded(draw(words)))))
            vaccines.append(replace(NOT_GIVEN, procedure=procedure, not_given_reason=reason))
        else:
            vaccines.append(given(draw, programme))
    if len(vaccines) == 2 and _same_dose(*vaccines):
        vaccines.pop()
    at = draw(moments)
    return vaccination(
        patient=draw(patients()),
        practice=organisations(draw, PRACTICE),
        pharmacy=organisations(draw, PHARMACY),
        vaccinator=professionals(draw),
        contact_at=at,
        recorded_at=at + timedelta(minutes=draw(st.integers(0, 30))),
        immunizations=tuple(vaccines),
        allergies=draw(allergies()),
        consent=consents(draw, done=any(vaccine.given for vaccine in vaccines)),
        history=draw(several_lines),
        advice=draw(several_lines),
        location=draw(texts),
        service=draw(texts),
        accompanied_by=draw(texts),
        chaperone=draw(texts),
        risk_group=draw(texts),
        reason_for_service=draw(texts),
        referral=referrals(draw),
        legal_basis=draw(texts),
        pregnancy_due=draw(
            st.none() | st.dates(at.date() + timedelta(days=1), at.date() + timedelta(days=200))
        ),
        previous_doses=PreviousDoses(draw(texts), draw(several_lines)),
        screening=screenings(draw, programme),
        incident=incidents(draw),
        notes_kept_here=draw(several_lines),
        on_behalf=on_behalf(draw),
        not_stated=not_stated(draw),
    )


@st.composite
def supplies(draw: st.DrawFn) -> EmergencySupplyRecord:
    """A valid record of an emergency supply."""
    items = tuple(
        replace(
            draw(st.sampled_from((INSULIN, NEEDLES))),
            quantity=Quantity(
                draw(st.decimals(Decimal(1), Decimal(200), places=1)), INSULIN.quantity.unit
            ),  # it has one
            days=draw(st.integers(1, 30)),
            directions=draw(words),
            additional_instructions=draw(several_lines),
            indication=draw(texts),
            route=draw(st.sampled_from((None, INSULIN.route))),
            site=draw(st.sampled_from((None, GIVEN.site))),
            form=draw(st.none() | words.map(Coded)),
            strength=draw(texts),
            size=draw(texts),
            weight=draw(texts),
            colour=draw(texts),
            legal_class=draw(st.sampled_from(("", "pom", "p", "gsl"))),
            schedule=draw(st.sampled_from(("", "none", "1", "2", "3", "4", "5"))),
            preparation=draw(texts),
            amount_is=draw(texts),
            for_epilepsy=draw(answered),
            as_directed=draw(answered),
            reason=draw(several_lines),
        )
        for _ in range(draw(st.integers(1, 3)))
    )
    at = draw(moments)
    return supply(
        patient=draw(patients()),
        practice=organisations(draw, PRACTICE),
        pharmacy=organisations(draw, PHARMACY),
        pharmacist=professionals(draw),
        contact_at=at,
        recorded_at=at,
        items=items,
        allergies=draw(allergies()),
        consent=consents(draw, done=True),
        service=draw(texts),
        reason_for_service=draw(texts),
        accompanied_by=draw(texts),
        history=draw(several_lines),
        advice=draw(several_lines),
        plan_for_professionals=draw(several_lines),
        plan_for_patient=draw(several_lines),
        collected_by=draw(texts),
        consultation_method=draw(texts),
        referral=referrals(draw),
        supply_route=draw(st.none() | st.sampled_from(SupplyRoute)),
        asked_by=draw(st.none() | st.sampled_from(AskedBy)),
        referral_reference=draw(texts),
        patient_conditions=PatientConditions(
            interviewed=draw(answered),
            interviewed_who=draw(texts),
            prescription_waiting=draw(st.sampled_from(("", "none", "waiting", "not-looked"))),
            immediate_need=draw(answered),
            nature_of_emergency=draw(several_lines),
            previously_prescribed=draw(answered),
            seen_in=draw(texts),
            dose_appropriate=draw(answered),
        ),
        prescriber_request=PrescriberRequest(
            prescriber=professionals(draw),
            address=addresses(draw),
            why_not_at_once=draw(several_lines),
            undertaken=draw(answered),
            prescription_date=draw(st.none() | st.dates(date(2024, 1, 1), date(2026, 10, 14))),
            prescription_received=draw(st.none() | st.dates(date(2024, 1, 1), date(2026, 10, 14))),
        ),
        incident=incidents(draw),
        late_entry_reason=draw(texts),
        notes_kept_here=draw(several_lines),
        on_behalf=on_behalf(draw),
        not_stated=not_stated(draw),
    )
