"""The codes of ITK3 responses (ITK3 2.10.0) and what each means for a notification."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from digmed_desktop import untrusted
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


@cache
def _refusals() -> tuple[re.Pattern[str], re.Pattern[str]]:
    rows = OWN.raw("responses/refusal_words.toml")
    words, harmless = ("|".join(map(re.escape, rows[key])) for key in ("words", "harmless"))
    return re.compile(rf"\b(?:{words})", re.IGNORECASE), re.compile(rf"\b(?:{harmless})\w*", re.IGNORECASE)


def speaks_of_refusal(text: str) -> bool:
    """Say whether a receiver's own words do not go with a code of success."""
    words, harmless = _refusals()
    return words.search(harmless.sub(" ", " ".join(text.split()))) is not None


def code_displayed(text: str) -> str:
    """Return the code whose published display a text is, or ``""``."""
    plain = _plain(text)
    return next((code for code in known_codes() if plain and _plain(table()[code]["display"]) == plain), "")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def meaning(code: str) -> Meaning:
    """Return what an ITK response code means; an unknown one is never success and needs a person."""
    code = code.strip()
    row = table().get(code) if code.isdigit() else None
    if row is None:
        unknown = table()["unknown"]
        row = unknown.get(code[:1], unknown["other"])
        return Meaning(
            untrusted.visible(code)[:LONGEST_CODE],
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
