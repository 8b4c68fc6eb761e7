"""The units in which medicines and appliances are counted, from ``resources/codes/units.toml``."""

from functools import cache

from digmed_desktop import resources
from digmed_desktop.clinical.record import Coded


@cache
def _known() -> dict[str, Coded]:
    found: dict[str, Coded] = {}
    for row in resources.toml("codes/units.toml")["unit"]:
        coded = Coded(row["words"][0], row.get("code", ""))
        found |= {word.casefold(): coded for word in row["words"]}
    return found


def offered() -> tuple[str, ...]:
    """Return the units to offer while one is typed."""
    return tuple(dict.fromkeys(coded.display for coded in _known().values()))


def unit(typed: str) -> Coded:
    """Return the unit that was typed, with its code where it has one; an unknown one in its own words."""
    words = " ".join(typed.split())
    return _known().get(words.casefold(), Coded(words))
