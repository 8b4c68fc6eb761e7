"""Judge how hard a PIN or passphrase is to guess: the one rule for all that people choose here."""

import re
from collections.abc import Iterable

_MOST_JUDGED = 72  # characters that zxcvbn takes
_WORDS = """
digmed desktop backup password passphrase welcome secret login letmein changeme admin computer smartcard
nhs england health care service trust surgery practice hospital doctor nurse patient patients clinic community
pharmacy pharmacies pharmacist pharmacists chemist chemists dispensary dispenser dispensing technician locum trainee
assistant counter staff team manager superintendent responsible owner branch store shop parade street road
prescription prescriptions medicine medicines medication tablet tablets drug drugs controlled cupboard fridge repeat
emergency supply supplies record records summary register group direction directions national protocol
vaccine vaccines vaccination vaccinations vaccinate vaccinator immunisation jab jabs dose booster needle flu
influenza covid corona pneumo pneumococcal shingles season winter autumn spring summer programme
january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday
the and for our only with from this that net new old now best number one two three
"""
"""Words that everybody at a pharmacy's counter tries first, beside the pharmacy's own."""
_KEYPAD = "789 456 123 987 654 321 741 852 963 147 258 369 159 951 357 753 0000 000"
"""Rows, columns and diagonals of the keys for numbers."""
_OF_THE_TRADE = tuple(_WORDS.split())
_YEAR = r"(?:19|20)\d\d"
_FOR_LETTERS = str.maketrans("013457@$", "oleastas")
_OF_A_WORD = 50
"""Guesses that one of these words costs: few are tried before it."""
_PARTS = re.compile(r"[^\W_]+")


def is_weak(text: str, fewest: float, known: Iterable[str] = ()) -> bool:
    """Return whether fewer than ``fewest`` guesses find a text, by the words, names and patterns that people use.

    ``known`` is what anybody here knows: names, addresses, numbers. The text is judged without its spaces and signs too,
    which hide words and runs from a dictionary but not from a person; then a tenth of the guesses is asked for. Words
    that are known make no passphrase by standing side by side: without them enough must be left.
    """
    words = _inputs(known)
    bare = "".join(_PARTS.findall(text.casefold()))
    if guesses(text, words) < fewest or guesses(bare, words) < fewest / 10:
        return True
    plain = "".join(_PARTS.findall(text.casefold().translate(_FOR_LETTERS)))
    return any(_beside_known(one, words) < fewest for one in {bare, plain})


def _beside_known(bare: str, words: Iterable[str]) -> float:
    """Return how many guesses a text withstands if known words, years and runs of keys cost next to nothing.

    Without any of them that is no measure of it, and no number of guesses is too few.
    """
    known = sorted({*_OF_THE_TRADE, *_KEYPAD.split(), *words}, key=len, reverse=True)
    left, times = re.subn("|".join((*map(re.escape, known), _YEAR)), "", bare)
    return max(guesses(left, words), 1.0) * _OF_A_WORD**times if times else float("inf")


def guesses(text: str, words: Iterable[str] = ()) -> float:
    """Return how many guesses a text withstands, where ``words`` are tried first."""
    from zxcvbn import zxcvbn  # reads its word lists, which no start waits for

    return (
        float(zxcvbn(text[:_MOST_JUDGED], user_inputs=[*_OF_THE_TRADE, *words])["guesses"]) if text else 0.0
    )


def _inputs(known: Iterable[str]) -> list[str]:
    """Return what is known whole, in words, and without spaces and signs."""
    found: dict[str, None] = {}
    for one in known:
        parts = _PARTS.findall(one.casefold())
        for word in (one.casefold().strip(), "".join(parts), *parts):
            if len(word) > 2:
                found[word] = None
    return list(found)
