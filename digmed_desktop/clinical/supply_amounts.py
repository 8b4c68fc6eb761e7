"""Check the amounts of an item, in the form and in a record import alike.

What cannot be is refused in words; what is possible and unlikely, or contradicts another answer, asks for a reason.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical import units
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.directions import unit_word
from digmed_desktop.clinical.emergency_supply import SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.medicine_files import AmountsFile

FILE = "medicines/amounts.toml"
MOST_DAYS = 366
QUANTITY = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")
DAYS_SENTENCE = f"Enter the days as a whole number from 1 to {MOST_DAYS}."
QUANTITY_SENTENCE = "Enter the quantity with digits, such as 28 or 7.5, and its unit next to it."
UNIT_SENTENCE = "Enter only the unit, such as tablet. The number goes in Quantity."
_STRENGTH = re.compile(
    r"(?<![\w.])([0-9]+(?:[.,][0-9]+)*)\s*"
    r"(micrograms?|mcg|nanograms?|milligrams?|mg|grams?|g|millilitres?|ml|units?|iu|mmol|%)(?![a-z])"
)
_OF_MEDICINES = ("tablet", "capsule")
_COUNTED = frozenset({*_OF_MEDICINES, "suppository", "pessary", "patch", "sachet"})
"""Forms that directions count one by one."""
_WEIGHTS = ("mg", "mcg", "nanogram")
_ONE_WORD = {
    "microgram": "mcg", "micrograms": "mcg", "milligram": "mg", "milligrams": "mg", "gram": "g", "grams": "g",
    "millilitre": "ml", "millilitres": "ml", "unit": "iu", "units": "iu", "nanograms": "nanogram",
}  # fmt: skip


def is_possible_quantity(value: Decimal) -> bool:
    """Whether a quantity is above zero and has few enough digits."""
    return value > 0 and QUANTITY.fullmatch(f"{value:f}") is not None


def impossible(item: SuppliedItem) -> Iterator[tuple[str, str]]:
    """Yield the attribute and the sentence of each amount in a record that no form could hold."""
    if item.days is not None and not 1 <= item.days <= MOST_DAYS:
        yield "days", DAYS_SENTENCE
    if item.quantity is not None and not is_possible_quantity(item.quantity.value):
        yield "quantity", QUANTITY_SENTENCE
    if item.quantity is not None and any(sign.isdigit() for sign in units.shown(item.quantity.unit)):
        yield "quantity", UNIT_SENTENCE


def judge_amounts(item: SuppliedItem, listed: Medicine | None = None) -> Iterator[Finding]:
    """Yield what is unlikely in quantity, days and strength, and what contradicts the name or the imported dm+d."""
    yield from _a_day(item)
    yield from _strength(item)
    yield from _directions(item)
    if listed is None or item.product is None:
        return
    if listed.form and item.form and _plain(listed.form) != _plain(item.form.display):
        yield Finding(
            "form", "Check the form: the imported dm+d gives a different one for this product.", asks=True
        )
    unit = units.shown(item.quantity.unit) if item.quantity else ""
    if listed.unit and unit and unit_word(listed.unit) != unit_word(unit):
        yield Finding(
            "unit", "Check the unit: the imported dm+d counts this product in a different unit.", asks=True
        )


def _a_day(item: SuppliedItem) -> Iterator[Finding]:
    """Ask where the quantity is more a day than anyone takes, or so little that none is left for most days."""
    if item.quantity is None or not item.days or not is_possible_quantity(item.quantity.value):
        return
    unit = unit_word(units.shown(item.quantity.unit))
    daily = item.quantity.value / item.days
    for row in file().amount:
        if unit in row.units and daily > row.most_a_day:
            sentence = f"Check quantity and days: this is more than {row.most_a_day} a day."
            yield Finding("quantity", f"{sentence} {NOT_CONFIRMED}", asks=True, source=row.source)


def _strength(item: SuppliedItem) -> Iterator[Finding]:
    """Ask where the strength that was answered is not that in the name."""
    named = _strengths(item.product.display) if item.product else frozenset()
    answered = _strengths(item.strength)
    if named and answered and not answered <= named:
        yield Finding(
            "strength", "Check the strength: the name of the product gives a different one.", asks=True
        )


def _directions(item: SuppliedItem) -> Iterator[Finding]:
    """Ask where the directions count something that neither quantity, form nor name speaks of."""
    counted = _forms_in(item.directions)
    known = (item.product, item.form, item.quantity.unit if item.quantity else None)
    spoken = frozenset().union(*(_forms_in(term.display) for term in known if term))
    if counted and item.product and not counted & spoken:
        sentence = "Check the directions: they count a different form from the quantity or the name."
        yield Finding("directions", sentence, asks=True)


def _forms_in(text: str) -> frozenset[str]:
    return frozenset(map(unit_word, re.findall(r"[a-z]+", text.casefold()))) & _COUNTED


def is_measured_as_a_medicine(item: SuppliedItem) -> bool:
    """Whether a name has a strength as a medicine has, or the quantity is counted in tablets or capsules."""
    unit = unit_word(units.shown(item.quantity.unit)) if item.quantity else ""
    named = _strengths(item.product.display) if item.product else frozenset()
    return unit in _OF_MEDICINES or any(weight in _WEIGHTS for _number, weight in named)


def _strengths(text: str) -> frozenset[tuple[str, str]]:
    found = _STRENGTH.findall(text.casefold())
    return frozenset((number.replace(",", ""), _ONE_WORD.get(unit, unit)) for number, unit in found)


def _plain(form: str) -> tuple[str, ...]:
    return tuple(word.rstrip("s") for word in re.findall(r"[a-z]+", form.casefold()))


@cache
def file() -> "AmountsFile":
    """Return the file of amounts. Raises DataFileError where it has a fault."""
    from digmed_desktop.clinical.medicine_files import AmountsFile

    return OWN.read(FILE, AmountsFile)
