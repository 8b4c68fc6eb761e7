"""The clinical record of an emergency supply (Human Medicines Regulations 2012, regulations 224 and 225).

As in :mod:`digmed_desktop.clinical.record` every part may be missing while a form is half filled in.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from digmed_desktop.clinical.record import (
    Address,
    Allergies,
    Coded,
    Consent,
    Incident,
    NoPractice,
    NotStated,
    OnBehalf,
    Organisation,
    Patient,
    Professional,
    Quantity,
    Referral,
)

NEVER_SUPPLIED = frozenset(("1", "2", "3"))
"""Schedules that may not be supplied in an emergency, but for phenobarbital in epilepsy."""
LOWER = frozenset(("4", "5"))
"""Schedules of which the law allows few days at the patient's request."""


class SupplyRoute(StrEnum):
    """At whose request the supply is made; each has its own conditions."""

    PATIENT = "patient"  # regulation 225
    PRESCRIBER = "prescriber"  # regulation 224


class AskedBy(StrEnum):
    """How the request reached the pharmacy."""

    PATIENT = "patient"
    PRESCRIBER = "prescriber"
    NHS_111 = "nhs-111"
    PHARMACY_FIRST = "pharmacy-first"
    URGENT_TREATMENT_CENTRE = "urgent-treatment-centre"
    EMERGENCY_DEPARTMENT = "emergency-department"
    AMBULANCE_SERVICE = "ambulance-service"
    INTEGRATED_URGENT_CARE = "integrated-urgent-care"


class ItemKind(StrEnum):
    """The medicine supplied."""

    MEDICINE = "medicine"
    APPLIANCE = "appliance"


@dataclass(frozen=True, slots=True, repr=False)
class SuppliedItem:
    """One item. ``product`` is a dm+d AMP or AMPP; ``days`` how many days it lasts, in whole days.

    ``legal_class`` (pom, p, gsl), ``schedule`` (of the Misuse of Drugs Regulations 2001: none, 1 to 5), ``strength``,
    ``preparation`` and ``amount_is`` (how the amount compares with the limit of its preparation), ``for_epilepsy``,
    ``as_directed`` and ``reason`` (why the pharmacist supplied in spite of a warning) are for the register and the
    rules; they are not sent. Size, weight and colour belong to an appliance.
    """

    kind: ItemKind = ItemKind.MEDICINE
    product: Coded | None = None
    form: Coded | None = None
    strength: str = ""
    quantity: Quantity | None = None
    days: int | None = None
    directions: str = ""
    additional_instructions: str = ""
    route: Coded | None = None
    site: Coded | None = None
    indication: str = ""
    size: str = ""
    weight: str = ""
    colour: str = ""
    legal_class: str = ""
    schedule: str = ""
    preparation: str = ""
    amount_is: str = ""
    for_epilepsy: bool | None = None
    as_directed: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class PatientConditions:
    """The conditions of a supply at the patient's request; kept here, not sent."""

    interviewed: bool | None = None
    interviewed_who: str = ""  # the patient, or a name with the relationship
    prescription_waiting: str = ""  # in the Electronic Prescription Service: none, waiting or not-looked
    immediate_need: bool | None = None
    nature_of_emergency: str = ""
    previously_prescribed: bool | None = None
    seen_in: str = ""  # where the earlier prescription was seen
    dose_appropriate: bool | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PrescriberRequest:
    """A supply at the request of a prescriber, who furnishes a prescription within 72 hours.

    The practice reads who asked and that a prescription is owed; the rest is kept here.
    """

    prescriber: Professional = field(default_factory=Professional)
    address: Address = field(default_factory=Address)
    why_not_at_once: str = ""
    undertaken: bool | None = None
    prescription_date: date | None = None
    prescription_received: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class EmergencySupplyRecord:
    """One contact at which one or more items were supplied without a prescription, for the patient's GP
    practice.
    """

    patient: Patient = field(default_factory=Patient)
    registered: bool | None = None  # False: not registered with a GP practice
    no_practice: NoPractice | None = None  # why not; kept here, not sent
    practice: Organisation | None = None
    pharmacy: Organisation = field(default_factory=Organisation)
    pharmacist: Professional | None = None
    contact_at: datetime | None = None
    recorded_at: datetime | None = None
    supply_route: SupplyRoute | None = None
    asked_by: AskedBy | None = None
    referral_reference: str = ""  # of whoever referred the patient
    service: str = ""
    reason_for_service: str = ""
    consultation_method: str = ""
    collected_by: str = ""
    accompanied_by: str = ""
    items: tuple[SuppliedItem, ...] = ()
    patient_conditions: PatientConditions = field(default_factory=PatientConditions)
    prescriber_request: PrescriberRequest = field(default_factory=PrescriberRequest)
    allergies: Allergies = field(default_factory=Allergies)
    consent: Consent = field(default_factory=Consent)
    history: str = ""
    advice: str = ""
    plan_for_professionals: str = ""
    plan_for_patient: str = ""
    referral: Referral = field(default_factory=Referral)
    incident: Incident = field(default_factory=Incident)
    identity_checked: bool = False
    supplied: bool | None = None
    not_supplied_reason: str = ""  # kept here, told on paper or by telephone
    late_entry_reason: str = ""  # why the register entry is made the day after the supply; kept here
    notes_kept_here: str = ""
    on_behalf: OnBehalf | None = None  # None: the pharmacist recorded or signed it
    not_stated: tuple[NotStated, ...] = ()  # kept here, not sent
