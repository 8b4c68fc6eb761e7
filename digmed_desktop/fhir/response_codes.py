"""The codes of ITK3 responses (ITK3 2.10.0) and what each means for a notification."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from digmed_desktop.data_files.source import OWN
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.states import Happening

LONGEST_CODE = 40
"""Characters of an unknown code that are shown; the response itself is stored whole."""


@cache
def table() -> Mapping[str, Any]:
    """Return the rows of ``resources/responses/codes.toml``, by code."""
    return OWN.raw("responses/codes.toml")


def known_codes() -> tuple[str, ...]:
    """Return every code of the ITK3 code system."""
    return tuple(code for code in table() if code.isdigit())


def meaning(code: str) -> Meaning:
    """Return what an ITK response code means; an unknown one is never success and needs a person."""
    code = code.strip()
    row = table().get(code) if code.isdigit() else None
    if row is None:
        unknown = table()["unknown"]
        row = unknown.get(code[:1], unknown["other"])
        return Meaning(
            code[:LONGEST_CODE],
            Happening(row["happening"]),
            needs_person=True,
            happened=row["happened"],
            do=row["do"],
            known=False,
        )
    return Meaning(
        code,
        Happening(row["happening"]),
        needs_person=row["needs_person"],
        happened=row["happened"],
        do=row["do"],
        display=row["display"],
        stops_sending=row.get("stops_sending", False),
        voids_original=row.get("voids_original", False),
        positive=row["positive"],
    )
