"""The net of controlled drugs: what the name of a product says of its schedule, against what was answered.

The list is sourced data (``resources/medicines/controlled-drugs.toml``) and is not complete. A name is compared by whole
words and phrases, the longest first; a name that only looks like one of a controlled drug covers what stands in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING

from digmed_desktop.clinical.concentration import least_mg_in_1_ml
from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.emergency_supply import NEVER_SUPPLIED
from digmed_desktop.clinical.phrases import Phrases, words
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.controlled_drugs_file import ControlledDrugsFile

FILE = "medicines/controlled-drugs.toml"
COMBINATION = "combination"


@dataclass(frozen=True, slots=True)
class ControlledName:
    """A name and the schedules that a product of it can be in; ``()`` for one that only looks alike."""

    name: str
    substance: str
    schedules: tuple[str, ...]
    confidence: Confidence
    source: str
    lower_as: tuple[str, ...] = ()  # words for the only forms that can be in Schedules 4 and 5; () any form
    never_as: tuple[str, ...] = ()  # words for forms that cannot
    lower_up_to: Decimal | None = None  # milligrams in 1 ml; what has more cannot

    @property
    def is_never_supplied(self) -> bool:
        """Whether every product of this name is in Schedules 1 to 3."""
        return bool(self.schedules) and set(self.schedules) <= NEVER_SUPPLIED

    def in_form(self, product: str) -> "ControlledName":
        """Return the name with those of its schedules that a product of this name and form can be in."""
        stated = f" {' '.join(words(product))} "
        lower = any(f" {' '.join(words(one))} " in stated for one in self.lower_as) or not self.lower_as
        never = any(f" {' '.join(words(one))} " in stated for one in self.never_as)
        if lower and not never and not self._is_stronger(product):
            return self
        return replace(self, schedules=tuple(one for one in self.schedules if one in NEVER_SUPPLIED))

    def _is_stronger(self, product: str) -> bool:
        in_1_ml = least_mg_in_1_ml(product) if self.lower_up_to is not None else None
        return in_1_ml is not None and self.lower_up_to is not None and in_1_ml > self.lower_up_to

    def described(self) -> str:
        """Return name, substance and schedules in words: ``Oramorph (Morphine): Schedule 2 or 5``."""
        of = f" ({self.substance})" if self.substance.casefold() != self.name.casefold() else ""
        numbers = " or ".join(self.schedules)
        others = (
            f", or another only as {', '.join(self.lower_as)}"
            if self.is_never_supplied and self.lower_as
            else ""
        )
        return f"{self.name}{of}: Schedule {numbers}{others}"


def named_in(product: str, form: str = "") -> tuple[ControlledName, ...]:
    """Return the names of controlled drugs in the name of a product, in their order, as its ``form`` allows."""
    stated = product if _SOLID & set(words(product)) else f"{product} {form}"
    return tuple(row.in_form(stated) for row in found_in(product) if row.schedules)


_SOLID = frozenset(
    [
        "tablet",
        "tablets",
        "capsule",
        "capsules",
        "caplet",
        "caplets",
        "patch",
        "patches",
        "suppository",
        "suppositories",
    ]
)
"""Forms in the name of a product that no answer about its form turns into a liquid."""


def found_in(product: str) -> tuple[ControlledName, ...]:
    """Return every name of the list in the name of a product, look-alikes too."""
    return _phrases().found_in(product)


def is_known(product: str) -> bool:
    """Whether any name of the list stands in the name of a product, look-alikes too."""
    return bool(found_in(product))


def ranges_in(product: str) -> tuple[ControlledName, ...]:
    """Return a product of Schedule 5 for each range that a name says, where it says no product of the list."""
    return () if found_in(product) else _ranges().found_in(product)


def ranges() -> tuple[str, ...]:
    """Return the names of ranges of which only some products are in Schedule 5."""
    return tuple(_file().ranges)


@cache
def _ranges() -> Phrases[ControlledName]:
    of_5 = [row for row in all_names() if row.schedules == ("5",)]
    return Phrases(
        (name, next(row for row in of_5 if row.name.casefold().startswith(f"{name.casefold()} ")))
        for name in ranges()
    )


@cache
def all_names() -> tuple[ControlledName, ...]:
    """Return every name of the list, look-alikes too. Raises DataFileError where the file has a fault."""
    file = _file()
    return tuple(
        ControlledName(
            row.name,
            row.of or row.name,
            tuple(row.schedules),
            row.confidence,
            file.sources[row.source],
            tuple(row.lower_as or ()),
            tuple(row.never_as or ()),
            Decimal(row.lower_up_to) if row.lower_up_to else None,
        )
        for row in file.names
    )


def _file() -> "ControlledDrugsFile":
    from digmed_desktop.clinical.controlled_drugs_file import ControlledDrugsFile

    return OWN.read(FILE, ControlledDrugsFile)


@cache
def _phrases() -> Phrases[ControlledName]:
    in_other_order = (
        (spelled, row)
        for row, in_file in zip(all_names(), _file().names, strict=True)
        if in_file.kind == COMBINATION
        for spelled in _in_any_order(row.name)
    )
    return Phrases((*((row.name, row) for row in all_names()), *in_other_order))


def _in_any_order(combination: str) -> Iterator[str]:
    """Yield the name of a combination with its parts in each order: ``morphine/kaolin``, ``kaolin with morphine``."""
    parts = re.split(r", | and | with ", combination)
    if len(parts) > 1:
        for order in permutations(parts):
            for between in (" ", " and ", " with "):
                yield between.join((" ".join(order[:-1]), order[-1]))
