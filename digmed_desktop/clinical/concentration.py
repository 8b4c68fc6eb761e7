"""Read the amount of a medicine in one millilitre from a name or an answer."""

import re
from decimal import Decimal

_MG = {"mcg": Decimal("0.001"), "microgram": Decimal("0.001"), "mg": Decimal(1), "milligram": Decimal(1),
       "g": Decimal(1000), "gram": Decimal(1000)}  # fmt: skip
_NUMBER = r"([0-9]+(?:[.,][0-9]+)?)"
_BY_VOLUME = re.compile(
    _NUMBER + r"\s*(mcg|micrograms?|mg|milligrams?|g|grams?)\s*(?:/|\bper\b|\bin(?:\s+each)?\b)\s*"
    r"(?:" + _NUMBER + r")?\s*(?:ml|millilitres?)(?![a-z])"
)
_PER_CENT = re.compile(_NUMBER + r"\s*%")
_MG_OF_ONE_PER_CENT = 10  # in 1 ml, weight in volume
_THOUSANDS = 3  # digits behind a comma that parts thousands


def least_mg_in_1_ml(text: str) -> Decimal | None:
    """Return the milligrams in one millilitre that a text says, the least of several; None where it says none."""
    return min(_all_of(text.casefold()), default=None)


def _all_of(text: str) -> list[Decimal]:
    """Return every amount by volume; the per cent only where there is none, for they may be those of a solvent."""
    by_volume = [
        _number(amount) * _MG[unit.rstrip("s")] / (_number(volume) if volume else 1)
        for amount, unit, volume in _BY_VOLUME.findall(text)
        if not volume or _number(volume)
    ]
    return by_volume or [_number(amount) * _MG_OF_ONE_PER_CENT for amount in _PER_CENT.findall(text)]


def _number(text: str) -> Decimal:
    """Return a number as it is written, 1,000 as a thousand and 2,5 as two and a half."""
    whole, _comma, rest = text.partition(",")
    return Decimal(f"{whole}{rest}" if len(rest) == _THOUSANDS else text.replace(",", "."))
