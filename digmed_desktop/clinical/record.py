"""The clinical record of one notification: what the pharmacist recorded, before it is any kind of message.

Every part may be missing, because the record is also made while a form is half filled in: a missing text is
``""``, a missing anything else ``None``. :mod:`digmed_desktop.clinical.vaccination` says what must be there.
Dates are calendar dates in England; times carry their offset. Amounts are kept as the digits typed.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

SNOMED_CT = "http://snomed.info/sct"
NULL_FLAVOUR = "http://hl7.org/fhir/v3/NullFlavor"


@dataclass(frozen=True, slots=True, repr=False)
class Coded:
    """A term with its code. ``code`` is ``""`` where the term is known only by its words."""

    display: str
    code: str = ""
    system: str = SNOMED_CT

    @property
    def is_coded(self) -> bool:
        """Whether there is a code to send."""
        return bool(self.code)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount and its unit, for example 0.5 and mL."""

    value: Decimal
    unit: Coded


class Sex(StrEnum):
    """Sex as the GP record holds it (NHS Data Dictionary: 1, 2, 9, not known); the value is FHIR's gender."""

    MALE = "male"
    FEMALE = "female"
    INDETERMINATE = "other"
    UNKNOWN = "unknown"


class Traced(StrEnum):
    """The place where the NHS number was traced. Only a traced number is sent (PRSB community pharmacy standard)."""

    PDS = "pds"
    SCR = "scr"
    PHARMACY_SYSTEM = "pharmacy-system"
    NOT_TRACED = "not-traced"


class NoPractice(StrEnum):
    """The reason why there is no GP practice to which an electronic message could go."""

    NOT_REGISTERED = "not-registered"
    STAYING = "staying"
    OUTSIDE_ENGLAND = "outside-england"
    ARMED_FORCES = "armed-forces"
    PRISON = "prison"
    ABROAD = "abroad"
    RESTRICTED = "restricted"
    DECEASED = "deceased"


class PhoneUse(StrEnum):
    """The use of a telephone number (FHIR ContactPoint.use)."""

    HOME = "home"
    MOBILE = "mobile"
    WORK = "work"


@dataclass(frozen=True, slots=True, repr=False)
class Telephone:
    """A telephone number as typed."""

    number: str
    use: PhoneUse = PhoneUse.HOME


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A postal address; ``lines`` are the lines above the town."""

    lines: tuple[str, ...] = ()
    city: str = ""
    postcode: str = ""

    def in_lines(self) -> tuple[str, ...]:
        """Return all its lines, town and postcode last."""
        return tuple(part for part in (*self.lines, self.city, self.postcode) if part)


@dataclass(frozen=True, slots=True, repr=False)
class PersonName:
    """A person's name."""

    given: str = ""
    family: str = ""
    prefix: str = ""

    def as_on_record(self) -> str:
        """Return the name as the NHS writes it in a list: ``O'NEILL, Rose (Mrs)``."""
        first = ", ".join(part for part in (self.family.upper(), self.given) if part)
        return f"{first} ({self.prefix})" if self.prefix and first else first

    def spoken(self) -> str:
        """Return the name as it is said: ``Mrs Rose O'Neill``."""
        return " ".join(part for part in (self.prefix, self.given, self.family) if part)


@dataclass(frozen=True, slots=True, repr=False)
class Organisation:
    """A pharmacy, a GP practice or a manufacturer; ``ods_code`` is its ODS organisation code."""

    name: str = ""
    ods_code: str = ""
    address: Address = field(default_factory=Address)
    telephone: str = ""


class Regulator(StrEnum):
    """The body that registers a professional."""

    GPHC = "GPhC"
    GMC = "GMC"
    NMC = "NMC"
    NONE = ""


@dataclass(frozen=True, slots=True, repr=False)
class Professional:
    """Someone who acts for the pharmacy, with the role and registration of that moment."""

    name: PersonName = field(default_factory=PersonName)
    role: Coded | None = None
    regulator: Regulator = Regulator.NONE
    registration: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class OnBehalf:
    """Who recorded, and which pharmacist sent, a record that the clinician it names had not signed."""

    recorded_by: Professional = field(default_factory=Professional)
    sent_by: Professional = field(default_factory=Professional)


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """The patient. ``nhs_number`` is ten digits without spaces, or ``""``."""

    name: PersonName = field(default_factory=PersonName)
    nhs_number: str = ""
    traced: Traced | None = None
    date_of_birth: date | None = None
    sex: Sex | None = None
    address: Address = field(default_factory=Address)
    telephones: tuple[Telephone, ...] = ()

    @property
    def sendable_nhs_number(self) -> str:
        """The NHS number if it was traced, else ``""``: only a traced and verified number may be sent."""
        return self.nhs_number if self.traced not in (None, Traced.NOT_TRACED) else ""


class AllergyStatus(StrEnum):
    """The state of knowledge of allergies."""

    NONE_KNOWN = "none-known"  # SNOMED CT 716186003 No known allergy
    NO_DRUG_ALLERGY = "no-drug-allergy"  # SNOMED CT 409137002 No known drug allergy
    RECORDED = "recorded"
    NOT_AVAILABLE = "not-available"  # nobody could say


class Certainty(StrEnum):
    """How sure an allergy is (AllergyIntolerance.verificationStatus; no other value may be sent)."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, repr=False)
class Allergy:
    """One allergy or adverse reaction, as told."""

    agent: Coded
    reaction: str = ""
    reaction_code: Coded | None = None
    kind: str = ""  # allergy, intolerance or ""
    severity: str = ""  # mild, moderate, severe or ""
    certainty: Certainty | None = None
    first_experienced: date | None = None


@dataclass(frozen=True, slots=True)
class Allergies:
    """The patient's allergies as far as known."""

    status: AllergyStatus | None = None
    entries: tuple[Allergy, ...] = ()


CONSENTS_ALONE = 16  # years; Family Law Reform Act 1969, section 8


@dataclass(frozen=True, slots=True, repr=False)
class Consent:
    """Who agreed, to what. ``given_by`` and ``relationship`` are words for the record.

    ``understands`` to ``communicates`` say whether the patient can decide, as ``assessed_by`` found; None was not asked.
    ``authority``: whether a power of attorney or an order of the court covers health and welfare.
    """

    given_by: str = ""
    name: str = ""
    relationship: str = ""
    to_treatment: bool | None = None
    to_sharing: bool | None = None
    about_child: str = ""
    parental_responsibility: bool | None = None
    authority: bool | None = None
    understands: bool | None = None
    retains: bool | None = None
    weighs: bool | None = None
    communicates: bool | None = None
    assessed_by: str = ""
    consulted: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ScreeningAnswer:
    """One question of the screening and its answer."""

    question: str
    answer: bool


@dataclass(frozen=True, slots=True, repr=False)
class Screening:
    """The health screen before the vaccination; kept here, not sent."""

    answers: tuple[ScreeningAnswer, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class PreviousDoses:
    """Earlier doses as seen; they stay here."""

    finding: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Immunization:
    """One vaccine, given or not given."""

    programme: str = ""  # id of the programme's data file, such as influenza-2026-27
    given: bool | None = None
    not_given_reason: Coded | None = None
    procedure: Coded | None = None
    product: Coded | None = None
    manufacturer: str = ""
    batch: str = ""
    expiry: date | None = None
    dose_number: int | None = None
    send_dose_number: bool = False  # vaccinationProtocol.doseSequence, where a programme wants it
    target_disease: Coded | None = None
    dose: Quantity | None = None
    site: Coded | None = None
    route: Coded | None = None
    indication: Coded | None = None
    parent_present: bool | None = None
    adverse_reaction: str = ""

    @property
    def tells_its_course(self) -> bool:
        """Whether the message tells the dose's place in its course, in the resource and so in the text."""
        disease = self.target_disease
        return bool(self.send_dose_number and self.dose_number and disease and disease.is_coded)


@dataclass(frozen=True, slots=True, repr=False)
class Referral:
    """An onward referral (never how the patient arrived, which is the reason for the service)."""

    to: str = ""
    urgency: str = ""
    reason: str = ""
    expectation: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Incident:
    """An act that the rules refuse: its reason, as the practice reads it, and the action here."""

    done: bool | None = None
    reason: str = ""
    report: str = ""  # kept here, not sent


@dataclass(frozen=True, slots=True, repr=False)
class NotStated:
    """A field that the form needs and another system's record leaves out, such as ``legal_basis``, and why."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class VaccinationRecord:
    """One contact at which one or more vaccines were given or not given, for the patient's GP practice."""

    patient: Patient = field(default_factory=Patient)
    registered: bool | None = None  # False: not registered with a GP practice
    no_practice: NoPractice | None = None  # why not; kept here, not sent
    practice: Organisation | None = None
    pharmacy: Organisation = field(default_factory=Organisation)
    vaccinator: Professional | None = None
    contact_at: datetime | None = None
    recorded_at: datetime | None = None
    location: str = ""
    service: str = ""
    legal_basis: str = ""
    reason_for_service: str = ""
    accompanied_by: str = ""
    chaperone: str = ""
    identity_checked: bool = False
    risk_group: str = ""  # by name, where a clinical risk is the reason for eligibility
    pregnancy_due: date | None = None
    previous_doses: PreviousDoses = field(default_factory=PreviousDoses)
    screening: Screening = field(default_factory=Screening)
    immunizations: tuple[Immunization, ...] = ()
    allergies: Allergies = field(default_factory=Allergies)
    consent: Consent = field(default_factory=Consent)
    history: str = ""
    advice: str = ""
    referral: Referral = field(default_factory=Referral)
    incident: Incident = field(default_factory=Incident)
    notes_kept_here: str = ""
    on_behalf: OnBehalf | None = None  # None: the clinician recorded or signed it
    not_stated: tuple[NotStated, ...] = ()  # kept here, not sent
