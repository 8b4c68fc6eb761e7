"""Fictional records for the tests of the messages. NHS numbers are of the 999 range that is never issued."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.emergency_supply import (
    AskedBy,
    EmergencySupplyRecord,
    ItemKind,
    PatientConditions,
    SuppliedItem,
    SupplyRoute,
)
from digmed_desktop.clinical.record import (
    Address,
    Allergies,
    Allergy,
    AllergyStatus,
    Certainty,
    Coded,
    Consent,
    Immunization,
    Organisation,
    Patient,
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
    Traced,
    VaccinationRecord,
)
from tests.clinical.examples import FLU

CONTACT = datetime(2026, 10, 14, 14, 5, tzinfo=ENGLAND)
RECORDED = datetime(2026, 10, 14, 14, 9, tzinfo=ENGLAND)
NOW = datetime(2026, 10, 14, 14, 10, 30, tzinfo=ENGLAND)
PATIENT = Patient(
    name=PersonName("Rose", "O'Neill", "Mrs"),
    nhs_number="9990000018",
    traced=Traced.PDS,
    date_of_birth=date(1950, 3, 15),
    sex=Sex.FEMALE,
    address=Address(("Flat 2", "1 Example Street"), "Sampleton", "ZZ99 3VZ"),
    telephones=(Telephone("01632 960001"), Telephone("07700 900123", PhoneUse.MOBILE)),
)
PRACTICE = Organisation(
    "Sampleton Surgery", "A99999", Address(("2 Example Street",), "Sampleton", "ZZ99 3WZ")
)
PHARMACY = Organisation(
    "Example Pharmacy", "FZZ99", Address(("3 Example Street",), "Sampleton", "ZZ99 3WZ"), "01632 960002"
)
PHARMACIST = Professional(
    PersonName("Sam", "Patel"),
    Coded("Pharmacist", "R1290", "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1"),
    Regulator.GPHC,
    "2099999",
)
GIVEN = Immunization(
    programme=FLU.id,
    given=True,
    procedure=Coded("Seasonal influenza vaccination given by pharmacist", "955691000000108"),
    product=Coded(
        "Vaxigrip Trivalent influenza vaccine (split virion, inactivated) suspension for injection "
        "0.5ml pre-filled syringes (Sanofi)",
        "45175511000001104",
    ),
    manufacturer="Sanofi",
    batch="Y3C491V",
    expiry=date(2027, 6, 30),
    dose_number=1,
    dose=Quantity(Decimal("0.50"), Coded("mL", "258773002")),
    site=Coded("Left upper arm structure", "368208006"),
    route=Coded("Intramuscular", "78421000"),
    indication=Coded("Aged 65 or over"),
)
NOT_GIVEN = Immunization(
    programme=FLU.id,
    given=False,
    procedure=Coded("Seasonal influenza vaccination declined", "822931000000100"),
    not_given_reason=Coded("Influenza vaccination declined", "315640000"),
)


def product_of(vaccine: Immunization) -> str:
    """The id of the programme's product that was given."""
    return next(one.id for one in FLU.products.values() if one.coded.display == vaccine.product.display)


def vaccination(**changes: Any) -> VaccinationRecord:
    """A complete record: a pharmacist gave an influenza vaccine into the muscle."""
    whole = VaccinationRecord(
        patient=PATIENT,
        registered=True,
        practice=PRACTICE,
        pharmacy=PHARMACY,
        vaccinator=PHARMACIST,
        contact_at=CONTACT,
        recorded_at=RECORDED,
        location="Community pharmacy",
        service="Seasonal influenza vaccination service",
        legal_basis="pgd",
        identity_checked=True,
        previous_doses=PreviousDoses("none-seen"),
        screening=Screening(
            tuple(
                ScreeningAnswer(words, answer=False)
                for one, words in FLU.screening.items()
                if one in FLU.screening_of(product_of(GIVEN))
            )
        ),
        immunizations=(GIVEN,),
        allergies=Allergies(AllergyStatus.NO_DRUG_ALLERGY),
        consent=Consent("Patient", to_treatment=True, to_sharing=True),
        advice="Sit for 15 minutes.\nSee your GP if you feel unwell after three days.",
    )
    return replace(whole, **changes)


def with_allergies() -> Allergies:
    """One allergy with a code and one without."""
    return Allergies(
        AllergyStatus.RECORDED,
        (
            Allergy(
                Coded(
                    "Fluad vaccine suspension for injection 0.5ml pre-filled syringes", "37514811000001102"
                ),
                "Itching rash",
                kind="allergy",
                severity="mild",
                certainty=Certainty.CONFIRMED,
                first_experienced=date(2001, 2, 3),
            ),
            Allergy(Coded("Elastic plaster"), "Red skin"),
        ),
    )


def ids() -> Any:
    """A source of ids that gives the same ones each time."""
    numbers = count(1)
    return lambda: f"7d0f4a6e-0000-4000-8000-{next(numbers):012x}"


INSULIN = SuppliedItem(
    product=Coded(
        "Humulin M3 100units/ml suspension for injection 3ml cartridges (CST Pharma Ltd)", "37417211000001103"
    ),
    strength="100 units/ml",
    quantity=Quantity(Decimal(2), Coded("cartridge", "732988008")),
    days=14,
    directions="As previously advised",
    additional_instructions="Keep in a refrigerator\nUse within 28 days of opening",
    route=Coded("Subcutaneous", "34206005"),
    indication="Type 2 diabetes",
    legal_class="POM",
    schedule="none",
    preparation="insulin",
    amount_is="smallest",
)
NEEDLES = SuppliedItem(
    kind=ItemKind.APPLIANCE,
    product=Coded(
        "BD Viva hypodermic insulin needles for pre-filled / reusable pen injectors screw on 5mm/31gauge "
        "(Becton, Dickinson UK Ltd)",
        "31771611000001107",
    ),
    quantity=Quantity(Decimal(28), Coded("needle", "3318111000001106")),
    days=14,
    directions="Use a new needle each time",
    size="5mm/31gauge",
)


def supply(**changes: Any) -> EmergencySupplyRecord:
    """A complete record: a pharmacist supplied insulin and needles after a call to NHS 111."""
    whole = EmergencySupplyRecord(
        patient=PATIENT,
        registered=True,
        practice=PRACTICE,
        pharmacy=PHARMACY,
        pharmacist=PHARMACIST,
        contact_at=CONTACT,
        recorded_at=RECORDED,
        supply_route=SupplyRoute.PATIENT,
        asked_by=AskedBy.NHS_111,
        referral_reference="111-0001",
        service="Urgent supply of prescription items by community pharmacy",
        reason_for_service="Referred by NHS 111, reference 111-0001: insulin left at home",
        consultation_method="Face-to-face",
        collected_by="Patient",
        items=(INSULIN, NEEDLES),
        allergies=Allergies(AllergyStatus.NONE_KNOWN),
        consent=Consent("Patient", to_treatment=True, to_sharing=True),
        identity_checked=True,
        patient_conditions=PatientConditions(
            interviewed=True,
            interviewed_who="Patient",
            prescription_waiting="none",
            immediate_need=True,
            nature_of_emergency="The last cartridge broke, and the surgery is closed.",
            previously_prescribed=True,
            seen_in="pharmacy-system",
            dose_appropriate=True,
        ),
        history="Type 2 diabetes",
        advice="Order prescriptions before holidays.",
        plan_for_professionals="Please consider electronic repeat dispensing.",
        plan_for_patient="Order the next prescription this week.",
        referral=Referral("GP practice", "Routine", "Review of insulin", "Appointment within two weeks"),
    )
    return replace(whole, **changes)
