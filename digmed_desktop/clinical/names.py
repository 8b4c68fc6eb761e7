"""Names of people as people type them."""

import unicodedata

USUAL_MOST = 35  # of a name on PDS (NHS Data Dictionary, PERSON FAMILY NAME)
MOST = 100
_SIGNS = "'’‘ʼ`´-‐‑. "


def sentence_about(typed: str, what: str) -> str | None:
    """Return what is wrong with a typed name and what to do, or None when it is right.

    ``what`` names it inside a sentence: ``last name``. Letters of any script, accents, apostrophes,
    hyphens, full stops and spaces make a name.
    """
    name = typed.strip(" ")
    if not name:
        return f"Enter the {what}."
    if any(not (unicodedata.category(c)[0] in "LM" or c in _SIGNS) for c in name) or not any(
        map(str.isalpha, name)
    ):
        return f"Enter the {what} with letters, apostrophes, hyphens, full stops and spaces only."
    if len(name) > MOST:
        return f"Shorten the {what} to at most {MOST} characters; it has {len(name)}."
    return None


def warning_about(typed: str, what: str) -> str | None:
    """Return what looks odd about a name, or None."""
    if typed != typed.strip(" "):
        return f"The {what} begins or ends with a space. The space is left out."
    if len(typed) > USUAL_MOST:
        return f"Check the {what}: NHS records have {USUAL_MOST} characters, and it has {len(typed)}."
    return None
