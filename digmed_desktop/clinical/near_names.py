"""The net of misspelt names: controlled drugs and substances of Schedule 18 that a product's name nearly says.

A word is compared with every name that the lists know, those of other medicines too, so that the nearest one counts. It
may be misspelt, shortened, in another language, run together with what stands beside it, or have digits for letters.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from digmed_desktop.clinical import controlled_drugs, high_risk, law, preparations
from digmed_desktop.clinical.controlled_drugs import ControlledName
from digmed_desktop.clinical.law_rule import Substance
from digmed_desktop.clinical.phrases import BESIDE, folded, words

Near = ControlledName | Substance
_LEAST_LETTERS = 5
_TWO_SLIPS = 8  # letters of a word in which two may be wrong; in a shorter one other medicines come near
_FIRST_LETTER = 5  # letters up to which the first one is right: other words come near too easily
_MOST_WORDS = 3  # into which one name is torn
_SLIPS_OF_PARTS = 1  # in a name that is torn: ordinary words make many others together
_WHOLE_INSIDE = 7  # letters of a name that is found inside a longer word
_WHOLE_BEFORE = 6  # letters of a name that begins a longer word
_MOST_OF_IT = 0.55  # of the letters of a name that its beginning has
_AS_LETTERS = (str.maketrans("01358", "olesb"), str.maketrans("01358", "oiesb"))
"""The digits that stand for a letter, by a slip of the finger or of a reader of scanned texts."""
_BEHIND = (
    "continus", "contin", "forte", "plus", "max", "extra", "junior", "adult", "depot", "odt", "dispersible", "soluble",
    "orodispersible", "hydrobromide", "hcl", "mesilate", "maleate", "acetate", "enantate", "decanoate", "hemihydrate",
    "base", "tabl", "tbl", "tab", "cap", "inj", "amps", "amp", "vials", "vial", "gel",
    "pr", "la", "cr", "er", "ir", "lp", "md",
)  # fmt: skip
"""More words for salts, forms and strengths that people write onto a name: ``LyricaCR``."""
_LEAST_BEFORE = 4  # letters of a name before such a word
_AMOUNT = re.compile(r"[0-9]+(mg|mcg|micrograms?|g|mls?|milligrams?|units?|iu|mmol|h|hours?|dose)?")


@lru_cache(maxsize=2000)  # a form is read at each key
def nearly_named_in(product: str) -> tuple[Near, ...]:
    """Return the names that a product's name nearly says, the nearest first; none that stands there spelt right."""
    there = {row.substance for row in controlled_drugs.named_in(product)}
    there |= {one.of for one in law.named_in(product)}
    spelt_right = {word for name in _spelt_right(product) for word in words(name)}
    found: list[tuple[int, Near]] = []
    for text in dict.fromkeys((product, *_with_letters(product))):
        found += [(0, row) for row in controlled_drugs.named_in(text)]
        found += [(0, one) for one in law.named_in(text)]
        for candidate, parts in _candidates(text, spelt_right):
            found += [near for near in _nearest(candidate) if parts == 1 or near[0] <= _SLIPS_OF_PARTS]
    ranked = sorted(
        found, key=lambda near: (near[0], near[1].name.casefold() != _substance(near[1]).casefold())
    )
    first = {(type(row), _substance(row)): row for _, row in reversed(ranked) if _substance(row) not in there}
    return tuple(row for row in dict.fromkeys(row for _, row in ranked) if row in first.values())


def _spelt_right(product: str) -> Iterator[str]:
    yield from (row.name for row in controlled_drugs.found_in(product))
    yield from (one.name for one in law.named_in(product))


def _substance(row: Near) -> str:
    return row.substance if isinstance(row, ControlledName) else row.of


def _with_letters(product: str) -> Iterator[str]:
    """Yield a name with letters for its digits, ``M0rphine`` and ``Fentany1``; a number with its unit stays one."""
    plain = unicodedata.normalize("NFKD", product.casefold())
    if any(sign.isdigit() for sign in plain):
        parts = re.split(r"([a-z0-9]+)", plain)
        for letters in _AS_LETTERS:
            yield "".join(part if _AMOUNT.fullmatch(part) else part.translate(letters) for part in parts)


def _candidates(text: str, spelt_right: set[str]) -> Iterator[tuple[str, int]]:
    """Yield what can be a misspelt name, and of how many words beside each other it is made."""
    there = [word if word.isalpha() and word not in spelt_right else "" for word in words(text)]
    for number in range(1, _MOST_WORDS + 1):
        for place in range(len(there) - number + 1):
            taken = there[place : place + number]
            if all(taken):
                yield "".join(taken), number


def _nearest(word: str) -> list[tuple[int, Near]]:
    """Return the nearest names and how far off they are; none where the nearest is one of another medicine."""
    slips, names = _nearest_names(word)
    return [(slips, row) for name in names for row in _names()[name]]


@lru_cache(maxsize=5000)
def _nearest_names(word: str) -> tuple[int, tuple[str, ...]]:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    if len(word) < _LEAST_LETTERS:
        return 0, ()
    said = folded(word)
    most = 2 if len(said) >= _TWO_SLIPS else 1
    known = extract(said, _long_names(), scorer=OSA.distance, score_cutoff=most, limit=None)
    near = [(int(slips), name) for name, slips, _ in known if _can_be(said, name, slips)]
    if not near:  # one letter amiss in a pair that is folded into one, as in ph, is two letters off there
        as_written = extract(word, _as_written(), scorer=OSA.distance, score_cutoff=1, limit=None)
        near = [(1, folded(name)) for name, _, _ in as_written if _can_be(word, name, 1)]
    if not near:
        inside = _with_form_behind(word) or next(
            (name for name in _single_words() if _is_inside(name, word)), ""
        )
        return (abs(len(word) - len(inside)), (folded(inside),)) if inside else (0, ())
    least = min(slips for slips, _ in near)
    return least, tuple(name for slips, name in near if slips == least)


def _can_be(said: str, name: str, slips: float) -> bool:
    """Whether a word that is so far off a name may be it: a short one, or one with two slips, begins as it does."""
    short = max(len(said), len(name)) <= _FIRST_LETTER or (slips > 1 and len(said) == _TWO_SLIPS)
    return not short or said[0] == name[0]


def _is_inside(name: str, word: str) -> bool:
    """Whether a name stands whole inside a longer word, or a word is its beginning."""
    if len(name) > len(word):
        return name.startswith(word) and len(word) >= _MOST_OF_IT * len(name)
    return len(name) >= _WHOLE_BEFORE and (
        word.startswith(name) or (len(name) > _WHOLE_INSIDE and name in word)
    )


def _with_form_behind(word: str) -> str:
    """Return the short name onto which salts and forms are written: ``MSTtablets``; ``""`` where there is none."""
    for behind in (*BESIDE, *_BEHIND):
        name = word.removesuffix(behind)
        if name == word or (behind in _BEHIND and len(name) < _LEAST_BEFORE):
            continue
        if _names().get(folded(name)) or (name := _with_form_behind(name)):
            return name
    return ""


@cache
def _names() -> dict[str, tuple[Near, ...]]:
    """Return every name, folded and in one word; nothing stands behind one of another medicine."""
    names: dict[str, tuple[Near, ...]] = {}
    for name, row in _every_name():
        joined = folded("".join(words(name)))
        if joined.isalpha():
            names[joined] = (*names.get(joined, ()), *((row,) if row else ()))
    return names


@cache
def _as_written() -> tuple[str, ...]:
    """Return the long names that are folded, in one word as they are written."""
    joined = ("".join(words(name)) for name, _ in _every_name())
    return tuple(
        dict.fromkeys(name for name in joined if folded(name) != name and folded(name) in _long_names())
    )


@cache
def _long_names() -> tuple[str, ...]:
    return tuple(name for name in _names() if len(name) >= _LEAST_LETTERS)


def _every_name() -> Iterator[tuple[str, Near | None]]:
    for row in controlled_drugs.all_names():
        yield row.name, row if row.schedules else None
    yield from ((one.name, one) for one in law.substances())
    for name in (*preparations.names(), *(name for row in high_risk.rows() for name in row.names)):
        yield name, None


@cache
def _single_words() -> tuple[str, ...]:
    """Return the names of one word, the longest first."""
    alone = {"".join(words(name)) for name, row in _every_name() if row and name.isalpha()}
    return tuple(
        sorted((name for name in alone if len(name) >= _LEAST_LETTERS), key=lambda name: (-len(name), name))
    )
