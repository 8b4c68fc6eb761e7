"""What is found for a text is surely meant only where it is that text whole; signs alone name nobody."""

import pytest

from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.desk.lists.fitting import fit_of_practice, names_that_fit, whole
from digmed_desktop.desk.views.general import Fit
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter

PARK = Organisation("Park Lane Surgery", "Y00001", Address(("1 High Street",), "Leeds", "LS1 1AA"))


@pytest.mark.parametrize("typed", ["-", "'", ".", "’", "- -", "()", "/", "*"])
def test_signs_alone_find_nobody(typed: str) -> None:
    assert names_that_fit(typed, [(1, "oneill rose"), (2, "quill nora"), (3, "")]) == {}


@pytest.mark.parametrize("sign", ["-", "'", "."])
def test_signs_in_find_list_no_patient_and_beside_a_birth_say_nothing(counter: Counter, sign: str) -> None:
    counter.desk.patients.remember(complete_answers())
    other = {"patient__family": "Vance", "patient__nhs_number": "999 000 0018"}
    counter.desk.patients.remember(complete_answers(**other, patient__date_of_birth="1/10/1926"))
    assert counter.desk.patients.search(sign) == ()
    assert [one.family for one in counter.desk.patients.search(f"1/10/1926 {sign}")] == ["Vance"]


@pytest.mark.parametrize(
    ("typed", "fit"),
    [
        ("Park Lane Surgery", Fit.SURE),
        ("park  lane surgery", Fit.SURE),
        ("Y00001", Fit.SURE),
        ("y00001 ", Fit.SURE),
        ("ls1 1aa", Fit.PART),  # several practices have one postcode
        ("Park", Fit.PART),
        ("Park Lane", Fit.PART),
        ("park lane surg", Fit.PART),
        ("surgery leeds", Fit.PART),
        ("Y0000", Fit.PART),
        ("LS1", Fit.PART),
        ("P", Fit.PART),
        ("-", Fit.PART),
    ],
)
def test_a_practice_is_surely_meant_by_its_whole_name_or_code(typed: str, fit: Fit) -> None:
    assert fit_of_practice(typed, PARK) is fit


def test_the_desk_says_so_of_each_practice_that_it_finds(counter: Counter) -> None:
    counter.store.practices.remember(PARK)
    fits = {typed: [one.fit for one in counter.desk.directory.search(typed)] for typed in ("park", "y00001")}
    assert fits == {"park": [Fit.PART], "y00001": [Fit.SURE]}


@pytest.mark.parametrize(
    ("typed", "fit"),
    [
        ("999 000 0018", Fit.SURE),
        ("9990000018", Fit.SURE),
        ("Quill, Nora", Fit.SURE),
        ("nora quill", Fit.SURE),
        ("Quill", Fit.PART),
        ("Quill N", Fit.PART),
        ("Quill, Nora Jane", Fit.PART),
        ("", Fit.PART),
        ("-", Fit.PART),
    ],
)
def test_a_notification_is_surely_meant_by_the_whole_name_or_number(typed: str, fit: Fit) -> None:
    assert whole(typed, "QUILL, Nora", "9990000018") is fit
