"""A medicine or appliance as a list of products knows it: what it is called, its code, and what else is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digmed_desktop.clinical.emergency_supply import ItemKind
from digmed_desktop.clinical.phrases import words
from digmed_desktop.clinical.record import Coded

CODE_END = "\t"
"""Between the code of a product that was picked and its name, in the answer of a question about a medicine."""


@dataclass(frozen=True, slots=True)
class Medicine:
    """One product (a dm+d AMP, or a name that was typed before). What is not known is "" or None.

    ``legal_class`` is pom, p or gsl; ``schedule`` none or 1 to 5; ``unit`` the unit it is counted in; ``form`` the
    dose form in the words of dm+d.
    """

    product: Coded
    kind: ItemKind | None = None
    unit: str = ""
    legal_class: str = ""
    schedule: str = ""
    form: str = ""


def same_name(one: str, other: str) -> bool:
    """Whether two names of products are the same but for capitals and spaces."""
    return words(one) == words(other)


def begins_as(name: str, typed: str) -> bool:
    """Whether the name of a product begins with the words that were typed."""
    begun = words(typed)
    return bool(begun) and words(name)[: len(begun)] == begun


def agreed(product: Coded, found: Sequence[Medicine]) -> Medicine:
    """Return a product with those particulars on which all products that were ``found`` agree."""

    def common(values: Iterable[str]) -> str:
        different = set(values)
        return different.pop() if len(different) == 1 else ""

    kinds = {one.kind for one in found}
    return Medicine(
        product,
        kinds.pop() if len(kinds) == 1 else None,
        common(one.unit for one in found),
        common(one.legal_class for one in found),
        common(one.schedule for one in found),
        common(one.form for one in found),
    )


OF_THE_PRODUCT = (
    "kind",
    "legal_class",
    "schedule",
    "preparation",
    "for_epilepsy",
    "pack",
    "cycle",
    "course",
    "form",
    "strength",
    "size",
    "colour",
    "unit",
    "as_directed",
    "reason",
)
"""The questions of an item that say something about its product, so that they go with it.

A reason that stayed would answer a warning about the next product before anyone has seen it.
"""
OF_THE_TREATMENT = ("directions", "quantity", "days", "indication", "additional")
"""The questions of an item about how its product is taken. They go with it too, and a person may put them back."""


def answers_of_product(
    item: str, medicine: Medicine | None, now: Mapping[str, str], *, replaced: bool
) -> dict[str, str]:
    """Return the answers of ``item`` that follow from its product, None where it is a name that was typed.

    ``replaced``: another product stood there, of which nothing may stay. Else what is not known of it is left alone.
    """
    known = {
        "kind": medicine.kind.value if medicine and medicine.kind else "",
        "legal_class": medicine.legal_class if medicine else "",
        "schedule": medicine.schedule if medicine else "",
        "unit": medicine.unit if medicine else "",
        "form": medicine.form if medicine else "",
    }
    if replaced:
        follow = {name: known.get(name, "") for name in (*OF_THE_PRODUCT, *OF_THE_TREATMENT)}
        follow["kind"] = follow["kind"] or now.get(f"{item}.kind", "")  # asked before the product
    else:
        follow = {name: text for name, text in known.items() if text}
    return {f"{item}.{name}": text for name, text in follow.items()}


def treatment_typed(item: str, now: Mapping[str, str]) -> dict[str, str]:
    """Return the answers of ``item`` about how its product is taken, as far as there are any."""
    typed = {f"{item}.{name}": now.get(f"{item}.{name}", "") for name in OF_THE_TREATMENT}
    return {question: text for question, text in typed.items() if text}


def product_answer(product: Coded) -> str:
    """Return the answer that names a product that was picked."""
    return f"{product.code}{CODE_END}{product.display}" if product.is_coded else product.display


def picked(answer: str) -> Coded | None:
    """Return the product that an answer names, None for an empty one."""
    code, tab, display = answer.partition(CODE_END)
    if not tab:
        code, display = "", answer
    return Coded(display.strip(), code) if display.strip() else None
