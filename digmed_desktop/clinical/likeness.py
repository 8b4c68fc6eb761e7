"""Whether two names, dates of birth or practices are one mistyped. Whatever is further apart is asked about.

Asking costs a key; another patient's answers on a record cost far more. So a letter that stands for another one is no
slip: Harjinder and Harminder, Joan and John, Tim and Tom are two people. The program's own rule, not confirmed by a
pharmacist.
"""

import re
from datetime import date

LEAST_OF_A_NAME = 5
"""Letters of a name in which one more in the middle is a slip: Jon and John are two names, Claire and Clare may be one."""
YEARS = 9
"""So far apart at most are two years of birth that are one mistyped; parents and children are further apart."""
_SWAPPED_FROM = 4
_ORDINARY = frozenset(
    [
        *(
            "the",
            "and",
            "of",
            "at",
            "in",
            "dr",
            "drs",
            "doctor",
            "doctors",
            "partner",
            "partners",
            "partnership",
        ),
        *(
            "surgery",
            "surgeries",
            "practice",
            "practices",
            "group",
            "medical",
            "medicine",
            "health",
            "healthcare",
        ),
        *("care", "centre", "center", "clinic", "primary", "family", "general", "gp", "gps", "nhs"),
    ]
)
"""Words that many practices have in their names."""


def is_misspelt(one: str, other: str) -> bool:
    """Whether two folded names are one: two neighbouring letters swapped, one doubled, or one more in the middle."""
    from rapidfuzz.distance import OSA

    short, long = sorted((one, other), key=len)
    if not short or int(OSA.distance(one, other)) > 1:
        return False
    if len(short) == len(long):
        return len(short) >= _SWAPPED_FROM and sorted(short) == sorted(long)
    if _undoubled(short) == _undoubled(long):
        return len(short) >= _SWAPPED_FROM
    at_an_end = long.startswith(short) or long.endswith(short)
    return len(short) >= LEAST_OF_A_NAME and not at_an_end


def is_misdated(one: date, other: date) -> bool:
    """Whether two dates of birth are one: one digit of day, month or year is another, or two are swapped."""
    from rapidfuzz.distance import OSA

    pairs = [
        (mine, theirs)
        for mine, theirs in zip(f"{one:%Y %m %d}".split(), f"{other:%Y %m %d}".split(), strict=True)
        if mine != theirs
    ]
    if len(pairs) != 1:
        return not pairs
    return int(OSA.distance(*pairs[0])) <= 1 and abs(one.year - other.year) <= YEARS


def is_one_practice(one: str, other: str) -> bool:
    """Whether two names of a practice can be one: each word that tells practices apart has its like in the other."""
    mine, theirs = _telling(one), _telling(other)
    if not (mine and theirs):
        return _words(one) == _words(other)
    if len(mine) != len(theirs):
        return "".join(mine) == "".join(theirs)  # Way Side and Wayside
    for word in mine:
        like = next((each for each in theirs if word == each or is_misspelt(word, each)), None)
        if like is None:
            return False
        theirs.remove(like)
    return True


def _words(name: str) -> list[str]:
    plain = re.sub(r"['\u2019`]", "", re.sub(r"\([^)]*\)", " ", name.casefold()))
    return re.findall(r"\w+", plain)


def _telling(name: str) -> list[str]:
    return [word for word in _words(name) if len(word) > 1 and word not in _ORDINARY]


def _undoubled(name: str) -> str:
    return re.sub(r"(.)\1+", r"\1", name)
