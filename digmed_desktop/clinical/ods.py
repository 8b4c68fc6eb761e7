"""ODS codes of organisations as people type and read them."""

import re

NOT_A_PRACTICE = ("V81997", "V81998", "V81999")
"""Default codes of the NHS Data Dictionary: no registered practice, not applicable, not known."""


def shown(typed: str) -> str:
    """Return a code in capitals and without spaces around it."""
    return typed.strip().upper()


def sentence_about(typed: str, what: str) -> str | None:
    """Return what is wrong with a typed ODS code and what to do, or None when it is right.

    ``what`` has the code: ``the practice``, ``the pharmacy``.
    """
    code = shown(typed)
    if not code:
        return f"Enter the ODS code of {what}."
    if not re.fullmatch(r"[A-Z0-9]{3,10}", code):
        return f"Enter the ODS code of {what}: 3 to 10 letters and digits, without spaces."
    if code in NOT_A_PRACTICE and what == "the practice":
        return "This ODS code means “no practice”. Answer No to: registered with a GP practice."
    return None


def warning_about_practice(typed: str) -> str | None:
    """Return what looks odd about a GP practice's ODS code, or None: most are a letter and five digits."""
    code = shown(typed)
    if re.fullmatch(r"[A-Z][0-9]{5}", code):
        return None
    return "Check the ODS code of the practice: most are one letter and five digits, such as A81001."
