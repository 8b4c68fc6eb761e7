"""When two identities are one person's, and when another is typed over the first."""

from datetime import date

import pytest

from digmed_desktop.clinical.identity import (
    BORN,
    FAMILY,
    GIVEN,
    NUMBER,
    Identity,
    completed,
    contradicted,
    identity_of,
    is_somebodys,
    missing,
    same_person,
)

TODAY = date(2026, 10, 14)
ROSE = {NUMBER: "999 012 3020", FAMILY: "O'Neill", GIVEN: "Rose", BORN: "12/3/1971"}


def who(**changes: str) -> Identity:
    return identity_of({**ROSE, **{f"patient.{key}": text for key, text in changes.items()}}, TODAY)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"nhs_number": "9990123020", "family": "ONEILL"}, True),
        ({"nhs_number": "999 000 0018"}, False),
        ({"nhs_number": "", "given": "Anna"}, False),  # a twin
        ({"nhs_number": "", "date_of_birth": ""}, True),
        ({"nhs_number": "", "family": "", "given": "", "date_of_birth": ""}, False),
        ({"nhs_number": "999 012 3021"}, True),  # no number: the rest agrees
    ],
)
def test_a_number_decides_and_without_one_nothing_may_contradict(changes: dict[str, str], same: bool) -> None:
    assert same_person(who(), who(**changes)) is same
    assert same_person(who(**changes), who()) is same


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, ()),
        ({NUMBER: "999 000 0018"}, (NUMBER,)),
        ({NUMBER: "999 000"}, ()),  # still being typed
        ({NUMBER: ""}, ()),
        ({FAMILY: "O'Neil"}, ()),
        ({FAMILY: "Quill"}, (FAMILY,)),
        ({GIVEN: "Benjamin"}, (GIVEN,)),
        ({GIVEN: "Rosie"}, (GIVEN,)),  # a sister, for one
        ({BORN: "21/3/1971"}, ()),
        ({BORN: "4/7/1969"}, (BORN,)),
    ],
)
def test_a_slip_asks_nothing_and_another_person_does(changes: dict[str, str], asks: tuple[str, ...]) -> None:
    assert contradicted(ROSE, {**ROSE, **changes}, TODAY) == asks


def test_an_owner_is_completed_and_never_changed_by_what_is_typed() -> None:
    owner = completed({}, {FAMILY: "O'Neill", NUMBER: "999"}, TODAY)
    assert owner == {FAMILY: "O'Neill"}
    assert completed(owner, {**ROSE, FAMILY: "Quill"}, TODAY) == ROSE


def test_what_the_form_says_already_stays() -> None:
    now = {"patient.city": "York", "patient.telephone": "", "patient.telephone_use": "mobile"}
    found = {"patient.city": "Leeds", "patient.telephone": "01632 960001", "patient.telephone_use": "home"}
    assert missing(now, found) == {"patient.telephone": "01632 960001", "patient.telephone_use": "home"}


def test_a_default_says_nothing_of_anybody() -> None:
    assert not is_somebodys(
        {"patient.telephone_use": "mobile", "patient.traced": "pds", "screening.egg": "no"}
    )
    assert is_somebodys({"patient.postcode": "LS1 4AP"})


def test_an_identity_shows_nobody_in_a_traceback() -> None:
    assert repr(who()) == "Identity()"


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({FAMILY: "O'Neil", GIVEN: "Rosie"}, (FAMILY, GIVEN)),
        ({GIVEN: "Rosie", BORN: "13/3/1971"}, (GIVEN, BORN)),  # a twin born after midnight
        ({FAMILY: "O'Neil", BORN: "12/3/1972", NUMBER: "999 000 0018"}, (NUMBER, FAMILY, BORN)),
    ],
)
def test_two_slips_at_once_are_another_patient(changes: dict[str, str], asks: tuple[str, ...]) -> None:
    assert contradicted(ROSE, {**ROSE, **changes}, TODAY) == asks


def test_a_correction_asks_about_every_change_of_who_the_patient_is() -> None:
    whole = {
        **ROSE,
        "patient.sex": "female",
        "patient.address_lines": "8 High Street",
        "patient.postcode": "LS1 1AA",
    }
    for key, text in {
        FAMILY: "O'Neil",
        "patient.sex": "male",
        "patient.address_lines": "9 Mill Road",
    }.items():
        assert contradicted(whole, {**whole, key: text}, TODAY, strict=True) == (key,)
    assert contradicted(whole, {**whole, "patient.postcode": "ls1  1aa"}, TODAY, strict=True) == ()


def test_a_fact_of_several_answers_is_never_made_out_of_two() -> None:
    """An address, a practice or a telephone is filled in whole, or left as it was typed."""
    known = ROSE | {
        "patient.address_lines": "1 Old Road",
        "patient.city": "Leeds",
        "patient.postcode": "LS9 9ZZ",
        "practice.ods_code": "Y00001",
        "practice.name": "Nora Surgery",
        "practice.city": "York",
    }
    for typed, left in (
        ({"patient.address_lines": "5 New Street"}, ("patient.city", "patient.postcode")),
        ({"practice.ods_code": "Z11111"}, ("practice.name", "practice.city")),
    ):
        assert not set(left) & missing(dict.fromkeys(known, "") | typed, known).keys()
    agreeing = {"patient.address_lines": "1 old road"}
    assert missing(dict.fromkeys(known, "") | agreeing, known)["patient.city"] == "Leeds"
