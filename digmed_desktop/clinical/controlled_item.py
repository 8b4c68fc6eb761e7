"""Holds the schedule and legal class of an item against its name and against dm+d.

A name that is only ever in Schedules 1 to 3 stops where the answer says otherwise; where strength or form decides, and
where no source was read, the pharmacist is asked. A name that the list does not know is said to be unknown.
"""

from collections.abc import Iterator

from digmed_desktop.clinical import controlled_drugs, law
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.controlled_drugs import ControlledName
from digmed_desktop.clinical.emergency_supply import LOWER, NEVER_SUPPLIED, ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.near_names import nearly_named_in
from digmed_desktop.clinical.phrases import words
from digmed_desktop.clinical.supply_finding import Finding

NO_SCHEDULE = "none"
_DMD = "the imported release of dm+d"
_ONLY_5 = ("5",)
"""The schedule whose medicines a pharmacy may also sell: codeine with paracetamol, for one."""


def judge_schedule(item: SuppliedItem, listed: Medicine | None = None) -> Iterator[Finding]:
    """Yield what name and list say of the answers; ``listed`` is the product in the imported dm+d, where it is there."""
    name = item.product.display if item.product else ""
    if not name.strip():
        return
    agreed = _agrees(item, listed) and item.schedule == (listed.schedule if listed else "")
    names = _names_of(item, listed)
    sold = agreed_as_sold(item, listed)
    for row in names:
        if not (sold and row.schedules == _ONLY_5):
            yield from _against_name(row, item, may_stop=row.confidence.may_stop and not agreed)
    if item.legal_class in law.NOT_PRESCRIPTION_ONLY and not sold:
        for row in controlled_drugs.ranges_in(name):
            sentence = f"Check the product on the pack: others of this range are controlled drugs, as {row.described()}."
            yield Finding("legal_class", f"{sentence} {NOT_CONFIRMED}", asks=True, source=row.source)
    if listed is not None:
        yield from _against_list(listed, item)
    yield from _never(item)
    yield from _phenobarbital(item, names)
    if agreed:
        return
    near = [row for row in nearly_named_in(name) if isinstance(row, ControlledName)]
    for row in near:
        if item.schedule not in row.schedules:
            sentence = f"Check the name and the pack: do you mean {row.described()}? {NOT_CONFIRMED}"
            yield Finding("product", sentence, asks=True)
    if not near and item.schedule == NO_SCHEDULE and not controlled_drugs.is_known(name):
        yield Finding(
            "schedule",
            "The program does not know this name: its list of controlled drugs is not complete. The pack says whether "
            "it is one.",
        )


def agreed_as_sold(item: SuppliedItem, listed: Medicine | None) -> bool:
    """Whether the imported dm+d says too that this product is no prescription-only medicine."""
    sold = item.legal_class in law.NOT_PRESCRIPTION_ONLY
    return sold and _agrees(item, listed) and listed is not None and listed.legal_class == item.legal_class


def lower_schedule(item: SuppliedItem, listed: Medicine | None = None, *, read: bool = False) -> str:
    """Return the Schedule, 4 or 5, that name or dm+d may give an item; ``""`` where they say none of these.

    ``read``: only as far as a source was read that may stop.
    """
    if listed is not None and listed.schedule in LOWER and _same_product(listed, item):
        return listed.schedule
    named = _names_of(item, listed)
    if read:
        named = tuple(row for row in named if row.confidence.may_stop)
    elif not named and item.product:
        near = (row for row in nearly_named_in(item.product.display) if isinstance(row, ControlledName))
        named = (*controlled_drugs.ranges_in(item.product.display), *near)
    return min((one for row in named for one in row.schedules if one in LOWER), default="")


def _names_of(item: SuppliedItem, listed: Medicine | None) -> tuple[ControlledName, ...]:
    name = item.product.display if item.product else ""
    stated = (item.form.display if item.form else "", item.strength, listed.form if listed else "")
    return controlled_drugs.named_in(name, " ".join(stated))


def _agrees(item: SuppliedItem, listed: Medicine | None) -> bool:
    return listed is not None and bool(listed.schedule) and _same_product(listed, item)


def _against_name(row: ControlledName, item: SuppliedItem, *, may_stop: bool) -> Iterator[Finding]:
    said = _described(row)
    if item.kind is ItemKind.APPLIANCE:
        stops = may_stop and row.is_never_supplied
        sentence = f"Check the kind of item: this is the name of a controlled drug. {said}"
        yield Finding("kind", sentence, forbids=stops, asks=not stops, source=row.source)
    elif item.legal_class in law.NOT_PRESCRIPTION_ONLY:
        stops = may_stop and row.is_never_supplied
        sold = "a medicine with this name can be for sale or prescription-only: check the pack."
        only = "a controlled drug in Schedules 1 to 4 is prescription-only."
        sentence = f"Check the legal class: {sold if row.schedules == _ONLY_5 else only} {said}"
        yield Finding("legal_class", sentence, forbids=stops, asks=not stops, source=row.source)
    elif item.schedule in row.schedules:
        if len(row.schedules) > 1 and item.schedule not in NEVER_SUPPLIED:
            sentence = f"Check the schedule on the pack: strength and form decide it. {said}"
            yield Finding("schedule", sentence, asks=True, source=row.source)
    else:
        stops = may_stop and row.is_never_supplied and item.schedule not in NEVER_SUPPLIED
        sentence = f"Check the schedule on the pack. {said}"
        yield Finding("schedule", sentence, forbids=stops, asks=not stops, source=row.source)


def _described(row: ControlledName) -> str:
    mark = "" if row.confidence.may_stop else f" {NOT_CONFIRMED}"
    never = (
        " Nothing in Schedules 1 to 3 may be supplied in an emergency, except phenobarbital for epilepsy."
        if row.is_never_supplied
        else ""
    )
    return f"{row.described()}.{never}{mark}"


def _against_list(listed: Medicine, item: SuppliedItem) -> Iterator[Finding]:
    """Yield where an answer says something else than dm+d."""
    if not _same_product(listed, item):
        sentence = "Check the product: the imported dm+d has a different name for its code."
        yield Finding("product", sentence, asks=True)
    if listed.kind is ItemKind.MEDICINE and item.kind is ItemKind.APPLIANCE:
        stops = listed.schedule in NEVER_SUPPLIED
        sentence = "Check the kind of item: the imported dm+d says that this product is a medicine."
        yield Finding("kind", sentence, forbids=stops, asks=not stops, source=_DMD)
    if listed.schedule and item.schedule and listed.schedule != item.schedule:
        says = "no controlled drug" if listed.schedule == NO_SCHEDULE else f"Schedule {listed.schedule}"
        stops = listed.schedule in NEVER_SUPPLIED and item.schedule not in NEVER_SUPPLIED
        sentence = f"Check the schedule on the pack: the imported dm+d says {says} of this product."
        yield Finding("schedule", sentence, forbids=stops, asks=not stops, source=_DMD)
    if listed.legal_class and item.legal_class and listed.legal_class != item.legal_class:
        sentence = (
            "Check the legal class on the pack: the imported dm+d gives a different one for this product."
        )
        stops = listed.schedule in NEVER_SUPPLIED and not item.schedule
        yield Finding("legal_class", sentence, forbids=stops, asks=not stops, source=_DMD)


def _same_product(listed: Medicine, item: SuppliedItem) -> bool:
    """Whether the name of an item can be that of the product that dm+d has under its code."""
    name = item.product.display if item.product else ""
    return words(name)[:1] == words(listed.product.display)[:1]


def _never(item: SuppliedItem) -> Iterator[Finding]:
    """Yield the rule of a schedule where the answer to the legal class keeps it from being asked."""
    if item.legal_class == law.PRESCRIPTION_ONLY or item.schedule not in NEVER_SUPPLIED:
        return  # the rules of law say it
    if item.schedule == law.PHENOBARBITAL_SCHEDULE and item.for_epilepsy is True:
        return
    rule = law.rule(f"schedule-{item.schedule}")
    yield Finding("schedule", rule.over, rule.id, forbids=True, source=rule.where)


def _phenobarbital(item: SuppliedItem, names: tuple[ControlledName, ...]) -> Iterator[Finding]:
    """Stop or ask where something else than phenobarbital is said to be for epilepsy."""
    if item.schedule != law.PHENOBARBITAL_SCHEDULE or not item.for_epilepsy:
        return
    others = [row for row in names if row.is_never_supplied and not _is_phenobarbital(row)]
    for row in others:
        stops = row.confidence.may_stop
        sentence = f"Only phenobarbital in Schedule 3 may be supplied for epilepsy. {_described(row)}"
        yield Finding("for_epilepsy", sentence, forbids=stops, asks=not stops, source=row.source)
    if not others and not any(map(_is_phenobarbital, names)):
        yield Finding(
            "for_epilepsy",
            "Check the medicine: its name does not say phenobarbital, the only one in Schedule 3 that may be supplied.",
            asks=True,
        )


def _is_phenobarbital(row: ControlledName) -> bool:
    return row.substance.casefold().startswith("phenobarbital")
