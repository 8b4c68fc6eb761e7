"""Describe the desk's answers: plain data for the window. Light to import, so that pages can name these types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum

from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.pgd import Direction, PgdRegister
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.reading import LawSaid
from digmed_desktop.clinical.record import Organisation, Professional
from digmed_desktop.clinical.stock import StockBatch
from digmed_desktop.desk.views.sent import Difference
from digmed_desktop.messaging.permissions import Permission, WorkRole
from digmed_desktop.messaging.replies import About
from digmed_desktop.scanning.pack import Scan


@dataclass(frozen=True, slots=True, repr=False)
class PersonView:
    """Someone of this pharmacy as pages show them."""

    id: int
    professional: Professional
    waits: bool = False  # after wrong PINs
    may_vaccinate: bool = True
    may_finish_supply: bool = True
    works_as: WorkRole = WorkRole.ASSISTANT
    until: date | None = None  # the last day of a locum
    ended: bool = False  # the last day is over: nothing new can be done by them
    refused: Mapping[Permission, str] = field(
        default_factory=dict, hash=False
    )  # who may instead; of who signed in

    @property
    def label(self) -> str:
        """Name and role: ``Amira Khan · Pharmacist``."""
        role = self.professional.role.display if self.professional.role else ""
        return " · ".join(part for part in (self.professional.name.spoken(), role) if part)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """The findings of the program when it opened its records."""

    pharmacy: Organisation | None
    people: tuple[PersonView, ...]
    kept_in: str  # where the key is kept, in words
    drafts: int = 0


class Ending(StrEnum):
    """The way of a finished record."""

    SEND = "send"  # to the practice, over MESH
    PAPER = "paper"  # to the practice on paper or by telephone
    HERE = "here"  # nowhere: it is recorded here only


@dataclass(frozen=True, slots=True, repr=False)
class PreviewRow:
    """One line of a section; ``field`` is the id of the question it comes from."""

    label: str
    values: tuple[str, ...]
    field: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class PreviewSection:
    """One section of the document as the GP reads it."""

    title: str
    rows: tuple[PreviewRow, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """The message as far as it is filled in, and its obstacles."""

    sections: tuple[PreviewSection, ...] = ()
    problems: tuple[Problem, ...] = ()
    xml: str = ""
    paper_only: bool = False  # complete, but only the electronic way is closed
    not_shared: bool = False  # the patient does not agree to share this with the practice
    law: tuple[LawSaid, ...] = ()  # what the law says of each item of an emergency supply
    changes: tuple[Difference, ...] = ()  # of a correction: what the practice reads differently
    note: str = field(default="", repr=False)  # of a correction: the note, where nothing else was changed
    unfinished: str = ""  # what is said of another draft of this patient
    to_sign: str = ""  # who has to sign it before anything goes out; "" where it names who is signed in

    @property
    def ending(self) -> Ending:
        """Return the way of a record once it is finished as it is."""
        return Ending.HERE if self.not_shared else Ending.PAPER if self.paper_only else Ending.SEND


@dataclass(frozen=True, slots=True, repr=False)
class ProgrammeOffer:
    """The offers of a vaccination form once its programme is chosen.

    ``not_asked`` are the questions that a product has no use for, and ``units_of`` the unit of its dose; under ``""`` those
    without a product.
    """

    name: str
    lists: dict[str, tuple[Option, ...]]
    usual: dict[str, str]
    by_product: dict[str, dict[str, str]]
    not_asked: dict[str, frozenset[str]] = field(default_factory=lambda: {"": frozenset()})
    routes_of: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # by product; none: any of the programme
    sites_of: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by route
    units_of: dict[str, str] = field(default_factory=dict)
    advice: str = ""  # what is usually said, for who says so


@dataclass(frozen=True, slots=True, repr=False)
class FormLists:
    """The options of a form's questions, by the name of the list, and what a programme offers beside them."""

    lists: dict[str, tuple[Option, ...]]
    programme_id: str
    programme_name: str
    fresh: dict[str, str] = field(default_factory=dict)  # the answers of a fresh form
    by_product: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # what a product usually answers besides
    by_programme: dict[str, ProgrammeOffer] = field(default_factory=dict)
    closed: str = ""  # why the form is closed, ``""`` where it is open


class Fit(Enum):
    """How surely something found is what was typed."""

    SURE = "sure"  # all that was typed is of it: the whole number or birth, or whole words of the name
    PART = "part"  # a part of a number, code or name was typed, or a year without its century
    SIMILAR = "similar"  # a name that is only like the one typed


@dataclass(frozen=True, slots=True, repr=False)
class PatientView:
    """A patient seen before, to choose; ``answers`` are those of a form about person and practice."""

    id: int
    name: str
    given: str
    family: str
    nhs_number: str
    born: date | None
    answers: Mapping[str, str]
    fit: Fit = Fit.SURE


@dataclass(frozen=True, slots=True, repr=False)
class DoseView:
    """A dose as recorded by this pharmacy."""

    on: date
    product: str
    batch: str


@dataclass(frozen=True, slots=True, repr=False)
class BatchView:
    """A batch as pages show it. ``why_not`` says why it cannot be chosen, ``""`` when it can."""

    batch: StockBatch
    product: str
    programme: str
    why_not: str = ""

    @property
    def label(self) -> str:
        """Product, batch and last day."""
        return f"{self.product} · {self.batch.number} · until {shown(self.batch.last_day)}"


@dataclass(frozen=True, slots=True, repr=False)
class StockView:
    """The whole stock, and the products it can hold."""

    batches: tuple[BatchView, ...]
    products: tuple[Option, ...]  # id: programme and product, joined by a bar
    today: date


@dataclass(frozen=True, slots=True, repr=False)
class ScannedOn:
    """The form that a pack is scanned on: its programme, and the date of contact as typed."""

    programme: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ScannedPack:
    """The meaning of a scanned pack here. ``product`` is ``""`` until a person said which product the GTIN is.

    ``meant``: id and name of the product that the GTIN has meant so far, in whatever season.
    """

    scan: Scan
    programme: str = ""
    product: str = ""
    product_name: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)  # of the vaccination form
    sentence: str = ""  # what is in the way
    refused: bool = False  # whether the sentence says that it cannot be used here
    meant: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, repr=False)
class PracticeFound:
    """A practice that a search found. ``refusal`` says why it cannot be chosen, ``""`` when it can."""

    organisation: Organisation
    refusal: str = ""
    source: str = ""  # in words: written to before, the list kept here, the directory
    fit: Fit = Fit.SURE

    @property
    def label(self) -> str:
        """Name, town or postcode, ODS code."""
        place = self.organisation.address.city or self.organisation.address.postcode
        return ", ".join(part for part in (self.organisation.name, place, self.organisation.ods_code) if part)


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A notification that a reply may be about; ``fit`` says how surely it is what was typed."""

    about: About
    fit: Fit


@dataclass(frozen=True, slots=True, repr=False)
class ClosedPractice:
    """A practice that receives nothing any more. ``heir`` is the practice that took over, where it is known whole."""

    ods_code: str
    name: str
    sentence: str  # closed, since when, who took over as far as it is known, and what to do
    heir: Organisation | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PracticeListState:
    """The imported list: how many practices, and when it was imported."""

    count: int
    imported_on: date | None


@dataclass(frozen=True, slots=True, repr=False)
class DraftView:
    """A form left half filled."""

    id: str
    form: str
    state: FormState
    begun_by: str
    changed_at: datetime
    changed_by: str = ""
    can_be_read: bool = True

    @property
    def patient(self) -> str:
        """The patient's name as far as it was typed, the last name first."""
        name = self.state.patient_name
        return f"{name.family} {name.given}".strip()


@dataclass(frozen=True, slots=True)
class PracticeView:
    """A GP practice to choose."""

    organisation: Organisation

    @property
    def label(self) -> str:
        """Name, town and ODS code."""
        place = self.organisation.address.city or self.organisation.address.postcode
        return ", ".join(part for part in (self.organisation.name, place, self.organisation.ods_code) if part)


@dataclass(frozen=True, slots=True, repr=False)
class SignIn:
    """The outcome of a PIN: who, or the sentence why not."""

    person: PersonView | None
    sentence: str = ""
    asks_for_manager: bool = False  # there is none, and this person can become it


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """The outcome of Send: the notification's id, or what is in the way.

    ``what`` says what was stored: Given, Not given, Correction and the like, and of what.
    ``register`` is the number of the register entry where that is all that was made: nobody is told.
    ``still_stands``: the record of the wrong patient, if it could not be taken back; it is on the action list.
    """

    notification: int | None
    problems: tuple[Problem, ...] = ()
    register: int = 0
    still_stands: int | None = None
    what: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class PgdView:
    """The register for a page: each direction with the name of its programme, and how it stands today."""

    register: PgdRegister
    rows: tuple[tuple[Direction, str, str], ...]
    programmes: tuple[Option, ...]
    people: tuple[Option, ...]
    today: date
