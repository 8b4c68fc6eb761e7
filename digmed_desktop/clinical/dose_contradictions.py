"""Doses that no vaccine has: by volume, by weight, by their number."""

from collections.abc import Iterator
from decimal import Decimal

from digmed_desktop.clinical import known_terms
from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.known_terms import KnownProgramme
from digmed_desktop.clinical.record import Coded, Immunization

Found = tuple[str, ...]
"""The name of an attribute of a vaccine, a sentence, and the names of those that it leaves unclear."""
FAR_OFF = 100
"""So many times the usual dose, or so small a part of it, is the dose of no vaccine."""
LARGEST_DOSE = Decimal(200)
"""mL; the largest known dose is a drink of 150 mL."""
_WEIGHTS = {
    "microgram": 1,
    "micrograms": 1,
    "mcg": 1,
    "μg": 1,
    "ug": 1,
    "mg": 1000,
    "milligram": 1000,
    "g": 1_000_000,
}
"""Units of weight, in micrograms; some systems give the dose so. Written as ``folded`` leaves them."""
_LEAST_WEIGHT, _LARGEST_WEIGHT = Decimal(1), Decimal(1000)
"""Micrograms: vaccines hold from some micrograms to some hundred of what they are named for."""


def is_weight(unit: Coded) -> bool:
    """Whether a unit is one of weight."""
    return folded(unit.display) in _WEIGHTS


def of_dose(vaccine: Immunization) -> Iterator[Found]:
    """Yield what no dose of a vaccine can be."""
    if vaccine.dose_number is not None and vaccine.dose_number < 1:
        yield "dose_number", "The number of the dose must be 1 or more."
    dose, programme = vaccine.dose, _programme_of(vaccine)
    if dose is None:
        return
    if dose.value <= 0:
        yield "dose", "The dose must be more than 0."
        return
    usual = programme.usual_doses if programme else ()
    if micrograms := _WEIGHTS.get(folded(dose.unit.display)):
        if dose.value in usual or not _LEAST_WEIGHT <= dose.value * micrograms <= _LARGEST_WEIGHT:
            yield "dose", "This is not a dose by weight of this vaccine. Check the amount and its unit."
        return
    far_off = usual and (dose.value >= usual[-1] * FAR_OFF or dose.value * FAR_OFF <= usual[0])
    if far_off or dose.value > LARGEST_DOSE:
        yield "dose", "No vaccine has such a dose. Check the amount and its decimal point."


def _programme_of(vaccine: Immunization) -> KnownProgramme | None:
    """Return the programme that a vaccine names, else what all those with its product or procedure have in common."""
    known = known_terms.known_programmes()
    if vaccine.programme in known:
        return known[vaccine.programme]
    product = vaccine.product.code if vaccine.product else ""
    uses = known_terms.uses_of(vaccine.procedure)
    fitting = [one for one in known.values() if product in one.products]
    fitting += [known[use.programme] for use in uses]
    if not fitting or len({one.unit for one in fitting}) > 1:
        return None
    doses = {dose for one in fitting for dose in one.usual_doses}
    return KnownProgramme(fitting[0].unit, tuple(sorted(doses)), frozenset(), frozenset())
