"""Redaction: NHS numbers, dates, postcodes, addresses and quotations go; ids, sizes and codes stay."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop.diagnostics.redaction import redact

DASHES = ["", " ", "-", ".", "\u00a0", "\u2011", "  "]


@pytest.mark.parametrize(("first", "second"), list(itertools.product(DASHES, DASHES)))
def test_an_nhs_number_in_any_shape(first, second) -> None:
    shape = f"999{first}123{second}4553"
    for text in (shape, f"nhs={shape};", f"({shape})", f"x{shape}_1947"):
        assert "4553" not in redact(text)
        assert "123" not in redact(text)


@given(st.integers(0, 9_999_999_999), st.sampled_from(DASHES), st.text("abcXYZ_:;,()", max_size=4))
def test_any_ten_digits(number, dash, around) -> None:
    digits = f"{number:010}"
    text = f"{around}{digits[:3]}{dash}{digits[3:6]}{dash}{digits[6:]}{around}"
    assert not any(c.isdigit() for c in redact(text))


@pytest.mark.parametrize(
    "text",
    [
        "1947-03-29",
        "1947/3/29",
        "29/03/1947",
        "29.3.47",
        "29-03-1947",
        "19470329",
        "29031947",
        "29 Mar 1947",
        "29-Mar-47",
        "29th March 1947",
        "March 29, 1947",
        "Mar 29 1947",
        "29MAR1947",
        "1947-03-29T10:00:00Z",
        "_19470329_",
    ],
)
def test_dates(text) -> None:
    assert "[date]" in redact(f"born {text}, then")
    assert "47" not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "'Rose'",
        '"Rose"',
        "‘Rose’",
        "“Rose”",
        "`Rose`",
        "rose@example.org",
        "GPPROVIDER_1_2_Rose Ann",
        "ZZ99 3WZ",
        "zz993wz",
        "LS1 4AB",
        "07700 900417",
        "+44 7700 900417",
        "(0113) 496 0000",
    ],
)
def test_other_traces_of_a_person(text) -> None:
    left = redact(f"seen {text}")
    assert left.startswith("seen [")
    assert not {"rose", "3wz", "4ab", "900", "496"} & set(left.casefold().replace("]", " ").split())


@pytest.mark.parametrize(
    "text",
    [
        "0f8fad5b-1234-4456-8901-123456789012",
        "FA123_0f8fad5bd9cb469fa16570867728950e",
        "20261122101010123456_ABCDEF",
        "HTTP 503 after 12345 ms",
        "state sent, attempt 3 of 5",
        "ITK3 20013",
        "digmed_desktop/outbox/sender.py:142",
        "FLM49 to Y01234",
    ],
)
def test_what_support_needs_stays(text) -> None:
    assert redact(text) == text
