"""A vaccination programme as data: what may be given to whom, by whom, and the codes for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.record import Coded, Quantity


@dataclass(frozen=True, slots=True)
class Product:
    """A vaccine product. ``code`` of ``coded`` is a dm+d AMP or VMP, or ``""`` when known by its words only."""

    id: str
    coded: Coded
    short_name: str
    manufacturer: str = ""
    routes: tuple[str, ...] = ()  # ids in the programme's routes, the usual one first
    dose: Quantity | None = None
    min_age: int | None = None  # whole years
    max_age: int | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Procedure:
    """Which procedure code is true: by role of the vaccinator, dose number and route (``None``: any)."""

    coded: Coded
    roles: tuple[str, ...] = ()  # role codes; () any
    dose_number: int | None = None
    route: str | None = None
    given: bool = True


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme and season. ``lists`` holds the options that the form names with ``options_from``."""

    id: str
    name: str
    service: str
    live: bool  # sent electronically without a further setting
    season_start: date | None
    season_end: date | None
    source: str
    products: Mapping[str, Product]
    procedures: tuple[Procedure, ...]
    lists: Mapping[str, tuple[Option, ...]]
    codes: Mapping[str, Coded]  # option id (site, route, eligibility, reason not given ...) -> what is sent
    screening: Mapping[str, str] = field(default_factory=dict)  # question id -> question
    default_dose: Decimal | None = None

    def procedure_for(self, *, role: str, dose_number: int | None, route: str, given: bool) -> Coded | None:
        """Return the most particular procedure that is true of this vaccination, or None when none is."""
        fitting = [
            p
            for p in self.procedures
            if p.given == given
            and (not p.roles or role in p.roles)
            and p.dose_number in (None, dose_number)
            and p.route in (None, route)
        ]
        if not fitting:
            return None
        return max(fitting, key=lambda p: (p.dose_number is not None, p.route is not None, bool(p.roles))).coded
