"""Registration numbers of professionals: the rule of each regulator, from ``resources/codes/roles.toml``."""

import re
from collections.abc import Mapping
from typing import Any

from digmed_desktop.clinical.record import Coded, Regulator
from digmed_desktop.data_files.source import OWN


def needs_registration(role: Coded | None) -> bool:
    """Whether a role is one that a regulator registers."""
    return any(row.get("regulator") for row in _rows(role))


def other_regulator(role: Coded | None, stated: Regulator) -> Regulator | None:
    """Return the regulator of a role where a number of another one is ``stated``, else None."""
    usual = {Regulator(row["regulator"]) for row in _rows(role)} - {Regulator.NONE}
    if len(usual) != 1 or stated is Regulator.NONE or stated in usual:
        return None
    return usual.pop()


def may_finish_supply(role: Coded | None) -> bool:
    """Whether a role may complete an emergency supply."""
    return any(row["may_finish_supply"] for row in _rows(role))


def _rows(role: Coded | None) -> list[Mapping[str, Any]]:
    """Return the rows of a role, by its code, or by its words where it has none."""
    rows: list[Mapping[str, Any]] = OWN.raw("codes/roles.toml")["role"]
    if role is None:
        return []
    if role.code:
        return [row for row in rows if row["code"] == role.code]
    return [
        row for row in rows if role.display.strip().lower() in (row["label"].lower(), row["display"].lower())
    ]


def check_registration(regulator: Regulator, number: str) -> str | None:
    """Return what is wrong with a registration number and what to do, or None when it is right.

    Somebody without a regulator has no number.
    """
    typed = number.strip()
    if regulator is Regulator.NONE:
        return "Choose who issued this registration number, or leave it empty." if typed else None
    for rule in OWN.raw("codes/roles.toml")["regulator"]:
        if rule["id"] == regulator.value:
            if re.fullmatch(rule["pattern"], typed):
                return None
            return f"Enter the {regulator.value} registration number: {rule['shape']}."
    return None
