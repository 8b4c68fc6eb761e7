"""Finds names in the name of a product, by whole words and phrases; the longest name at a place wins."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Generic, TypeVar

RowT = TypeVar("RowT")


class Phrases(Generic[RowT]):
    """Names with what stands behind each, ready to be looked for."""

    def __init__(self, rows: Iterable[tuple[str, RowT]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], RowT]]] = {}
        for name, row in rows:
            spelled = words(name)
            self._by_first.setdefault(spelled[0], []).append((spelled, row))
        for found in self._by_first.values():
            found.sort(key=lambda pair: -len(pair[0]))

    def found_in(self, text: str) -> tuple[RowT, ...]:
        """Return what stands behind each name in a text, in their order and each once."""
        text_words, found, place = words(text), [], 0
        while place < len(text_words):
            longest = next(
                (
                    (len(spelled), row)
                    for spelled, row in self._by_first.get(text_words[place], ())
                    if text_words[place : place + len(spelled)] == spelled
                ),
                None,
            )
            if longest is not None:
                found.append(longest[1])
            place += longest[0] if longest is not None else 1
        return tuple(dict.fromkeys(found))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text as names are compared: in small letters, without accents and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(re.findall(r"[a-z0-9]+", letters))
