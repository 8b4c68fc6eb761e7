"""Doubts about a vaccine product: the patient's age, which vaccine comes first on the NHS, route and dose."""

from collections.abc import Callable, Iterator
from datetime import date

from digmed_desktop.clinical import units
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.dates import age, months
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Product, Programme
from digmed_desktop.clinical.record import Quantity

TENFOLD = 10
"""So many times the usual dose, or so small a part of it, stops: a slip of the decimal point."""
NHS = "nhs"
"""The id of every programme's NHS service."""
YEAR = 12  # months

Typed = Callable[[str], str]


def age_doubts(product: Product, born: date, day: date, programme: Programme) -> Iterator[Problem]:
    """Yield a doubt where a patient is too young or too old for a product on the ``day`` it is given.

    Where an age need only be reached in the season, the programme's ``age_by`` counts.
    """
    later = programme.age_by if product.age_in_season else None
    reached = max(months(born, day), months(born, later)) if later else months(born, day)
    if product.least_months is not None and reached < product.least_months:
        yield _of_age(product, "younger", product.least_months, "least")
    if product.greatest_age is not None and age(born, day) > product.greatest_age:
        yield _of_age(product, "older", product.greatest_age * YEAR, "greatest")


def _of_age(product: Product, compared: str, limit: int, which: str) -> Problem:
    said = f"{limit // YEAR} years" if limit % YEAR == 0 else f"{limit} months"
    sentence = f"The patient is {compared} than {said}, the {which} age for this vaccine."
    if not product.age_confirmed:
        sentence = f"{sentence} {NOT_CONFIRMED}"
    return Problem("vaccine.product", sentence, Severity.LOOK, needs_reason=True)


def first_choice_doubts(product: Product, years: int, typed: Typed) -> Iterator[Problem]:
    """Yield a doubt where the NHS has another first choice at this age; it is no rule of a private service."""
    line = product.second_line
    if line and line[0] <= years <= line[1] and typed("session.service") == NHS:
        sentence = "At this age this vaccine is second choice: only when no first choice can be had."
        yield Problem("vaccine.product", sentence, Severity.LOOK, needs_reason=True)


def dose_doubts(dose: Quantity | None, product: Product, programme: Programme) -> Iterator[Problem]:
    """Yield a doubt where the amount is not the usual one; ten times as much or as little stops."""
    usual = product.dose.value if product.dose else programme.default_dose
    if dose is None or usual is None or dose.value == usual:
        return
    slip = dose.value >= usual * TENFOLD or dose.value * TENFOLD <= usual
    sentence = f"The usual dose of this vaccine is {units.amount(Quantity(usual, dose.unit))}."
    if slip:
        sentence = f"Check the decimal point: this is ten times the usual dose, or a tenth, or further off. {sentence}"
    yield Problem("vaccine.dose_amount", sentence, Severity.LOOK, needs_reason=True, needs_adviser=slip)


def route_doubts(product: Product, typed: Typed, programme: Programme) -> Iterator[Problem]:
    """Yield a doubt where a vaccine is given another way than usual."""
    route = typed("vaccine.route")
    if route in programme.codes and product.routes and route not in product.routes:
        sentence = "Check the route: this vaccine is usually given another way."
        yield Problem("vaccine.route", sentence, Severity.LOOK)
