"""Postcodes as people type and read them: the one parser and the one formatter.

The shape is that of the NHS Data Dictionary (POSTCODE); the ZZ99 codes stand for places without one, such as
ZZ99 3VZ for no fixed abode and ZZ99 3WZ for an address that is not known.
"""

import re

_SHAPE = re.compile(r"(GIR0AA|ZZ99[0-9][A-Z]{2}|[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][ABD-HJLNP-UW-Z]{2})")


def _bare(typed: str) -> str:
    return re.sub(r"\s", "", typed).upper()


def sentence_about(typed: str) -> str | None:
    """Return what is wrong with a typed postcode and what to do, or None when it is right."""
    bare = _bare(typed)
    if not bare:
        return "Enter a postcode."
    parts = typed.split()
    misplaced = len(parts) > 1 and len(parts[-1]) != 3  # a space elsewhere means another postcode was meant
    if misplaced or not bare.isascii() or not _SHAPE.fullmatch(bare):
        return "Enter a full postcode, such as LS1 4AP; for no fixed abode ZZ99 3VZ, for not known ZZ99 3WZ."
    return None


def shown(typed: str) -> str:
    """Return a postcode in capitals with one space before its last three; anything else unchanged."""
    bare = _bare(typed)
    return f"{bare[:-3]} {bare[-3:]}" if sentence_about(typed) is None else typed
