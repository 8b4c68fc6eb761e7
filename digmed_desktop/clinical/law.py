"""The rules of law on emergency supplies, read from ``resources/law``: the form applies them and Help shows them.

A rule says what it applies to and what follows; :mod:`digmed_desktop.clinical.supply_law` holds an item against
them. None of them decides: the pharmacist does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from digmed_desktop import resources
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem, SupplyRoute

_FILE = "law/emergency-supply.toml"
PRESCRIPTION_ONLY = "pom"
PHENOBARBITAL_SCHEDULE = "3"


class Effect(StrEnum):
    """What follows from a rule."""

    FORBIDDEN = "forbidden"
    DAYS = "days"  # at most so many days' treatment
    PACK = "pack"  # at most the smallest pack at hand
    CYCLE = "cycle"  # at most one full treatment cycle
    COURSE = "course"  # at most the smallest quantity for a full course
    AS_DIRECTED = "as-directed"
    NO_LIMIT = "no-limit"
    CONDITION = "condition"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``route`` is None where it holds on both; ``law`` tells it, ``over`` what to do when it is broken.

    ``source`` and ``read`` say where it stands and which version was read; ``confirmed`` whether a pharmacist has
    compared it with the law in force.
    """

    id: str
    route: SupplyRoute | None
    scope: str
    effect: Effect
    law: str
    over: str
    source: str
    read: str
    confirmed: bool
    days: int | None = None
    hours: int | None = None
    years: int | None = None
    field: str = ""  # the question that a condition asks
    preparations: tuple[str, ...] = ()
    schedules: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    exception: str = ""
    substances: bool = False

    def holds_on(self, route: SupplyRoute) -> bool:
        """Whether the rule applies to a supply on this route."""
        return self.route is None or self.route is route


@dataclass(frozen=True, slots=True)
class Substance:
    """A name to be reminded of: the schedule it belongs to, or that it is never supplied in an emergency."""

    name: str
    schedule: str = ""
    never: bool = False


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order in which Help shows them."""
    found = []
    for row in resources.toml(_FILE)["rule"]:
        values = dict(row)
        route = values.pop("route")
        for name in ("preparations", "schedules", "packs"):
            values[name] = tuple(values.get(name, ()))
        values.setdefault("over", "")
        values["effect"] = Effect(values["effect"])
        found.append(Rule(route=None if route == "both" else SupplyRoute(route), **values))
    return tuple(found)


def rule(rule_id: str) -> Rule:
    """Return one rule; KeyError when there is none of that id."""
    for one in rules():
        if one.id == rule_id:
            return one
    raise KeyError(rule_id)


@cache
def substances() -> tuple[Substance, ...]:
    """Return the names to be reminded of."""
    return tuple(Substance(**row) for row in resources.toml(_FILE)["substance"])


def title() -> str:
    """Return the name of the regulations."""
    return str(resources.toml(_FILE)["title"])


def reminder() -> str:
    """Return the sentence that stands with every rule."""
    return str(resources.toml(_FILE)["reminder"])


def to_be_confirmed() -> str:
    """Return the words that mark a rule no pharmacist has confirmed yet."""
    return str(resources.toml(_FILE)["to_be_confirmed"])


def conditions(route: SupplyRoute) -> tuple[Rule, ...]:
    """Return the conditions of a route, each with the question that asks for it."""
    return tuple(one for one in rules() if one.effect is Effect.CONDITION and one.holds_on(route))


def named_in(product: str) -> tuple[Substance, ...]:
    """Return the substances whose names stand in the name of a product."""
    words = f" {' '.join(product.casefold().replace('/', ' ').split())}"
    return tuple(one for one in substances() if f" {one.name}" in words or f"-{one.name}" in words)


def rules_for(item: SuppliedItem, route: SupplyRoute) -> Iterator[Rule]:
    """Yield the rules that bind an item on a route, as far as its answers tell which.

    Where the legal class or the schedule is not known yet, what depends on it is left out.
    """
    if item.kind is ItemKind.APPLIANCE:
        yield rule("appliance")
        return
    if not item.legal_class:
        return
    if item.legal_class != PRESCRIPTION_ONLY:
        yield rule("pharmacy-or-general-sale")
        return
    for one in rules():
        if one.effect in (Effect.CONDITION, Effect.DUTY, Effect.NO_LIMIT) or not one.holds_on(route):
            continue
        if _applies(one, item):
            yield one


def _applies(one: Rule, item: SuppliedItem) -> bool:
    if one.substances:
        name = item.product.display if item.product else ""
        return any(substance.never for substance in named_in(name))
    if one.schedules and item.schedule not in one.schedules:
        return False
    if one.exception == "phenobarbital" and item.for_epilepsy is not True:
        return False
    if one.exception == "not phenobarbital" and item.for_epilepsy is True:
        return False
    if one.preparations and item.preparation not in one.preparations:
        return False
    if one.effect is Effect.PACK:
        return item.amount_is != "made-up-here"
    return not one.packs or item.amount_is in one.packs


def table() -> str:
    """Return all rules as a Markdown table, for Help: route, what they apply to, the rule, its source, its standing."""
    routes = {None: "Both", SupplyRoute.PATIENT: "Patient", SupplyRoute.PRESCRIBER: "Prescriber"}
    rows = [
        f"| {routes[one.route]} | {one.scope} | {one.law} | {one.source}; read: {one.read} "
        f"| {'Confirmed' if one.confirmed else to_be_confirmed().capitalize()} |"
        for one in rules()
    ]
    head = "| At the request of | Applies to | Rule | Source | Standing |\n|---|---|---|---|---|"
    never = ", ".join(one.name for one in substances() if one.never)
    reminded = ", ".join(f"{one.name} (Schedule {one.schedule})" for one in substances() if one.schedule)
    return (
        f"# The rules of law\n\n{title()}. {reminder()}\n\n{head}\n" + "\n".join(rows) + "\n\n"
        f"Names that stop a supply (a list that is not complete): {never}.\n\n"
        f"Names of which the form reminds: {reminded}.\n"
    )
