"""Judge how hard a PIN or passphrase is to guess: the one rule for all that people choose here."""

import re
from collections.abc import Iterable

_MOST_JUDGED = 72  # characters that zxcvbn takes
_OURS = ("digmed", "desktop", "backup", "pharmacy", "pharmacist", "vaccine")
_PARTS = re.compile(r"[^\W_]+")


def is_weak(text: str, fewest: float, known: Iterable[str] = ()) -> bool:
    """Return whether fewer than ``fewest`` guesses find a text, by the words, names and patterns that people use.

    ``known`` is what anybody here knows: names, addresses, numbers. The text is judged without its spaces and signs too,
    which hide words and runs from a dictionary but not from a person; then a tenth of the guesses is asked for.
    """
    words = _inputs(known)
    bare = "".join(_PARTS.findall(text.casefold()))
    return guesses(text, words) < fewest or guesses(bare, words) < fewest / 10


def guesses(text: str, words: Iterable[str] = ()) -> float:
    """Return how many guesses a text withstands, where ``words`` are tried first."""
    from zxcvbn import zxcvbn  # reads its word lists, which no start waits for

    return float(zxcvbn(text[:_MOST_JUDGED], user_inputs=[*_OURS, *words])["guesses"]) if text else 0.0


def _inputs(known: Iterable[str]) -> list[str]:
    """Return what is known whole, in words, and without spaces and signs."""
    found: dict[str, None] = {}
    for one in known:
        parts = _PARTS.findall(one.casefold())
        for word in (one.casefold().strip(), "".join(parts), *parts):
            if len(word) > 2:
                found[word] = None
    return list(found)
