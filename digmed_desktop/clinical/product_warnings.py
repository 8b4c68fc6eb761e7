"""Warnings about a vaccine product: the patient's age, which vaccine comes first on the NHS, route and dose."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from digmed_desktop.clinical import units
from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.dates import age, months
from digmed_desktop.clinical.problem import Problem, Severity, sourced
from digmed_desktop.clinical.programme import Product, Programme
from digmed_desktop.clinical.record import Quantity

TENFOLD = 10
"""So many times the usual dose, or so small a part of it, stops: a slip of the decimal point."""
NHS = "nhs"
"""The id of every programme's NHS service."""
YEAR = 12  # months
WEEK = 7  # days

Typed = Callable[[str], str]


def age_warnings(product: Product, born: date, day: date, programme: Programme) -> Iterator[Problem]:
    """Yield a warning where a patient is too young or too old for a product on the ``day`` it is given.

    Where an age need only be reached in the season, the programme's ``age_by`` counts.
    """
    later = programme.age_by if product.age_in_season else None
    reached = max(months(born, day), months(born, later)) if later else months(born, day)
    if product.least_months is not None and reached < product.least_months:
        yield _of_age(product, "younger", product.least_months, months(born, day))
    if product.least_weeks is not None and (day - born).days < product.least_weeks * WEEK:
        yield _of_weeks(product, (day - born).days // WEEK)
    if product.greatest_age is not None and age(born, day) > product.greatest_age:
        yield _of_age(product, "older", product.greatest_age * YEAR, months(born, day))


def _of_age(product: Product, compared: str, limit: int, now: int) -> Problem:
    whole = limit % YEAR == 0 and limit >= 2 * YEAR
    said = f"{limit // YEAR} years" if whole else f"{limit} months"
    which = "minimum" if compared == "younger" else "maximum"
    return _about(
        product,
        f"The patient is {_spoken(now)} and {compared} than {said}, the {which} age for this vaccine.",
    )


def _of_weeks(product: Product, now: int) -> Problem:
    old = f"{now} {'week' if now == 1 else 'weeks'} old"
    limit = f"younger than {product.least_weeks} weeks, the minimum age for this vaccine."
    return _about(product, f"The patient is {old} and {limit}")


def _about(product: Product, sentence: str) -> Problem:
    """Return a warning about an age, marked where no source of it was read."""
    if not product.age_confirmed:
        sentence = f"{sentence} {NOT_CONFIRMED}"
    return Problem("vaccine.product", sentence, Severity.LOOK, needs_reason=True)


def _spoken(months_old: int) -> str:
    """Return an age as people say it: of a child under two in months."""
    if months_old < 2 * YEAR:
        return f"{months_old} {'month' if months_old == 1 else 'months'} old"
    return f"{months_old // YEAR} years old"


def first_choice_warnings(product: Product, years: int, typed: Typed) -> Iterator[Problem]:
    """Yield a warning where the NHS has another first choice at this age; it is no rule of a private service."""
    line = product.second_line
    if line and line[0] <= years <= line[1] and typed("session.service") == NHS:
        sentence = "At this age this vaccine is second choice: only when no first choice is available."
        yield Problem("vaccine.product", sentence, Severity.LOOK, needs_reason=True)


def _usual(product: Product, programme: Programme) -> tuple[Decimal, ...]:
    """Return the usual sizes of a dose: the product's own, else those that vaccines of this kind have."""
    if product.dose:
        return (product.dose.value,)
    return programme.usual_doses or ((programme.default_dose,) if programme.default_dose else ())


def dose_warnings(dose: Quantity | None, product: Product, programme: Programme) -> Iterator[Problem]:
    """Yield a warning where the amount is not the usual one; ten times as much or as little stops."""
    usual = _usual(product, programme)
    if dose is None or not usual or dose.value in usual:
        return
    slip = dose.value >= max(usual) * TENFOLD or dose.value * TENFOLD <= min(usual)
    known = " or ".join(units.amount(Quantity(value, dose.unit)) for value in usual)
    sentence = f"The usual dose of this vaccine is {known}, and {units.amount(dose)} is recorded."
    if slip:
        slipped = "Check the decimal point: this is at least ten times the usual dose, or a tenth or less."
        sentence = sourced(f"{slipped} {sentence}", product.dose_source or programme.source)
    yield Problem("vaccine.dose_amount", sentence, Severity.LOOK, needs_reason=True, needs_adviser=slip)


def route_warnings(product: Product, typed: Typed, programme: Programme) -> Iterator[Problem]:
    """Yield a warning where a vaccine is given another way than usual."""
    route = typed("vaccine.route")
    if route in programme.codes and product.routes and route not in product.routes:
        sentence = "Check the route: this vaccine is usually given another way."
        yield Problem("vaccine.route", sentence, Severity.LOOK)
