"""Registration numbers of professionals: the rule of each regulator, from ``resources/codes/roles.toml``."""

import re

from digmed_desktop.clinical.record import Regulator
from digmed_desktop.data_files.source import OWN


def check_registration(regulator: Regulator, number: str) -> str | None:
    """Return what is wrong with a registration number and what to do, or None when it is right.

    Somebody without a regulator has no number.
    """
    typed = number.strip()
    if regulator is Regulator.NONE:
        return "Choose who gave out this registration number, or leave it empty." if typed else None
    for rule in OWN.raw("codes/roles.toml")["regulator"]:
        if rule["id"] == regulator.value:
            if re.fullmatch(rule["pattern"], typed):
                return None
            return f"Enter the {regulator.value} registration number: {rule['shape']}."
    return None
