"""The recovery phrase: a key as words on paper, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop.credentials.phrase import PhraseError, key_of, phrase_of


@given(st.binary(min_size=32, max_size=32))
def test_a_phrase_comes_back_as_its_key(key: bytes) -> None:
    words = phrase_of(key)
    assert len(words) == 24
    assert key_of(" ".join(words)) == key


def test_it_is_read_as_people_write_it() -> None:
    key = bytes(range(32))
    words = phrase_of(key)
    assert key_of("\n".join(f"{n}. {word.upper()}" for n, word in enumerate(words, 1))) == key
    assert key_of(" ".join(word[:4] for word in words)) == key


def test_the_words_are_those_of_bip_39() -> None:
    assert phrase_of(bytes(32)) == ("abandon",) * 23 + ("art",)  # test vector of BIP-39


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: w[:-1], "has 24 words, and 23 were typed"),
        (lambda w: (*w[:6], "pharmacist", *w[7:]), "Word 7 is not a word"),
        (lambda w: (w[1], w[0], *w[2:]), "do not match"),
        (lambda w: (), "0 were typed"),
    ],
)
def test_a_slip_is_told(change, said) -> None:
    with pytest.raises(PhraseError, match=said):
        key_of(" ".join(change(phrase_of(bytes(range(32))))))


def test_a_wrong_word_never_gives_another_key_unseen() -> None:
    words = list(phrase_of(bytes(range(32))))
    seen = 0
    for other in ("zoo", "able", "river", "ladder"):
        changed = [*words[:10], other, *words[11:]]
        try:
            assert key_of(" ".join(changed)) != bytes(range(32))
            seen += 1  # one in 256 passes the checksum; the data file then refuses the key
        except PhraseError:
            pass
    assert seen < 4
