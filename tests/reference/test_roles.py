"""Who may do what."""

import pytest

from digmed_desktop.clinical.record import Regulator
from digmed_desktop.clinical.registration import check_registration
from digmed_desktop.reference.programmes import programmes
from digmed_desktop.reference.roles import of_code, role, roles


def test_only_a_pharmacist_may_finish_an_emergency_supply() -> None:
    assert [one.id for one in roles() if one.may_finish_supply] == ["pharmacist", "clinical-pharmacist"]


def test_who_may_vaccinate_is_the_same_in_every_programme() -> None:
    may = tuple(one.coded.code for one in roles() if one.may_vaccinate)
    assert may == tuple(one.coded.code for one in roles())  # each under some legal basis
    assert all(one.vaccinators == may for one in programmes())


def test_a_role_is_found_by_id_and_by_code() -> None:
    assert role("pharmacist").coded.code == "R1290"
    assert of_code("R5220") is role("technician")
    assert of_code("R0000") is None
    with pytest.raises(KeyError):
        role("barber")


def test_every_regulator_has_a_rule() -> None:
    for regulator in Regulator:
        assert check_registration(regulator, "!")
