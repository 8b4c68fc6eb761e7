"""Takes out of a line of text what could be about a person. The last line of defence, not the first.

The first is that the program logs ids, states and counts only; see :mod:`digmed_desktop.diagnostics.log`.
"""

import re

_KEPT = (
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"  # UUID
    r"|[0-9a-fA-F]{32,}"  # digests and UUIDs without hyphens
    r"|[0-9]{20}_[0-9A-Za-z]+"  # MESH message id
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_GONE = (
    ("address", r"GPPROVIDER_.*"),  # holds NHS number, date of birth and family name
    ("quoted", r"'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”|`[^`]*`"),
    ("e-mail", r"[^\s@<>]+@[^\s@<>]+"),
    (
        "date",
        r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?!\d)"
        rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[\s\-/.]*{_MONTH}[\s\-/.,]*\d{{2,4}}(?!\d)"
        rf"|{_MONTH}[\s.]+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}(?!\d)"
        r"|(?<!\d)(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
        r"|(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:18|19|20)\d{2}(?!\d)",
    ),
    # NHS numbers (10 digits) and telephone numbers (10 to 13), however they are spaced
    ("number", r"(?<!\d)[+(]?\d(?:[\s.\-\u2010-\u2015\u00a0\u2007\u202f()]{0,2}\d){8,13}(?!\d)"),
    ("postcode", r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\d[A-Za-z\d]?\s{0,2}\d[A-Za-z]{2}(?![A-Za-z0-9])"),
)
_PATTERN = re.compile(
    "|".join([f"(?P<kept>{_KEPT})", *(f"(?P<g{n}>{pattern})" for n, (_, pattern) in enumerate(_GONE))]),
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Return ``text`` with numbers as long as an NHS number, dates, postcodes, addresses and quoted text
    taken out.
    """
    return _PATTERN.sub(_replacement, text)


def _replacement(found: re.Match[str]) -> str:
    if found.lastgroup is None or found.lastgroup == "kept":
        return found[0]
    return f"[{_GONE[int(found.lastgroup[1:])][0]}]"
