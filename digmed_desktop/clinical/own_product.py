"""A product that a pharmacy adds to a programme: what may be entered, and the product it makes.

Published sources do not have every vaccine's dm+d code, so a pharmacy types it from its own system. A code is
checked (Verhoeff, partition) before it is taken; without one the product is sent by its words.
"""

from collections.abc import Mapping
from decimal import Decimal

from digmed_desktop.clinical.answers import unsendable
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.programme import Product, Programme
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.snomed import is_concept_id, sentence_about
from digmed_desktop.settings.own_product import OwnProduct

MOST = 255  # characters of a dm+d description


def as_product(own: OwnProduct, programme: Programme) -> Product:
    """Return a pharmacy's own product as one of a programme's.

    What it holds nobody entered: it counts as live where every product given that way is, and as holding what any does.
    """
    dose = Quantity(Decimal(own.dose), programme.unit) if own.dose and programme.unit else None
    routes = tuple(one.id for one in programme.lists["routes"] if one.id == own.route)
    routes = routes or tuple(one.id for one in programme.lists["routes"][:1])
    alike = [one for one in programme.products.values() if set(routes) & set(one.routes)]
    return Product(
        id=own.id,
        coded=Coded(own.display, own.code),
        short_name=own.display,
        manufacturer=own.manufacturer,
        routes=routes,
        dose=dose,
        live=bool(alike) and all(one.live for one in alike),
        holds=frozenset(part for one in alike for part in one.holds),
    )


def read(
    answers: Mapping[str, str], programmes: Mapping[str, Programme], taken: Mapping[str, OwnProduct]
) -> tuple[OwnProduct | None, tuple[Problem, ...]]:
    """Return the product that the answers describe, or what is wrong with them.

    ``programmes`` are those it may belong to, by agreement or id; ``taken`` the own products there are already.
    """
    display, code = (
        answers.get("product.display", "").strip(),
        "".join(answers.get("product.code", "").split()),
    )
    maker, dose = answers.get("product.manufacturer", "").strip(), answers.get("product.dose", "").strip()
    kind, route = answers.get("product.programme", ""), answers.get("product.route", "")
    problems = []
    if kind not in programmes:
        problems.append(Problem("product.programme", "Select the vaccination that the product is for."))
    if not display:
        problems.append(Problem("product.display", "Enter the name of the product, as dm+d writes it."))
    for field, text in (("product.display", display), ("product.manufacturer", maker)):
        if unsendable(text, lines=False):
            problems.append(Problem(field, "Type it again: it holds a hidden character that cannot be sent."))
        elif len(text) > MOST:
            problems.append(Problem(field, f"Shorten it to at most {MOST} characters; it has {len(text)}."))
    if code and not is_concept_id(code):
        problems.append(Problem("product.code", sentence_about(code)))
    if any(code and one.code == code and one.programme == kind for one in taken.values()):
        problems.append(Problem("product.code", "This code is in the list already."))
    if kind in programmes and route not in {one.id for one in programmes[kind].lists["routes"]}:
        problems.append(Problem("product.route", "Select how this product is usually given."))
    if dose and not _is_dose(dose):
        problems.append(
            Problem("product.dose", "Enter the dose in mL with digits and a full stop, such as 0.5.")
        )
    if problems:
        return None, tuple(problems)
    number = 1 + max((int(one.id.removeprefix("own-")) for one in taken.values()), default=0)
    return OwnProduct(f"own-{number}", kind, display, code, maker, route, dose), ()


def _is_dose(text: str) -> bool:
    whole, _, part = text.partition(".")
    digits = whole.isascii() and whole.isdigit() and len(whole) <= 4
    return (
        digits and (not part or (part.isascii() and part.isdigit() and len(part) <= 4)) and Decimal(text) > 0
    )
