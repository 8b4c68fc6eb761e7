"""Dates and times as people type them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop.clinical.dates import (
    DateSentenceError,
    age,
    at_counter,
    read_date,
    read_time,
    shown,
    shown_time,
    split_typed,
)

TODAY = date(2026, 10, 14)


def read(day: str, month: str, year: str, *, past: bool = True) -> date | None:
    return read_date(day, month, year, what="Date of birth", today=TODAY, past=past)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (("15", "3", "1984"), date(1984, 3, 15)),
        (("15", "March", "1984"), date(1984, 3, 15)),
        ((" 1 ", "sept", "1984"), date(1984, 9, 1)),
        (("29", "2", "2024"), date(2024, 2, 29)),
        (("", " ", ""), None),
    ],
)
def test_a_date_in_three_boxes(typed: tuple[str, str, str], found: date | None) -> None:
    assert read(*typed) == found


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        (("", "3", "1984"), "day"),
        (("15", "", "1984"), "month"),
        (("15", "3", ""), "year"),
        (("x", "3", "1984"), "day"),
        (("15", "13", "1984"), "month"),
        (("15", "0", "1984"), "month"),
        (("15", "3", "984"), "year"),
        (("15", "3", "1849"), "year"),
        (("31", "11", "1984"), "day"),
        (("29", "2", "1900"), "day"),
        (("29", "2", "2023"), "day"),
        (("0", "2", "2023"), "day"),
        (("٣", "2", "2023"), "day"),
    ],
)
def test_only_the_wrong_part_is_named(typed: tuple[str, str, str], part: str) -> None:
    with pytest.raises(DateSentenceError) as raised:
        read(*typed)
    assert raised.value.part == part
    assert "date of birth" in str(raised.value).lower()


@pytest.mark.parametrize(
    ("typed", "past", "year"),
    [
        (("14", "10", "26"), True, 2026),  # today
        (("15", "10", "26"), True, 1926),  # tomorrow is not in the past
        (("1", "1", "27"), True, 1927),
        (("1", "1", "00"), True, 2000),
        (("1", "1", "27"), False, 2027),
        (("1", "1", "76"), False, 2076),
        (("1", "1", "77"), False, 1977),
    ],
)
def test_two_digits_are_the_nearest_year_that_fits(
    typed: tuple[str, str, str], past: bool, year: int
) -> None:
    found = read(*typed, past=past)
    assert found is not None
    assert found.year == year


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("1/10/26", ("1", "10", "26")),
        ("1.10.2026", ("1", "10", "2026")),
        ("1 Oct 2026", ("1", "oct", "2026")),
        ("2026-10-01", ("01", "10", "2026")),
        ("01102026", ("01", "10", "2026")),
        ("t", ("14", "10", "2026")),
        ("Today", ("14", "10", "2026")),
        ("y", ("13", "10", "2026")),
        ("next week", None),
        ("", None),
    ],
)
def test_a_date_in_one_piece(typed: str, parts: tuple[str, str, str] | None) -> None:
    assert split_typed(typed, TODAY) == parts


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("9:05", (9, 5)),
        ("0905", (9, 5)),
        ("9.05", (9, 5)),
        ("23:59", (23, 59)),
        ("00:00", (0, 0)),
        ("", None),
    ],
)
def test_times_of_the_24_hour_clock(typed: str, found: tuple[int, int] | None) -> None:
    assert read_time(typed, "Time of contact") == found


@pytest.mark.parametrize("typed", ["24:00", "9:60", "9", "noon", "9:5", "-1:00"])
def test_what_is_no_time_is_told(typed: str) -> None:
    with pytest.raises(DateSentenceError, match="Time of contact"):
        read_time(typed, "Time of contact")


@pytest.mark.parametrize(("day", "utc"), [(date(2026, 10, 14), 9), (date(2026, 11, 14), 10)])
def test_a_clock_in_england_knows_summer_time(day: date, utc: int) -> None:
    moment = at_counter(day, 10, 0)
    assert moment.astimezone(UTC).hour == utc
    assert shown_time(moment) == f"{shown(day)} 10:00"


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_a_time_that_the_clocks_left_out_is_none(minute: int) -> None:
    with pytest.raises(DateSentenceError, match="clocks went forward"):
        at_counter(date(2027, 3, 28), 1, minute)
    assert at_counter(date(2027, 3, 28), 2, 0).astimezone(UTC).hour == 1
    assert at_counter(date(2027, 10, 31), 1, 30).astimezone(UTC).hour == 0  # there twice, so it exists


def test_a_date_is_shown_as_the_nhs_writes_it() -> None:
    assert shown(date(2024, 7, 9)) == "09 Jul 2024"
    assert shown(None) == ""
    assert shown_time(datetime(2024, 7, 9, 13, 5, tzinfo=UTC)) == "09 Jul 2024 14:05"
    assert shown_time(None) == ""


@pytest.mark.parametrize(
    ("born", "years"),
    [(date(1984, 10, 13), 42), (date(1984, 10, 14), 42), (date(1984, 10, 15), 41), (date(2024, 2, 29), 2)],
)
def test_age_grows_on_the_birthday(born: date, years: int) -> None:
    assert age(born, TODAY) == years


@given(st.dates(min_value=date(1850, 1, 1), max_value=TODAY))
def test_every_date_is_read_back_as_it_is_shown(day: date) -> None:
    parts = split_typed(shown(day), TODAY)
    assert parts is not None
    assert read(*parts) == day


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_anything_typed_is_a_date_or_a_sentence(day: str, month: str, year: str) -> None:
    sentence = ""
    try:
        found = read(day, month, year)
    except DateSentenceError as wrong:
        found, sentence = None, str(wrong)
    blank = not (day.strip() or month.strip() or year.strip())
    assert blank or sentence.endswith(".") or (found is not None and found.year >= 1850)
