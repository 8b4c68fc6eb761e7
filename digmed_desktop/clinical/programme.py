"""A vaccination programme as data: what may be given to whom, by whom, and the codes for it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Self

from digmed_desktop.clinical.earlier_doses import EarlierRule
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.legal_basis import BasisRule
from digmed_desktop.clinical.medicine import same_name
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.warning_rules import WarningRule
from digmed_desktop.data_files.source import OWN

SCREENING = "screening."
"""How the id of every question of the screening begins."""
NEVER_SENT = "This vaccination is not part of what is sent to practices electronically: send the practice a paper copy."


def is_never_sent(programme_id: str) -> bool:
    """Whether a programme of ``resources/programmes`` has no agreement under which it could be sent."""
    name = f"programmes/{programme_id}.toml"
    known = programme_id and name in OWN.names("programmes")
    return bool(known) and not OWN.raw(name).get("agreement", "")


@dataclass(frozen=True, slots=True)
class Product:
    """A vaccine product. ``coded.code`` is that of a dm+d AMP or VMP, ``""`` when known by its words only."""

    id: str
    coded: Coded
    short_name: str
    manufacturer: str = ""
    routes: tuple[str, ...] = ()  # ids in the programme's routes, the usual one first
    unit: Coded | None = None  # of its dose; None: that of the programme
    dose: Quantity | None = None
    dose_source: str = ""  # where its dose is written, or that of vaccines of its kind
    least_months: int | None = None  # least age in whole months
    least_weeks: int | None = None  # or, of a vaccine for infants, in whole weeks
    greatest_age: int | None = None  # in whole years
    age_in_season: bool = False  # the least age need only be reached by the programme's ``age_by``
    age_confirmed: bool = True  # whether a source of the ages was read
    live: bool = False
    kind_known: bool = False  # whether somebody said that it is live or not: then its route says nothing more
    unconfirmed_code: str = (
        ""  # of dm+d, that no source proves current: it is not sent as long as no release has it
    )
    more_watched: bool = False  # under additional monitoring, which a black triangle marks
    holds: frozenset[str] = frozenset()  # what an allergy can be to, such as egg
    second_line: tuple[int, int] | None = (
        None  # ages, first and last, for whom it is only second choice on the NHS
    )


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whom one reason for eligibility covers; ages in whole years, reached by the programme's ``age_by``."""

    min_age: int | None = None
    max_age: int | None = None
    adult_start: date | None = None  # first day for those of 18 or over
    born_from: date | None = None  # first and last day of birth
    born_to: date | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """Which procedure code is true: by role of the vaccinator, dose number and route (``None``: any).

    For a vaccine that was not given, ``reason`` is the id of the reason that the code states.
    """

    coded: Coded
    roles: tuple[str, ...] = ()  # role codes; () any
    dose_number: int | None = None
    route: str | None = None
    given: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme and season. ``lists`` holds the options that the form names with ``options_from``.

    ``agreement`` names what must have been agreed with NHS England at onboarding before it is sent; it is the same
    for every season of a vaccine, and ``""`` for a vaccination that no notification is agreed for: paper only.
    """

    id: str
    name: str
    service: str
    agreement: str
    season_start: date | None
    season_end: date | None
    source: str
    products: Mapping[str, Product]
    procedures: tuple[Procedure, ...]
    lists: Mapping[str, tuple[Option, ...]]
    codes: Mapping[str, Coded]  # option id (site, route, eligibility, reason not given ...) -> what is sent
    screening: Mapping[str, str] = field(default_factory=dict)  # question id -> question, of any product
    asked_always: frozenset[str] = frozenset()  # those of ``screening`` that are asked whatever the product
    default_dose: Decimal | None = None
    usual_doses: tuple[Decimal, ...] = ()  # of its products whose dose is not known
    live_routes: frozenset[str] = frozenset()  # given this way, a product that is not known counts as live
    vaccine: Coded | None = None  # the kind of vaccine in words, for one that was not given
    unit: Coded | None = None  # of the dose amount, where a product has none of its own
    target_disease: Coded | None = None
    diseases_also: tuple[Coded, ...] = ()  # the same disease under other codes and terms
    vaccinators: tuple[str, ...] = ()  # codes of the roles that may vaccinate
    cohorts: Mapping[str, Cohort] = field(
        default_factory=dict
    )  # option id of the eligibility -> whom it covers
    age_by: date | None = None  # the day by which a cohort's lowest age must be reached; None: day of contact
    pregnancy_weeks: tuple[int, int] | None = (
        None  # first and last completed week in which it is usually given
    )
    pregnancy_later: str = ""  # what is said after the last week; "": it is a warning
    route_sites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # route id -> fitting site ids
    advice: str = ""  # what is usually said, to be edited for the patient
    earlier: tuple[EarlierRule, ...] = ()  # when an earlier dose is in doubt with the next
    warnings: tuple[WarningRule, ...] = ()  # which answers and ages raise one besides
    bases: tuple[BasisRule, ...] = ()  # who may vaccinate under which legal basis
    second_dose: str = ""  # what to look at when a second dose is recorded
    agreement_name: str = ""  # of the agreement in words, the same for every season
    single_dose: bool = False  # whether one dose is usual (of a season, of a pregnancy): it is no course
    send_dose_number: bool = False  # whether the programme wants vaccinationProtocol.doseSequence

    @property
    def diseases(self) -> tuple[Coded, ...]:
        """Its disease under each of its codes and terms, with the one that is sent first."""
        return (self.target_disease, *self.diseases_also) if self.target_disease else ()

    def only_on_paper(self, agreed: Collection[str]) -> str:
        """Return why this cannot be sent electronically, or ``""``; ``agreed`` are the agreements that exist."""
        if not self.agreement:
            return NEVER_SENT
        if self.agreement not in agreed:
            return (
                f"Sending {self.name} was not agreed at onboarding (Settings, Messages): "
                "send the practice a paper copy."
            )
        return ""

    def screening_of(self, product_id: str) -> frozenset[str]:
        """Return the screening questions that are asked of a product; unknown: those asked of every product."""
        product = self.products.get(product_id)
        live, holds = (self.is_live(product), product.holds) if product else (False, frozenset[str]())
        needed = {
            question.removeprefix(SCREENING)
            for rule in self.warnings
            if rule.topic == "screening" and rule.of_product(live=live, holds=holds)
            for question in rule.when
            if question.startswith(SCREENING)
        }
        return frozenset(one for one in self.screening if one in self.asked_always or one in needed)

    def unit_of(self, product_id: str) -> Coded | None:
        """Return the unit in which a dose of a product is measured; of an unknown one that of the programme."""
        product = self.products.get(product_id)
        return product.unit if product and product.unit else self.unit

    def is_live(self, product: Product) -> bool:
        """Whether a product is live, or of a kind of which some are and nobody knows which it is."""
        return product.live or (not product.kind_known and bool(self.live_routes & set(product.routes)))

    def with_products(self, own: Collection[Product]) -> Self:
        """Return the programme with a pharmacy's own products offered first."""
        if not own:
            return self
        products = {p.id: p for p in (*own, *self.products.values())}
        options = tuple(Option(p.id, p.short_name, p.coded.display) for p in products.values())
        return replace(self, products=products, lists={**self.lists, "products": options})

    def with_confirmed(self, name_of: Callable[[str], str]) -> Self:
        """Return the programme with each unconfirmed code that an imported release has for a product of that name.

        ``name_of`` returns the name of a code in the release, ``""`` where it has none.
        """
        confirmed = {
            one.id: replace(one, coded=replace(one.coded, code=one.unconfirmed_code), unconfirmed_code="")
            for one in self.products.values()
            if one.unconfirmed_code and same_name(name_of(one.unconfirmed_code), one.coded.display)
        }
        return replace(self, products={**self.products, **confirmed}) if confirmed else self

    def procedure_for(
        self, *, role: str, dose_number: int | None, route: str, given: bool, reason: str = ""
    ) -> Coded | None:
        """Return the most particular procedure that is true of this vaccination, or None when none is.

        ``role`` is the role code of the vaccinator, ``route`` the id of the route, ``reason`` the id of the
        reason why it was not given.
        """
        fitting = [
            p
            for p in self.procedures
            if p.given == given
            and (not p.roles or role in p.roles)
            and p.dose_number in (None, dose_number)
            and p.route in (None, route)
            and p.reason in (None, reason)
        ]
        if not fitting:
            return None
        return max(
            fitting, key=lambda p: (p.dose_number is not None, p.route is not None, bool(p.roles))
        ).coded
