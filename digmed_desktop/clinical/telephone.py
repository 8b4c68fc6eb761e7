"""Telephone numbers as people type them; they are kept as typed."""

import re

from digmed_desktop.clinical.record import PhoneUse

_ALLOWED = re.compile(r"\+?[0-9()\s.\-\u2010-\u2015]*")


def sentence_about(typed: str) -> str | None:
    """Return what is wrong with a typed number and what to do, or None when it is right.

    Ten to fifteen digits: a number of the United Kingdom with its area code, or of any country (ITU-T E.164).
    """
    number = typed.strip()
    if not _ALLOWED.fullmatch(number):
        return (
            "Enter the telephone number with digits; spaces, hyphens, brackets and a leading + are allowed."
        )
    count = sum(c.isdigit() for c in number)
    if not 10 <= count <= 15:
        return f"Enter the telephone number with its area code: 10 to 15 digits. This one has {count}."
    return None


def national(typed: str) -> str:
    """Return a number of the United Kingdom as it is dialled there; any other as it is."""
    return re.sub(r"^(\+44|0044)0?", "0", re.sub(r"[^0-9+]", "", typed))


def use_of(typed: str) -> PhoneUse | None:
    """Return what a number itself says of its use, or None (Ofcom: 071 to 075 and 077 to 079 are mobiles)."""
    return PhoneUse.MOBILE if re.fullmatch(r"07[1-57-9][0-9]{8}", national(typed)) else None


def warning_about(typed: str, use: PhoneUse) -> str | None:
    """Return what looks odd about calling a number mobile or not, or None (Ofcom: 07 is, 01 to 03 not)."""
    dialled = national(typed)
    if use is PhoneUse.MOBILE and dialled.startswith(("01", "02", "03")):
        return "Check the kind of telephone: a number that begins like this is not a mobile."
    if use is not PhoneUse.MOBILE and dialled.startswith("07"):
        return "Check the kind of telephone: a number that begins with 07 is a mobile."
    return None
