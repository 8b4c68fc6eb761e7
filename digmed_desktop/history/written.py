"""People and organisations as JSON text, and back; and text as it is searched for."""

import json
import re
import unicodedata
from dataclasses import fields
from typing import Any

from digmed_desktop.clinical.record import (
    Address,
    Coded,
    Organisation,
    PersonName,
    Professional,
    Regulator,
)

_OF_ASCII = re.compile(r"[^a-z0-9]+")


def of_organisation(organisation: Organisation) -> str:
    """Return an organisation as JSON."""
    return json.dumps(organisation, default=_by_name, ensure_ascii=False)


def organisation(text: str) -> Organisation:
    """Return the organisation that :func:`of_organisation` wrote."""
    raw: dict[str, Any] = json.loads(text)
    address = raw["address"]
    return Organisation(
        name=raw["name"],
        ods_code=raw["ods_code"],
        address=Address(tuple(address["lines"]), address["city"], address["postcode"]),
        telephone=raw["telephone"],
    )


def of_professional(professional: Professional) -> str:
    """Return a professional as JSON."""
    return json.dumps(professional, default=_by_name, ensure_ascii=False)


def professional(text: str) -> Professional:
    """Return the professional that :func:`of_professional` wrote."""
    raw: dict[str, Any] = json.loads(text)
    return Professional(
        name=PersonName(**raw["name"]),
        role=Coded(**raw["role"]) if raw["role"] else None,
        regulator=Regulator(raw["regulator"]),
        registration=raw["registration"],
    )


def _by_name(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass; ``asdict`` copies all that they hold, which an import has no time for."""
    return {one.name: getattr(value, one.name) for one in fields(value)}


def search_key(text: str) -> str:
    """Return text as it is searched for: small letters without accents, one space between words."""
    if text.isascii():  # as nearly all is
        return " ".join(_OF_ASCII.sub(" ", text.lower().replace("'", "")).split())
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        c if c.isalnum() else " " for c in apart if not unicodedata.combining(c) and c not in "'\u2019"
    )
    return " ".join(kept.split())


MOST_WORDS = 40
"""No practice and no medicine has a name of more words: a longer text finds none, and would be too long for SQLite."""


def search_words(text: str) -> tuple[str, ...]:
    """Return the words to search for; none where there are more than any name has."""
    words = tuple(search_key(text).split())
    return words if len(words) <= MOST_WORDS else ()


def prefix_range(key: str) -> tuple[str, str]:
    """Return the bounds, first included and last not, of all texts that begin with ``key``."""
    return key, key + "\U0010ffff"
