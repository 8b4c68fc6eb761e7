"""Judge how surely a search found what was typed. Enter at once takes only a complete match."""

from collections import Counter
from collections.abc import Iterator, Sequence

from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.views.general import Fit
from digmed_desktop.history.written import search_key

MOST = 12
LIKE_ENOUGH = 72.0  # of 100: a letter too few, too many or exchanged in a name of six


def fit_of_practice(typed: str, practice: Organisation) -> Fit:
    """Return SURE for the whole name or code of a practice, PART for anything less.

    Another practice, which is not in the list, may have the same beginning, the same town or the same postcode.
    """
    is_one = search_key(typed) in (search_key(practice.name), search_key(practice.ods_code))
    return Fit.SURE if search_key(typed) and is_one else Fit.PART


def whole(typed: str, name: str, number: str) -> Fit:
    """Return SURE for every word of a name or every digit of a number, PART for anything less."""
    words = search_key(typed).split()
    is_one = sorted(words) == sorted(search_key(name).split()) or "".join(words) == number
    return Fit.SURE if words and is_one else Fit.PART


def names_that_fit(typed: str, names: Sequence[tuple[int, str]]) -> dict[int, Fit]:
    """Return the ids of the names that are what was typed, then of those only like it; signs alone are no name."""
    from rapidfuzz import fuzz, process

    wanted = search_key(typed)
    words = wanted.split()
    if not words:
        return {}
    begun = [(one, key) for one, key in names if _begins(words, key)]
    full = {one for one, key in begun if _is_whole(words, key)}
    in_order = sorted((one for one, _key in begun), key=lambda one: one not in full)[:MOST]
    exact = {one: Fit.SURE if one in full else Fit.PART for one in in_order}
    if len(exact) >= MOST:
        return exact
    taken = set(exact)
    others = {one: key for one, key in names if one not in taken}
    score: dict[int, float] = {}
    for form in {wanted, wanted.replace(" ", "")}:  # O Neill is one name to some
        for _key, likeness, one in process.extract(
            form, others, scorer=fuzz.WRatio, score_cutoff=LIKE_ENOUGH, limit=MOST
        ):
            score[one] = max(likeness, score.get(one, 0.0))
    like = sorted(score, key=lambda one: -score[one])[: MOST - len(exact)]
    return exact | dict.fromkeys(like, Fit.SIMILAR)


def _begins(words: Sequence[str], key: str) -> bool:
    """Whether each word begins a word of its own in a name, be O Neill written as one word or two."""
    whole = key.replace(" ", "")
    if not all(word in whole for word in words):
        return False
    parts = key.split()
    return any(_each_begins(mine, theirs) for mine in _written(words) for theirs in _written(parts))


def _is_whole(words: Sequence[str], key: str) -> bool:
    """Whether each word is a whole word of a name: Paul begins Paula, and is another person."""
    theirs = [Counter(one) for one in _written(key.split(), shortest=2)]
    return any(Counter(mine) <= one for mine in _written(words, shortest=2) for one in theirs)


def _each_begins(words: Sequence[str], parts: Sequence[str]) -> bool:
    left = list(parts)
    for word in sorted(words, key=len, reverse=True):  # the longest has the fewest to choose from
        begun = next((part for part in left if part.startswith(word)), None)
        if begun is None:
            return False
        left.remove(begun)
    return True


def _written(words: Sequence[str], shortest: int = 1) -> Iterator[list[str]]:
    """Yield a name as it stands, and with each two neighbouring words as one.

    A second word under ``shortest`` letters is not joined: Ann E. is not Anne.
    """
    yield list(words)
    for place in range(len(words) - 1):
        if len(words[place + 1]) < shortest:
            continue
        yield [*words[:place], words[place] + words[place + 1], *words[place + 2 :]]
