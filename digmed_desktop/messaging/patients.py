"""Patients this pharmacy has seen, and the doses it recorded for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, repr=False)
class KnownPatient:
    """A patient seen before. ``answers`` are those of a form about person and practice, by field id. Patient data."""

    id: int
    family: str
    given: str
    nhs_number: str  # ten digits, or ""
    born: date | None
    answers: Mapping[str, str]
    seen_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class EarlierSupply:
    """An emergency supply as recorded by this pharmacy: the day, and the names of what was supplied."""

    on: date
    products: tuple[str, ...]
    notification: int | None  # None: kept here, it stands in the register alone


@dataclass(frozen=True, slots=True, repr=False)
class EarlierDose:
    """A dose as recorded by this pharmacy: ``on`` is the day it was given."""

    on: date
    programme: str
    product: str
    batch: str
    dose_number: int | None
    by: str
    notification: int
