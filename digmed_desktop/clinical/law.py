"""The rules of law on emergency supplies, read from ``resources/law``: the form applies them and Help shows them.

A rule says what it applies to and what follows; :mod:`digmed_desktop.clinical.supply_law` holds an item against
them. None of them decides: the pharmacist does.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.law_rule import Effect, PrescriberNumber, Rule, Substance
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.clinical.table_text import sentences
from digmed_desktop.clinical.table_text import table as table_of
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.law_file import LawFile, RuleRow

_FILE = "law/emergency-supply.toml"
PRESCRIPTION_ONLY = "pom"
NOT_PRESCRIPTION_ONLY = ("p", "gsl")
PHENOBARBITAL_SCHEDULE = "3"
_NOT_READ = "not read"


def _file() -> "LawFile":
    """Return the law as its file has it. Raises DataFileError where that has a fault."""
    from digmed_desktop.clinical.law_file import LawFile

    return OWN.read(_FILE, LawFile)


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules, in the order in which Help shows them."""
    return tuple(_rule(row) for row in _file().rule)


def _rule(row: "RuleRow") -> Rule:
    lists = {
        name: tuple(getattr(row, name) or ())
        for name in ("preparations", "schedules", "packs", "prescribers")
    }
    route = None if row.route == "both" else SupplyRoute(row.route)
    return Rule(**{**dict(row), **lists, "route": route})


def rule(rule_id: str) -> Rule:
    """Return one rule; KeyError when there is none of that id."""
    for one in rules():
        if one.id == rule_id:
            return one
    raise KeyError(rule_id)


@cache
def substances() -> tuple[Substance, ...]:
    """Return the names of the substances of Schedule 18."""
    file = _file()
    return tuple(
        Substance(row.name, row.of or row.name, row.confidence, file.sources[row.source])
        for row in file.substance
    )


@cache
def _phrases() -> Phrases[Substance]:
    return Phrases((one.name, one) for one in substances())


def title() -> str:
    """Return the name of the regulations."""
    return _file().title


def reminder() -> str:
    """Return the sentence that stands with every rule."""
    return _file().reminder


def to_be_confirmed() -> str:
    """Return the words that mark a rule no pharmacist has confirmed yet."""
    return _file().to_be_confirmed


def conditions(route: SupplyRoute) -> tuple[Rule, ...]:
    """Return the conditions of a route, each with the question that asks for it."""
    return tuple(one for one in rules() if one.effect is Effect.CONDITION and one.holds_on(route))


def named_in(product: str) -> tuple[Substance, ...]:
    """Return the substances of Schedule 18 whose names stand in the name of a product."""
    return _phrases().found_in(product)


def number_of(profession: str) -> PrescriberNumber | None:
    """Return the shape of the registration numbers of a profession, None where none is known."""
    row = next((row for row in _file().prescriber if row.profession == profession), None)
    return PrescriberNumber(**dict(row)) if row else None


def rules_for(item: SuppliedItem, route: SupplyRoute, prescriber: str = "") -> Iterator[Rule]:
    """Yield the rules that bind an item on a route, as far as its answers tell which.

    ``prescriber`` is the profession of the prescriber who asks, an answer of the form.

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
        if one.prescribers and prescriber not in one.prescribers:
            continue
        if _applies(one, item):
            yield one


def _applies(one: Rule, item: SuppliedItem) -> bool:
    if one.substances:
        name = item.product.display if item.product else ""
        return any(substance.confidence.may_stop for substance in named_in(name))
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
    """Return all rules as a Markdown table, for Help: whom and what they apply to, the rule, its source and standing."""
    routes = {None: "Both requests", SupplyRoute.PATIENT: "Patient", SupplyRoute.PRESCRIBER: "Prescriber"}
    rows = (
        (
            sentences(routes[one.route], one.scope),
            sentences(one.law, _consequence(one)),
            sentences(one.source, *_version(one), _standing(one)),
        )
        for one in rules()
    )
    made = table_of(("At the request of", "Rule", "Source and standing"), rows)
    never = ", ".join(one.name for one in substances() if one.confidence.may_stop)
    asked = ", ".join(f"{one.name} ({one.of})" for one in substances() if not one.confidence.may_stop)
    return (
        f"# The rules of law\n\n{title()}. {reminder()}\n\n{made}\n"
        f"Names in Schedule 18, which stop a supply at the patient's request: {never}.\n\n"
        f"Other names of the same substances, which the form asks about, not confirmed by a pharmacist: {asked}.\n"
    )


_LIMITS = frozenset(Effect) - {Effect.NO_LIMIT, Effect.NOTE, Effect.DUTY}


def _consequence(one: Rule) -> str:
    """Return what the form does where a rule is broken."""
    if one.off:
        return ""  # it says so itself
    if one.effect not in _LIMITS:
        return "Shown only"
    return "Asks for a reason" if one.asks else "Stops an act still to be done"


def _standing(one: Rule) -> str:
    standing = "Confirmed" if one.confirmed else to_be_confirmed().capitalize()
    return f"{standing}. Off" if one.off else standing


def _version(one: Rule) -> tuple[str, ...]:
    return () if one.read == _NOT_READ else (f"Read: {one.read}",)
