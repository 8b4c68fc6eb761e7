"""GS1 element strings as plain data, through ``biip``, and the ways to split one that lost its separators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from digmed_desktop.scanning.burst import SEPARATOR

_MOST_SPLITS = 40


@dataclass(frozen=True, slots=True, repr=False)
class Elements:
    """The elements that matter here. Missing texts are ``""``."""

    gtin: str = ""
    batch: str = ""
    expiry: date | None = None
    serial: str = ""

    @property
    def complete(self) -> bool:
        """Whether product, batch and expiry are all there."""
        return bool(self.gtin and self.batch and self.expiry)


def gtin_of(digits: str) -> str | None:
    """Return a product number in its form of 14 digits, or None when its check digit does not fit."""
    from biip import ParseError
    from biip.gtin import Gtin

    try:
        return Gtin.parse(digits).as_gtin_14()
    except (ParseError, ValueError):
        return None


def elements_of(text: str) -> Elements | None:
    """Return the elements of an element string or GS1 web address, None when it is neither or has a fault."""
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_messages import GS1Message

    try:
        if text.lower().startswith("http"):
            found = GS1DigitalLinkURI.parse(text).element_strings
        else:
            found = GS1Message.parse(text).element_strings
    except (ParseError, ValueError):
        return None
    values: dict[str, str] = {}
    expiry: date | None = None
    for one in found:
        key = one.ai.ai
        if values.get(key, one.value) != one.value:
            return None  # the same element twice with different values
        values[key] = one.value
        if key == "01" and one.gtin is None:
            return None
        if key == "17":
            if one.date is None:
                return None
            expiry = one.date
    gtin = values.get("01", "")
    return Elements(
        gtin=(gtin_of(gtin) or "") if gtin else "",
        batch=values.get("10", ""),
        expiry=expiry,
        serial=values.get("21", ""),
    )


def splits(text: str) -> Iterator[Elements]:
    """Yield the other readings of an element string without separators: a batch or serial number that ends earlier.

    Only where a known element can begin: expiry or another date, product, batch, serial or a national number.
    """
    seen: set[str] = set()
    waiting = [text]
    while waiting and len(seen) < _MOST_SPLITS:
        one = waiting.pop(0)
        for place in _may_end(one):
            split = one[:place] + SEPARATOR + one[place:]
            if split in seen:
                continue
            seen.add(split)
            waiting.append(split)
            if (found := elements_of(split)) is not None:
                yield found


_NEXT = re.compile(r"(?:1[1357]\d{6}|01\d{14}|(?:10|21|71[0-9])[A-Za-z0-9])")


def _may_end(text: str) -> Iterator[int]:
    """Yield the places after the last separator where an element of variable length could end."""
    begin = text.rfind(SEPARATOR) + 1
    rest = text[begin:]
    fixed = re.match(r"(?:01\d{14}|1[1357]\d{6})*", rest)
    at = begin + (fixed.end() if fixed else 0)
    if text[at : at + 2] not in {"10", "21"}:
        return
    for place in range(at + 3, len(text) - 2):
        if _NEXT.match(text, place):
            yield place
