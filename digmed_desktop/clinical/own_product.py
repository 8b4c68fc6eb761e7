"""A product that a pharmacy adds to a programme: what may be entered, and the product it makes.

Published sources do not have every vaccine's dm+d code, so a pharmacy types it from its own system. A code is
checked (Verhoeff, partition) before it is taken; without one the product is sent by its words.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from digmed_desktop.clinical import known_terms
from digmed_desktop.clinical.answers import unsendable
from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.programme import Product, Programme
from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.clinical.snomed import is_concept_id, sentence_about
from digmed_desktop.settings.own_product import OwnProduct, is_dose, is_least_age

OWN_LIST = "the own products of this pharmacy, under Settings"
MOST = 255  # characters of a dm+d description


def as_product(own: OwnProduct, programme: Programme) -> Product:
    """Return a pharmacy's own product as one of a programme's.

    Where nobody said, it counts as live when any product given that way is or can be, and as holding what any does.
    """
    dose = Quantity(Decimal(own.dose), programme.unit) if own.dose and programme.unit else None
    routes = tuple(one.id for one in programme.lists["routes"] if one.id == own.route)
    routes = routes or tuple(one.id for one in programme.lists["routes"][:1])
    alike = [one for one in programme.products.values() if set(routes) & set(one.routes)]
    unproved = own.code if own.code in known_terms.unconfirmed_codes() else ""
    return Product(
        id=own.id,
        coded=Coded(own.display, "" if unproved else own.code),
        unconfirmed_code=unproved,
        short_name=own.display,
        manufacturer=own.manufacturer,
        routes=routes,
        dose=dose,
        dose_source=OWN_LIST if dose else next((one.dose_source for one in programme.products.values()), ""),
        least_months=int(own.least_months) if own.least_months else None,
        live=own.live == "yes" or (not own.live and any(programme.is_live(one) for one in alike)),
        kind_known=bool(own.live),
        holds=frozenset(part for part, said in _said(own).items() if _holds(said, part, alike)),
    )


def _said(own: OwnProduct) -> dict[str, str]:
    """Return what was said of each thing that an allergy can be to."""
    return {"egg": own.egg, "latex": own.latex}


def _holds(said: str, part: str, alike: Iterable[Product]) -> bool:
    """Whether a product can hold something: as was said, else as any like it does."""
    return said == "yes" or (not said and any(part in one.holds for one in alike))


def problems(
    own: OwnProduct, programmes: Mapping[str, Programme], taken: Mapping[str, OwnProduct]
) -> tuple[Problem, ...]:
    """Return what is wrong with a product of a file, as if it had been typed; ``taken`` are those before it."""
    return read({f"product.{key}": value for key, value in own.to_file().items()}, programmes, taken)[1]


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
        problems.append(Problem("product.display", "Enter the name of the product, exactly as in dm+d."))
    for field, text in (("product.display", display), ("product.manufacturer", maker)):
        if unsendable(text, lines=False):
            problems.append(
                Problem(field, "Type it again: it contains a hidden character that cannot be sent.")
            )
        elif len(text) > MOST:
            problems.append(Problem(field, f"Shorten it to at most {MOST} characters; it has {len(text)}."))
    if code and not is_concept_id(code):
        problems.append(Problem("product.code", sentence_about(code)))
    if any(code and one.code == code and one.programme == kind for one in taken.values()):
        problems.append(Problem("product.code", "This code is in the list already."))
    if kind in programmes and route not in {one.id for one in programmes[kind].lists["routes"]}:
        problems.append(Problem("product.route", "Select how this product is usually given."))
    if not is_dose(dose):
        problems.append(
            Problem("product.dose", "Enter the dose in mL with digits and a full stop, such as 0.5.")
        )
    kinds = {key: answers.get(f"product.{key}", "") for key in ("live", "egg", "latex")}
    problems += _about_kind(kinds["live"], code, display, programmes.get(kind))
    least = answers.get("product.least_months", "").strip()
    if not is_least_age(least):
        problems.append(Problem("product.least_months", "Enter the minimum age in whole months, such as 24."))
    if problems:
        return None, tuple(problems)
    number = 1 + max((int(one.id.removeprefix("own-")) for one in taken.values()), default=0)
    return OwnProduct(
        f"own-{number}", kind, display, code, maker, route, dose, least_months=least, **kinds
    ), ()


def _about_kind(live: str, code: str, display: str, programme: Programme | None) -> Iterator[Problem]:
    """Yield what is wrong with the answer whether a product is live."""
    if live not in ("yes", "no"):
        yield Problem("product.live", "Say whether the vaccine is live: the screening depends on it.")
    elif live == "no" and programme and _names_live(code, display, programme):
        yield Problem("product.live", "Check if it is live: the product with this name or code is.")


def _names_live(code: str, display: str, programme: Programme) -> bool:
    """Whether a live product of the programme has this code or name."""
    return any(
        one.live and ((code and one.coded.code == code) or folded(one.coded.display) == folded(display))
        for one in programme.products.values()
    )
