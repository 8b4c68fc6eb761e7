"""Asks for form and strength where the name of a product does not make them apparent: the register needs both.

Schedule 23 wants name, quantity and, except where apparent from the name, form and strength of a prescription-only
medicine. The words that say a form are data (``resources/medicines/amounts.toml``).
"""

from collections.abc import Iterator
from functools import cache

from digmed_desktop.clinical import law, units
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.clinical.supply_amounts import file
from digmed_desktop.clinical.supply_finding import Finding

REGISTER = "register"
"""The rule that says what is entered."""


def judge_apparent(item: SuppliedItem, listed: Medicine | None = None) -> Iterator[Finding]:
    """Yield a question for form and for strength where nothing says them; a product of dm+d says both in its name."""
    name = item.product.display if item.product else ""
    prescribed = item.kind is ItemKind.MEDICINE and item.legal_class == law.PRESCRIPTION_ONLY
    if not name.strip() or not prescribed or listed is not None:
        return
    where = law.rule(REGISTER).where
    if not item.strength.strip() and not any(sign.isdigit() for sign in name):
        yield Finding("strength", _MISSING.format("strength"), asks=True, source=where)
    unit = units.shown(item.quantity.unit) if item.quantity else ""
    if not (item.form and item.form.display.strip()) and not _forms().found_in(f"{name} {unit}"):
        yield Finding("form", _MISSING.format("form"), asks=True, source=where)


_MISSING = "Add the {}: the register needs it if the name does not include it."


@cache
def _forms() -> Phrases[str]:
    return Phrases((word, word) for word in file().form_words)
