"""The units in which medicines and appliances are counted, from ``resources/codes/units.toml``.

A vaccine's amount travels with the published term of its unit; people read the everyday word of its code: 0.5 mL, never
"0.5 Milliliter (qualifier value)".
"""

from functools import cache

from digmed_desktop.clinical.record import Coded, Quantity
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import OWN


@cache
def _known() -> dict[str, Coded]:
    from digmed_desktop.clinical.units_file import UnitsFile

    found: dict[str, Coded] = {}
    try:
        rows = OWN.read("codes/units.toml", UnitsFile).unit
    except DataFileError:  # records are read and printed all the same; nothing is sent
        return {}
    for row in rows:
        coded = Coded(row.words[0], row.code or "")
        found |= {word.casefold(): coded for word in row.words}
    return found


def offered() -> tuple[str, ...]:
    """Return the units to offer while one is typed."""
    return tuple(dict.fromkeys(coded.display for coded in _known().values()))


def unit(typed: str) -> Coded:
    """Return the unit that was typed, with its code where it has one; an unknown one in its own words."""
    words = " ".join(typed.split())
    return _known().get(words.casefold(), Coded(words))


def is_one(term: Coded, other: Coded) -> bool:
    """Whether two terms are one unit: by their codes, or by words that stand for one code."""
    return _key(term) == _key(other) != ""


def _key(term: Coded) -> str:
    """Return what names a unit: its code, that of its words, or the words of one that has no code."""
    known = unit(term.display)
    return term.code.strip() or known.code or known.display.casefold()


def shown(unit: Coded) -> str:
    """Return a unit as people read it: the everyday word of its code, where that is known."""
    return _words_of_codes().get(unit.code, unit.display) if unit.code else unit.display


def amount(quantity: Quantity) -> str:
    """Return an amount as people read it: ``0.5 mL``."""
    return f"{quantity.value:f} {shown(quantity.unit)}".strip()


@cache
def _words_of_codes() -> dict[str, str]:
    return {coded.code: coded.display for coded in _known().values() if coded.code}
