"""The recovery phrase: the database's key as 24 English words (BIP-39), to be kept on paper.

Whoever has the phrase and the data file can read every record: it is shown to a person who is signed in, never
stored and never logged. The last word holds a checksum, so that a slip of the pen is told apart from a phrase
that belongs to other data.
"""

from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.credentials.keys import KEY_BYTES
from digmed_desktop.messaging.errors import DigMedError

if TYPE_CHECKING:
    from mnemonic import Mnemonic

WORDS = 24
_UNIQUE = 4  # letters that tell any two words of the list apart


class PhraseError(DigMedError):
    """The typed words are no recovery phrase."""


def phrase_of(key: bytes) -> tuple[str, ...]:
    """Return the words of a key of 32 bytes."""
    if len(key) != KEY_BYTES:
        raise ValueError("the key has 32 bytes")
    return tuple(str(_list().to_mnemonic(key)).split())


def key_of(typed: str) -> bytes:
    """Return the key of a phrase; the first four letters of each word are enough.

    Raises :class:`PhraseError` that says which word is at fault, or that they do not belong together.
    """
    words = [word.strip(".,;:0123456789)").casefold() for word in typed.split()]
    words = [word for word in words if word]
    if len(words) != WORDS:
        raise PhraseError(
            f"The recovery phrase has {WORDS} words, and {len(words)} were typed.",
            "Type all of them, in order.",
        )
    found = []
    for n, word in enumerate(words, 1):
        whole = _known(word)
        if whole is None:
            raise PhraseError(
                f"Word {n} is not a word of a recovery phrase.",
                "Compare it with the paper, letter by letter.",
            )
        found.append(whole)
    try:
        return bytes(_list().to_entropy(found))
    except ValueError:
        raise PhraseError(
            "These words do not match: one is wrong, or two are in the wrong order.",
            "Compare them with the paper, one by one.",
        ) from None


def _known(word: str) -> str | None:
    if word in _list().wordlist:
        return word
    if len(word) < _UNIQUE:
        return None
    begins = [one for one in _list().wordlist if one.startswith(word)]
    return str(begins[0]) if len(begins) == 1 else None


@cache
def _list() -> "Mnemonic":
    from mnemonic import Mnemonic

    return Mnemonic("english")
