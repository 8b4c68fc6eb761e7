"""Finding a practice while one types."""

import pytest

from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.reference.practices import PracticeList


def practice(code: str, name: str, city: str, postcode: str) -> Organisation:
    return Organisation(name, code, Address(("1 Road",), city, postcode))


PRACTICES = PracticeList(
    [
        practice("X99901", "Overtown Surgery", "Leeds", "LS1 9ZZ"),
        practice("X99902", "St. Mary's Health Centre", "Overtown", "LS2 9ZZ"),
        practice("X99903", "Bell & Sons Médical Practice", "York", "YO1 9ZZ"),
        practice("Y99901", "Undertown Surgery", "Leeds", "LS19 9ZZ"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("over", ["X99901", "X99902"]),  # a name that starts so before a town
        ("OVERTOWN", ["X99901", "X99902"]),
        ("x99902", ["X99902"]),
        ("X999", ["X99903", "X99901", "X99902"]),
        ("ls1", ["X99901", "Y99901"]),
        ("ls1 9zz", ["X99901"]),
        ("LS19ZZ", ["X99901"]),
        ("surgery leeds", ["X99901", "Y99901"]),
        ("st marys", ["X99902"]),
        ("St Mary’s", ["X99902"]),
        ("medical", ["X99903"]),
        ("bell sons", ["X99903"]),
        ("town", []),  # words are found by their start
        ("nowhere", []),
        ("", []),
        ("  ", []),
        ("&", []),
    ],
)
def test_practices_are_found_by_name_town_postcode_and_code(typed: str, found: list[str]) -> None:
    assert [one.ods_code for one in PRACTICES.search(typed)] == found


def test_the_list_of_finds_is_bounded() -> None:
    assert len(PRACTICES.search("x", most=2)) == 2


def test_a_practice_is_found_by_its_code_in_any_case() -> None:
    found = PRACTICES.of_code(" x99901 ")
    assert found is not None
    assert found.name == "Overtown Surgery"
    assert PRACTICES.of_code("X00000") is None


def test_a_code_listed_twice_counts_once() -> None:
    twice = PracticeList([practice("X99901", "Old", "Leeds", ""), practice("x99901", "New", "Leeds", "")])
    assert len(twice) == 1
    found = twice.of_code("X99901")
    assert found is not None
    assert found.name == "New"
