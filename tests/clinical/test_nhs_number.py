"""NHS numbers as people type them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digmed_desktop.clinical.nhs_number import digits, sentence_about, shown


def check_digit(nine: str) -> int | None:
    """The tenth digit by modulus 11, weights 10 to 2; None where the first nine have none."""
    left = 11 - sum(int(d) * weight for d, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return None if left == 10 else left % 11


@pytest.mark.parametrize(
    "typed",
    [
        "9990123020",
        "999 012 3020",
        "999-012-3020",
        "999.012.3020",
        " 9 9 9 0 1 2 3 0 2 0 ",
        "999\u2009012\u20113020",
    ],
)
def test_any_shape_is_taken_and_shown_3_3_4(typed: str) -> None:
    assert sentence_about(typed) is None
    number = digits(typed)
    assert number == "9990123020"
    assert shown(number) == "999 012 3020"


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("", "Enter an NHS number"),
        (" - ", "Enter an NHS number"),
        ("1", "1 digit."),
        ("999012302", "9 digits"),
        ("99901230200", "11 digits"),
        ("99120038885", "11 digits"),
        ("999012302O", "digits only"),
        ("NHS 9990123020", "digits only"),
        ("٩٩٩٠١٢٣٠٢٠", "digits only"),
        ("4857773456", "last digit"),
        ("2378954317", "last digit"),
    ],
)
def test_each_way_to_be_wrong_has_its_own_sentence(typed: str, part: str) -> None:
    sentence = sentence_about(typed)
    assert sentence is not None
    assert part in sentence


@given(st.from_regex(r"999[0-9]{6}", fullmatch=True))
@example("999999999")
def test_exactly_one_last_digit_is_right(nine: str) -> None:
    right = [last for last in "0123456789" if sentence_about(nine + last) is None]
    expected = check_digit(nine)
    never = expected is None or set(nine) == {str(expected)}  # ten equal digits fit, and were never issued
    assert right == ([] if never else [str(expected)])


def test_what_is_no_number_is_shown_unchanged() -> None:
    assert shown("12") == "12"
    assert shown("abcdefghij") == "abcdefghij"
