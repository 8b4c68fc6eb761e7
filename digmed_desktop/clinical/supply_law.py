"""Holds one item of an emergency supply against the rules of :mod:`digmed_desktop.clinical.law`.

What the law forbids stops; where the pharmacist may judge, it is told and a reason is asked for; and each rule that
binds is told in a sentence. What the program cannot know it says it does not know.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from digmed_desktop.clinical import law, units
from digmed_desktop.clinical.apparent import judge_apparent
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.controlled_item import (
    NO_SCHEDULE,
    agreed_as_sold,
    judge_schedule,
    lower_schedule,
)
from digmed_desktop.clinical.directions import days_of, shown_days
from digmed_desktop.clinical.emergency_supply import LOWER, ItemKind, SuppliedItem, SupplyRoute
from digmed_desktop.clinical.high_risk import judge_risk
from digmed_desktop.clinical.kind_of_item import judge_kind, names_a_medicine
from digmed_desktop.clinical.law_rule import Effect, Rule, Substance
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.near_names import nearly_named_in
from digmed_desktop.clinical.preparations import ANY_OTHER, is_doubted, judge_preparation
from digmed_desktop.clinical.supply_amounts import judge_amounts
from digmed_desktop.clinical.supply_finding import Finding

LONG_ON_PRESCRIBER_ROUTE = 30  # days: no limit of the law, but worth a second look
_TOO_MUCH = {Effect.PACK: "larger", Effect.CYCLE: "more", Effect.COURSE: "more"}
AMOUNT_FIELDS = {
    Effect.PACK: "pack",
    Effect.CYCLE: "cycle",
    Effect.COURSE: "course",
}
"""The question that says how the amount compares with a limit that is no number of days."""


def days_by_directions(item: SuppliedItem) -> Decimal | None:
    """Return how many days the quantity lasts by its directions, None where that cannot be computed."""
    if item.quantity is None:
        return None
    return days_of(item.quantity.value, units.shown(item.quantity.unit), item.directions)


def judge(
    item: SuppliedItem, route: SupplyRoute, listed: Medicine | None = None, prescriber: str = ""
) -> tuple[Finding, ...]:
    """Return everything the rules say of an item.

    ``listed`` is its product in the imported dm+d, if it is there, ``prescriber`` the profession of who asks.
    """
    found: list[Finding] = []
    for rule in law.rules_for(item, route, prescriber):
        found += _by(rule, item)
    found += judge_schedule(item, listed)
    found += judge_preparation(item, listed)
    found += judge_risk(item)
    found += judge_amounts(item, listed)
    found += judge_apparent(item, listed)
    if route is SupplyRoute.PATIENT:
        found += _perhaps_schedule_18(item)
        found += _limits_in_doubt(item, listed)
    if not any(one.field == "kind" and (one.asks or one.forbids) for one in found):
        found += judge_kind(item, listed)
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
                f"More than {LONG_ON_PRESCRIBER_ROUTE} days. The law sets no number of days here, but check that "
                "the prescriber intended it.",
                asks=True,
            )
        )
    return tuple(dict.fromkeys(found))


def _by(rule: Rule, item: SuppliedItem) -> Iterator[Finding]:
    told = _Telling(rule)
    match rule.effect:
        case Effect.FORBIDDEN:
            yield told.over("product" if rule.substances else "schedule")
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
        yield told.over("days")
    elif computed is not None and computed > limit:
        # the directions are the prescriber's words: where they are plain, the quantity is over the limit
        yield told.over("quantity", f"By the directions this lasts {shown_days(computed)} days. ")
    else:
        yield told.tell("days")


def _limits_in_doubt(item: SuppliedItem, listed: Medicine | None) -> Iterator[Finding]:
    """Ask where an amount is over the limit that holds unless an answer in doubt is right."""
    schedule = lower_schedule(item, listed)
    sold = item.legal_class in law.NOT_PRESCRIPTION_ONLY and not agreed_as_sold(item, listed)
    no_appliance = item.kind is ItemKind.APPLIANCE and (schedule or names_a_medicine(item))
    if sold or no_appliance:
        otherwise = replace(
            item, kind=ItemKind.MEDICINE, legal_class=law.PRESCRIPTION_ONLY, schedule=schedule or NO_SCHEDULE
        )
        yield from _unless(otherwise, "If this is a prescription-only medicine")
    if is_doubted(item, listed):
        yield from _unless(item, "If this is another kind of preparation")


def _unless(item: SuppliedItem, because: str) -> Iterator[Finding]:
    """Yield as questions the limits of days that an item of no kind with a limit of its own is over."""
    other = replace(item, preparation=ANY_OTHER, amount_is="")
    for rule in law.rules_for(other, SupplyRoute.PATIENT):
        for one in _by(rule, other):
            if one.forbids and rule.effect is Effect.DAYS:
                sentence = f"{because}: {one.sentence[0].lower()}{one.sentence[1:]}"
                yield Finding(one.field, sentence, one.rule, asks=True, source=one.source)


def _perhaps_schedule_18(item: SuppliedItem) -> Iterator[Finding]:
    """Ask about a name that may be one of Schedule 18, and about one of it that is said to be no POM."""
    name = item.product.display if item.product else ""
    named = law.named_in(name)
    if item.legal_class != law.PRESCRIPTION_ONLY and (item.legal_class or item.kind is ItemKind.APPLIANCE):
        for one in named:
            yield Finding(
                "kind" if item.kind is ItemKind.APPLIANCE else "legal_class",
                f"Check this on the pack: {one.name} is in Schedule 18. You cannot supply it as a "
                f"prescription-only medicine at the patient's request.",
                asks=True,
                source=one.source,
            )
    elif item.legal_class == law.PRESCRIPTION_ONLY and not any(one.confidence.may_stop for one in named):
        for one in named:
            yield Finding(
                "product",
                f"Check the medicine: {one.name} may be {one.of}, which may not be supplied at the patient's request "
                f"(Schedule 18). {NOT_CONFIRMED}",
                asks=True,
                source=one.source,
            )
    for near in nearly_named_in(name):
        if isinstance(near, Substance):
            meant = near.name if near.name == near.of else f"{near.name} ({near.of})"
            yield Finding(
                "product",
                f"Check the name and the pack: do you mean {meant}? It is in Schedule 18. No prescription-only "
                f"medicine in that schedule may be supplied at the patient's request. {NOT_CONFIRMED}",
                asks=True,
                source=near.source,
            )


def _counting(item: SuppliedItem) -> Iterator[Finding]:
    """Compare the days typed with those that quantity and directions make."""
    if item.quantity is None or not item.directions:
        return
    computed = days_by_directions(item)
    if computed is None:
        counted = "The days cannot be worked out from these directions: work them out yourself."
        if item.schedule in LOWER and item.legal_class == law.PRESCRIPTION_ONLY:
            yield Finding("days", f"{counted} Say how you did.", asks=True)
        else:
            yield Finding("days", counted)
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
        return Finding(field, self.rule.over, self.rule.id, forbids=True, source=self.rule.where)

    def over(self, field: str, before: str = "") -> Finding:
        """Return what is over a limit: a stop, or a question where no text of the law was read."""
        asks = self.rule.asks
        said = f"{before}{self.rule.over}"
        return Finding(field, said, self.rule.id, forbids=not asks, asks=asks, source=self.rule.where)

    def tell(self, field: str) -> Finding:
        return Finding(field, self.rule.law, self.rule.id, source=self.rule.where)
