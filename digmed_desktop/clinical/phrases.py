"""Finds names in the name of a product, by whole words and phrases; the longest name at a place wins.

Where words are parted does not matter in a name that is long enough: ``Oxy-Norm`` is OxyNorm, ``cocodamol`` is co-codamol.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Generic, TypeVar

RowT = TypeVar("RowT")
_LONG_ENOUGH = 6  # letters: shorter ones come about by chance between two other words
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")  # M.S.T. is MST
_PARTED_MORE = 3  # words by which a name may be parted more often than in the list


class Phrases(Generic[RowT]):
    """Names with what stands behind each, ready to be looked for."""

    def __init__(self, rows: Iterable[tuple[str, RowT]]) -> None:
        self._rows: dict[str, tuple[tuple[str, ...], RowT]] = {}
        self._most = 1
        for name, row in rows:
            spelled = words(name)
            self._rows.setdefault("".join(spelled), (spelled, row))
            self._most = max(self._most, len(spelled) + _PARTED_MORE)

    def found_in(self, text: str) -> tuple[RowT, ...]:
        """Return what stands behind each name in a text, in their order and each once."""
        there, found, place = words(text), [], 0
        while place < len(there):
            taken = self._at(there[place : place + self._most])
            if taken is not None:
                found.append(taken[1])
            place += taken[0] if taken is not None else 1
        return tuple(dict.fromkeys(found))

    def _at(self, there: tuple[str, ...]) -> tuple[int, RowT] | None:
        """Return how many of the first words are the longest name, and what stands behind it."""
        for number in range(len(there), 0, -1):
            taken = there[:number]
            joined = "".join(taken)
            spelled, row = self._rows.get(joined, ((), None))
            if row is not None and (spelled == taken or len(joined) >= _LONG_ENOUGH):
                return number, row
        return None


_LEAST_LETTERS, _LONG_WORD = 6, 9
"""Letters of a word that can be a misspelt name, and of one in which two may be wrong."""


def nearest(word: str, names: Sequence[str]) -> str:
    """Return the name that a word nearly is, misspelt or in another language; ``""`` where none is near."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    if len(word) < _LEAST_LETTERS:
        return ""
    most = 2 if len(folded(word)) >= _LONG_WORD else 1
    long_enough = {folded(name): name for name in names if len(name) >= _LEAST_LETTERS}
    found = extractOne(folded(word), long_enough.keys(), scorer=OSA.distance, score_cutoff=most)
    return long_enough[found[0]] if found else ""


def folded(word: str) -> str:
    """Return a word in a spelling that many languages share: ph as f, th as t, y as i, k as c, ks as x."""
    for written, as_ in (("ks", "x"), ("ph", "f"), ("th", "t"), ("y", "i"), ("k", "c")):
        word = word.replace(written, as_)
    return word


BESIDE = (
    "hydrochloride", "phosphate", "sulphate", "sulfate", "tartrate", "citrate", "sodium", "tablets", "tablet", "tabs",
    "capsules", "capsule", "caplets", "caplet", "caps", "patches", "patch", "injection", "ampoules", "ampoule", "oral",
    "solution", "suspension", "elixir", "linctus", "syrup", "liquid", "lozenges", "lozenge", "suppositories", "films",
    "film", "drops", "spray", "inhaler", "cream", "ointment", "retard", "sr", "mr", "xl",
)  # fmt: skip
"""Words for salts and forms that people write onto a name without a space: ``MorphineSulfate``."""
_LEAST_BEFORE = 5  # letters of a name that such a word is written onto
_UNIT_BEFORE = re.compile(r"([0-9])(micrograms?|mcg|milligrams?|mg|ml)(?=[a-z])(?!s\b)")  # 10mgAbtard
_LETTERS_APART = 3  # single letters beside each other that make one word: M S T
_AS_LATIN = str.maketrans(
    "авекмнорстухіјѕԁαβεζηικνορτυχ",
    "abekmhopctyxijsdabezhiknoptyx",
)
"""Small letters of Cyrillic and Greek that look like Latin ones, in small letters or in capitals; not the sign for micro."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text as names are compared: in small letters, without accents and signs.

    A number is a word of its own, also where it is written onto a name: ``Morphine10mg``. So is a salt or a form. What
    cannot be seen parts no word, and a letter that looks like a Latin one counts as it.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_AS_LATIN)
    letters = "".join(c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    letters = _INITIALS.sub(lambda dotted: dotted[0].replace(".", ""), _UNIT_BEFORE.sub(r"\1 \2 ", letters))
    found = _put_together(re.findall(r"[a-z]+|[0-9]+", letters))
    return tuple(part for word in found for part in _parted(word))


def _put_together(found: Sequence[str]) -> Iterator[str]:
    """Yield words, with letters that stand apart as one word: ``m o r p h i n e``."""
    for alone, group in groupby(found, lambda word: len(word) == 1 and word.isalpha()):
        run = list(group)
        yield from ["".join(run)] if alone and len(run) >= _LETTERS_APART else run


@lru_cache(maxsize=5000)
def _parted(word: str) -> tuple[str, ...]:
    """Return a word without the salts and forms at its end, and these."""
    for beside in BESIDE:
        if word.endswith(beside) and len(word) - len(beside) >= _LEAST_BEFORE:
            return (*_parted(word.removesuffix(beside)), beside)
    return (word,)
