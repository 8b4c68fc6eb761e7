"""NHS numbers as people type and read them: the one parser and the one formatter."""

import re

from nhs_number.validate import is_valid

_ALLOWED = re.compile(r"[0-9\s\-\u2010-\u2015.\u00a0\u2007\u202f]*")


def digits(typed: str) -> str | None:
    """Return the digits of a number in any shape, or None when there is more than digits and separators."""
    if not _ALLOWED.fullmatch(typed):
        return None
    return re.sub(r"[^0-9]", "", typed)


def sentence_about(typed: str) -> str | None:
    """Return what is wrong with a typed NHS number and what to do, or None when it is right.

    The check digit is modulus 11 (NHS Data Dictionary, NHS NUMBER).
    """
    number = digits(typed)
    if number is None:
        return "Enter the NHS number with digits only; spaces and hyphens are allowed."
    if not number:
        return "Enter an NHS number."
    if len(number) != 10:
        digits_word = "digit" if len(number) == 1 else "digits"
        return f"Enter a 10-digit NHS number; this one has {len(number)} {digits_word}."
    if len(set(number)) == 1:
        return "Enter the patient's own NHS number: ten equal digits were never issued. Leave it empty if it is not known."
    if not is_valid(number):
        return "Check the NHS number: its last digit does not fit the others, so at least one digit is wrong."
    return None


def is_fictional(number: str) -> bool:
    """Whether a number is of the range that is kept free for tests and never issued (NHS Data Dictionary)."""
    return number.startswith("999")


def shown(number: str) -> str:
    """Return ten digits as people read them, 3-3-4; anything else unchanged."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if len(number) == 10 and number.isdigit() else number
