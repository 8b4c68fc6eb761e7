"""What travels in a header is plain letters on one line, whatever it was made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop.messaging.plain_letters import plain_letters


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\u200bb\tc\n d", "ab c d"),
        ("ﬁ½ß", "fi1?2ss"),
        ("“x”", '"x"'),
        ("Zoë Łucja Müller-Ø’Brien 王", "Zoe Lucja Muller-O'Brien ?"),
        ("  two\r\nlines\x00 ", "two lines"),
    ],
)
def test_plain_letters(text: str, plain: str) -> None:
    assert plain_letters(text) == plain


@given(st.text())
def test_any_text_can_travel_and_plain_text_is_left_alone(text: str) -> None:
    plain = plain_letters(text)
    assert all(" " <= character <= "~" for character in plain)
    assert plain_letters(plain) == plain
