"""A vaccine product that a pharmacy added itself, as the settings file holds it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class OwnProduct:
    """One product. ``programme`` is the agreement or the id of its programme, the same for every season.

    ``code`` is its dm+d code, ``""`` where it is known by its words; ``dose`` is in mL, as typed.
    """

    id: str
    programme: str
    display: str
    code: str = ""
    manufacturer: str = ""
    route: str = ""
    dose: str = ""

    @classmethod
    def from_file(cls, raw: object) -> Self:
        """Return a product of the settings file; ``ValueError`` when it is none."""
        if not isinstance(raw, Mapping) or not all(isinstance(value, str) for value in raw.values()):
            raise ValueError("an own product is a table of texts")
        known = {one.name: str(raw.get(one.name, "")) for one in fields(cls)}
        if not re.fullmatch(r"own-[0-9]{1,6}", known["id"]) or not known["programme"] or not known["display"]:
            raise ValueError("an own product needs its id, programme and name")
        return cls(**known)

    def to_file(self) -> dict[str, str]:
        """Return what the settings file holds of it."""
        return asdict(self)
