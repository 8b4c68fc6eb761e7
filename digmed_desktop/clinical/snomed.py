"""SNOMED CT and dm+d concept identifiers: check digit and partition, as SNOMED International defines them."""

_TIMES = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
"""Multiplication in the dihedral group of ten (J. Verhoeff, 1969)."""

_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
"""The permutation applied once more for each place to the left."""


def _verhoeff(digits: str) -> int:
    check = 0
    for place, digit in enumerate(reversed(digits)):
        turned = int(digit)
        for _ in range(place % 8):
            turned = _TURN[turned]
        check = _TIMES[check][turned]
    return check


def sentence_about(code: str) -> str:
    """Return what is wrong with a code that :func:`is_concept_id` refuses, and what to do."""
    if not (code.isascii() and code.isdigit()):
        return "Enter only the digits of the dm+d code, or leave it empty."
    if not 6 <= len(code) <= 18 or code[0] == "0":
        return (
            f"Check the dm+d code: it has 6 to 18 digits and does not begin with 0; this one has {len(code)}."
        )
    if _verhoeff(code):
        return "Check the dm+d code: its check digit is wrong, so a digit is missing or mistyped."
    return "Check the dm+d code: this is the number of a description, not of a product."


def is_concept_id(code: str) -> bool:
    """Whether a code has the form of a concept: 6 to 18 digits, partition 00 or 10, right check digit.

    A description or relationship identifier (other partitions) is refused: it is not a code to send.
    """
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18 and code[0] != "0"):
        return False
    return code[-3:-1] in ("00", "10") and _verhoeff(code) == 0
