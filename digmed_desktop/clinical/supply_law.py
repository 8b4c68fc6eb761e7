"""Holds one item of an emergency supply against the rules of :mod:`digmed_desktop.clinical.law`.

What the law forbids stops; where the pharmacist may judge, it is told and a reason is asked for; and each rule that
binds is told in a sentence. What the program cannot know it says it does not know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from digmed_desktop.clinical import law, units
from digmed_desktop.clinical.directions import days_of, shown_days
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.law_rule import Effect, Rule

LONG_ON_PRESCRIBER_ROUTE = 30  # days: no limit of the law, but worth a second look
_TOO_MUCH = {Effect.PACK: "larger", Effect.CYCLE: "more", Effect.COURSE: "more"}
AMOUNT_FIELDS = {
    Effect.PACK: "pack",
    Effect.CYCLE: "cycle",
    Effect.COURSE: "course",
}
"""The question that says how the amount compares with a limit that is no number of days."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the law says of one item. ``field`` is the last part of the question's id, such as ``days``.

    ``forbids`` stops the supply; ``asks`` wants the pharmacist's reason; else it only tells. ``rule`` is the rule's id.
    """

    field: str
    sentence: str
    rule: str = ""
    forbids: bool = False
    asks: bool = False


def days_by_directions(item: SuppliedItem) -> Decimal | None:
    """Return how many days the quantity lasts by its directions, None where that cannot be computed."""
    if item.quantity is None:
        return None
    return days_of(item.quantity.value, units.shown(item.quantity.unit), item.directions)


def judge(item: SuppliedItem, route: SupplyRoute) -> tuple[Finding, ...]:
    """Return everything the rules say of an item, in the order of the form."""
    found: list[Finding] = []
    for rule in law.rules_for(item, route):
        found += _by(rule, item)
    found += _names(item)
    found += _counting(item)
    if (
        route is SupplyRoute.PRESCRIBER
        and item.legal_class == law.PRESCRIPTION_ONLY
        and item.days is not None
        and item.days > LONG_ON_PRESCRIBER_ROUTE
    ):
        found.append(
            Finding(
                "days",
                f"More than {LONG_ON_PRESCRIBER_ROUTE} days. The law sets no number of days here, but check that the "
                "prescriber means it.",
                asks=True,
            )
        )
    return tuple(dict.fromkeys(found))


def _by(rule: Rule, item: SuppliedItem) -> Iterator[Finding]:
    told = _Telling(rule)
    match rule.effect:
        case Effect.FORBIDDEN:
            yield told.stop("product" if rule.substances else "schedule")
        case Effect.DAYS:
            yield from _days(told, item)
        case Effect.PACK | Effect.CYCLE | Effect.COURSE:
            field = AMOUNT_FIELDS[rule.effect]
            if item.amount_is == _TOO_MUCH[rule.effect]:
                yield told.stop(field)
            else:
                yield told.tell(field)
        case Effect.AS_DIRECTED:
            if item.as_directed is False:
                yield told.stop("as_directed")
            else:
                yield told.tell("as_directed")
        case _:
            yield told.tell("legal_class" if item.kind is ItemKind.MEDICINE else "kind")


def _days(told: "_Telling", item: SuppliedItem) -> Iterator[Finding]:
    limit = told.rule.days or 0
    computed = days_by_directions(item)
    if item.days is not None and item.days > limit:
        yield told.stop("days")
    elif computed is not None and computed > limit:
        # the directions are the prescriber's words: where they are plain, the quantity is over the limit
        yield Finding(
            "quantity",
            f"By the directions this lasts {shown_days(computed)} days. {told.rule.over}",
            told.rule.id,
            forbids=True,
        )
    else:
        yield told.tell("days")


def _names(item: SuppliedItem) -> Iterator[Finding]:
    """Compare the chosen schedule with what the name reminds of."""
    name = item.product.display if item.product else ""
    if item.kind is ItemKind.APPLIANCE or item.legal_class != law.PRESCRIPTION_ONLY or not item.schedule:
        return
    named = law.named_in(name)
    for substance in named:
        if substance.schedule and substance.schedule != item.schedule:
            yield Finding(
                "schedule",
                f"Check the schedule: {substance.name} usually is a controlled drug of Schedule "
                f"{substance.schedule}.",
                asks=True,
            )
    phenobarbital = any(one.name == "phenobarbital" for one in named)
    if item.schedule == law.PHENOBARBITAL_SCHEDULE and item.for_epilepsy and name and not phenobarbital:
        yield Finding(
            "for_epilepsy",
            "Check the medicine: its name does not say phenobarbital, the only one of Schedule 3 that may be supplied.",
            asks=True,
        )


def _counting(item: SuppliedItem) -> Iterator[Finding]:
    """Compare the days typed with those that quantity and directions make."""
    if item.quantity is None or not item.directions:
        return
    computed = days_by_directions(item)
    if computed is None:
        yield Finding("days", "The days cannot be computed from these directions: count them yourself.")
        return
    whole = int(computed.to_integral_value(ROUND_DOWN))
    if item.days is not None and item.days != whole:
        yield Finding(
            "days",
            f"Check days, quantity and directions: by the directions this lasts {shown_days(computed)} "
            f"{'day' if computed == 1 else 'days'}.",
            asks=True,
        )
    else:
        yield Finding(
            "days",
            f"By the directions this lasts {shown_days(computed)} {'day' if computed == 1 else 'days'}.",
        )


class _Telling:
    """Says one rule, with the mark of a rule that is still to be confirmed."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def stop(self, field: str) -> Finding:
        return Finding(field, self.rule.over, self.rule.id, forbids=True)

    def tell(self, field: str) -> Finding:
        return Finding(field, self.rule.law, self.rule.id)
