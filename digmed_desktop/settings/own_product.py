"""A vaccine product that a pharmacy added itself, as the settings file holds it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Self


def is_least_age(text: str) -> bool:
    """Whether a text is a least age in months, or none."""
    return not text or re.fullmatch(r"[1-9][0-9]{0,3}", text) is not None


def is_dose(text: str) -> bool:
    """Whether a text is a dose in mL above 0, with a full stop, or none."""
    return not text or (re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", text) is not None and Decimal(text) > 0)


@dataclass(frozen=True, slots=True)
class OwnProduct:
    """One product. ``programme`` is the agreement or the id of its programme, the same for every season.

    ``code`` is its dm+d code, ``""`` where it is known by its words; ``dose`` is in mL, as typed. ``live``, ``egg`` and
    ``latex`` are "yes", "no", or ``""`` where nobody said; ``least_months`` is the least age in months, as typed.
    """

    id: str
    programme: str
    display: str
    code: str = ""
    manufacturer: str = ""
    route: str = ""
    dose: str = ""
    live: str = ""
    egg: str = ""
    latex: str = ""
    least_months: str = ""

    @classmethod
    def from_file(cls, raw: object) -> Self:
        """Return a product of the settings file; ``ValueError`` when it is none."""
        if not isinstance(raw, Mapping) or not all(isinstance(value, str) for value in raw.values()):
            raise ValueError("an own product is a table of texts")
        known = {one.name: str(raw.get(one.name, "")) for one in fields(cls)}
        if not re.fullmatch(r"own-[0-9]{1,6}", known["id"]) or not known["programme"] or not known["display"]:
            raise ValueError("an own product needs its id, programme and name")
        said = {known[key] for key in ("live", "egg", "latex")}
        if not said <= {"yes", "no", ""} or not is_least_age(known["least_months"]):
            raise ValueError("live, egg and latex are yes or no, and the minimum age is in months")
        if not is_dose(known["dose"]):
            raise ValueError("the dose is in mL, with digits and a full stop")
        return cls(**known)

    def to_file(self) -> dict[str, str]:
        """Return what the settings file holds of it."""
        return asdict(self)
