"""Text that the program did not write: whatever is wrong with it, there is one error, and nothing of it is quoted."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop import untrusted
from digmed_desktop.untrusted import UnreadableError

MOST = 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[1e999]",
        "[-1e999]",
        "[NaN]",
        "[Infinity]",
        "9" * 5000,
        '["\\ud800"]',
        '["\\udfff\\ud800"]',
        "{secret",
        "",
        " " * (MOST + 1),
    ],
    ids=range(12),
)
def test_json_that_cannot_be_taken_is_one_error_that_quotes_nothing(text: str) -> None:
    for raw in (text, text.encode("utf-8", "surrogatepass")):
        with pytest.raises(UnreadableError) as refused:
            untrusted.read_json(raw, most=MOST)
        assert "secret" not in str(refused.value)
        assert refused.value.__cause__ is None


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_whatever_comes_is_read_or_refused(raw: bytes | str) -> None:
    for read in (untrusted.read_json, untrusted.read_json_object, untrusted.read_toml):
        try:
            read(raw, most=100)
        except UnreadableError:
            continue


def test_what_is_right_is_read() -> None:
    assert untrusted.read_json('["\\ud83d\\ude00", 1.5, 12345678901234567890]', most=MOST) == [
        "\U0001f600",
        1.5,
        12345678901234567890,
    ]
    assert untrusted.read_json(b'\xef\xbb\xbf{"a": 1}', most=MOST) == {"a": 1}
    assert untrusted.read_toml("a = [[1]]\n[b.c]\nd = 'e'", most=MOST) == {"a": [[1]], "b": {"c": {"d": "e"}}}


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, [], -1, 101, float("inf")])
def test_what_is_no_whole_number_in_range_is_refused(value: object) -> None:
    with pytest.raises(UnreadableError):
        untrusted.whole_number(value, 100)
    assert untrusted.whole_number(100, 100) == 100


def test_an_object_is_asked_for_and_a_list_is_refused() -> None:
    with pytest.raises(UnreadableError):
        untrusted.read_json_object("[1]", most=MOST)


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
@pytest.mark.parametrize(("make", "words"), [("mkfifo", "pipe"), ("mkdir", "folder")])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: str, words: str) -> None:
    getattr(os, make)(tmp_path / "odd")  # Windows has no mkfifo, not even a name for it
    with pytest.raises(untrusted.NotAFileError) as found:
        untrusted.read_bytes(tmp_path / "odd", 10)
    assert words in untrusted.why_unread(found.value)


@given(st.text())
def test_a_visible_text_holds_nothing_that_acts_and_keeps_what_can_be_read(text: str) -> None:
    seen = untrusted.visible(text, keep="\n")
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c != "\n" for c in seen)
    assert untrusted.visible(seen, keep="\n") == seen
    if all(c.isprintable() for c in text):
        assert seen == text
