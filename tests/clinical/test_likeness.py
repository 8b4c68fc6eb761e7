"""A mistyped name, birth or practice asks nothing; another one does."""

from datetime import date

from digmed_desktop.clinical.identity import folded
from digmed_desktop.clinical.likeness import is_misdated, is_misspelt, is_one_practice

ONE_MISSPELT = (
    "Rose/Roes", "Nora/Norra", "Siobhan/Siobahn", "Jean-Luc/Jean-Lcu", "O'Neill/O'Neil", "Khan/Kahn", "Hassan/Hasan",
    "Claire/Clare", "Catherine/Cathrine", "Featherstone/Fetherstone",
)  # fmt: skip
TWO_PEOPLE = (
    "Mohammed/Ahmed", "Christopher/Christine", "Patrick/Patricia", "Daniel/Danielle", "Robert/Roberta", "Paul/Paula",
    "Joan/John", "Oliver/Olivia", "Fatima/Fahim", "Tom/Tim", "Rose/Rosie", "Harjinder/Harminder", "Jon/John",
    "Jones/Johnson", "Wilson/Williamson", "Singh/Sinha", "Brown/Browning", "Begum/Beg", "Harrison/Morrison",
    "Williams/Williamson", "Mario/Maria", "Brown/Browne", "Amir/Samir", "Nigel/Nina", "/Rose",
)  # fmt: skip
ONE_PRACTICE = (
    "Willowmere Surgery/The Willowmere Medical Practice", "Wayside Surgery/Way Side Surgery",
    "Quayside Practice/Quaysdie Practice",
    "St John's Surgery/St Johns Medical Centre", "Dr Khan & Partners/Khan Surgery", "The Surgery/The Surgery",
)  # fmt: skip
TWO_PRACTICES = (
    "Park Surgery/Mill Surgery", "Church Street Surgery/High Street Surgery",
    "Church Lane Medical Centre/Park Road Medical Centre",
    "North Leeds Medical Practice/South Leeds Medical Practice", "Dr Khan & Partners/Dr Smith & Partners",
    "Surgery/Park Surgery", "A/Park Surgery", "Practice/Willowmere Practice", "Willowmere Surgery/Quayside Practice",
)  # fmt: skip


def pairs(written: tuple[str, ...]) -> list[list[str]]:
    return [one.split("/") for one in written]


def test_names_that_are_one_misspelt_and_names_of_two_people() -> None:
    apart = [pair for pair in pairs(ONE_MISSPELT) if not is_misspelt(*map(folded, pair))]
    assert apart == []
    taken = [pair for pair in pairs(TWO_PEOPLE) if is_misspelt(*map(folded, pair))]
    assert taken == []


def test_practices_that_are_one_and_practices_that_are_two() -> None:
    assert [pair for pair in pairs(ONE_PRACTICE) if not is_one_practice(*pair)] == []
    assert [pair for pair in pairs(TWO_PRACTICES) if is_one_practice(*pair)] == []


def test_one_digit_of_a_birth_is_a_slip_and_a_parent_is_none() -> None:
    born = date(1971, 3, 12)
    slips = (date(1971, 3, 21), date(1971, 3, 13), date(1971, 8, 12), date(1970, 3, 12), date(1917, 3, 12))
    assert [is_misdated(born, other) for other in slips] == [True, True, True, True, False]
    assert is_misdated(born, born)
    for other in (date(1991, 3, 12), date(1981, 3, 12), date(1971, 4, 13), date(1971, 11, 30)):
        assert not is_misdated(born, other)
