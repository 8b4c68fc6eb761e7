"""Holds the kind of an item, medicine or appliance, against its name, its unit and the imported dm+d.

The law limits medicines alone, so that one entered as an appliance would be held to no limit. The words are data
(``resources/medicines/amounts.toml``) and only ask.
"""

from collections.abc import Iterator
from functools import cache

from digmed_desktop.clinical import high_risk, preparations
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.clinical.supply_amounts import file, is_measured_as_a_medicine
from digmed_desktop.clinical.supply_finding import Finding

FIELD = "kind"
_OF_A_MEDICINE = "Check the kind of item: its name, strength or unit is that of a medicine."
_UNKNOWN = "Check the kind of item: nothing in its name says that it is an appliance."
_OF_AN_APPLIANCE = "Check the kind of item: its name is that of an appliance."
_DMD = "the imported release of dm+d"


def judge_kind(item: SuppliedItem, listed: Medicine | None = None) -> Iterator[Finding]:
    """Yield a question where name, unit or dm+d say another kind than the answer, or nothing says that kind."""
    if item.product is None or not item.product.display.strip():
        return
    if listed is not None and listed.kind is not None:
        if listed.kind is ItemKind.APPLIANCE and item.kind is ItemKind.MEDICINE:
            sentence = "Check the kind of item: the imported dm+d says that this product is an appliance."
            yield Finding(FIELD, sentence, asks=True, source=_DMD)
        return
    if item.kind is ItemKind.APPLIANCE:
        if names_a_medicine(item):
            yield Finding(FIELD, _OF_A_MEDICINE, asks=True)
        elif not _names_an_appliance(item):
            yield Finding(FIELD, f"{_UNKNOWN} {NOT_CONFIRMED}", asks=True)
    elif item.kind is ItemKind.MEDICINE and _names_an_appliance(item) and not _is_formed_as_a_medicine(item):
        yield Finding(FIELD, f"{_OF_AN_APPLIANCE} {NOT_CONFIRMED}", asks=True)


def names_a_medicine(item: SuppliedItem) -> bool:
    """Whether name, strength or unit of an item are a medicine's; insulin needles are none."""
    name = item.product.display if item.product else ""
    named = bool(_medicines().found_in(name)) and not _names_an_appliance(item)
    return named or _is_formed_as_a_medicine(item)


def _is_formed_as_a_medicine(item: SuppliedItem) -> bool:
    """Whether strength, unit or the words for a form are a medicine's."""
    name = item.product.display if item.product else ""
    return is_measured_as_a_medicine(item) or bool(_forms().found_in(name))


def _names_an_appliance(item: SuppliedItem) -> bool:
    return item.product is not None and bool(_appliances().found_in(item.product.display))


@cache
def _medicines() -> Phrases[str]:
    risky = (name for row in high_risk.rows() for name in row.names)
    return Phrases((name, name) for name in (*preparations.names(), *risky))


@cache
def _forms() -> Phrases[str]:
    return Phrases((word, word) for word in file().medicine_words)


@cache
def _appliances() -> Phrases[str]:
    return Phrases((word, word) for word in file().appliance_words)
