"""The world of practice mode is fictional, complete and right in form."""

import unicodedata

import pytest

from digmed_desktop.clinical import batch, names, nhs_number, ods, postcode
from digmed_desktop.clinical.registration import check_registration
from digmed_desktop.credentials import pins
from digmed_desktop.data_files.source import OWN
from digmed_desktop.demo.world import FictionalPatient, load_world
from digmed_desktop.fhir.response_codes import known_codes
from digmed_desktop.mesh import reports

WORLD = load_world()


@pytest.mark.parametrize("one", WORLD.patients, ids=lambda one: one.patient.nhs_number)
def test_a_patient_is_right_in_form_and_nobody_real(one: FictionalPatient) -> None:
    patient = one.patient
    assert patient.nhs_number.startswith("999"), "the range that is never issued"
    assert nhs_number.sentence_about(patient.nhs_number) is None
    assert names.sentence_about(patient.name.given, "first name") is None
    assert names.sentence_about(patient.name.family, "last name") is None
    assert postcode.sentence_about(patient.address.postcode) is None
    assert patient.address.postcode.startswith("ZZ99")
    assert patient.date_of_birth is not None
    assert all(t.number.startswith(("01632 960", "07700 900")) for t in patient.telephones)
    assert patient.sendable_nhs_number


def test_every_number_and_code_is_used_once() -> None:
    numbers = [one.patient.nhs_number for one in WORLD.patients]
    codes = [WORLD.pharmacy.ods_code, *(one.ods_code for one in WORLD.practices)]
    boxes = [WORLD.pharmacy_mailbox, *(one.mailbox for one in WORLD.practices if one.mailbox)]
    for found in (numbers, codes, boxes):
        assert len(set(found)) == len(found)
    assert len(numbers) >= 12
    assert all(code.startswith("X9") for code in codes)


def test_the_organisations_are_right_in_form() -> None:
    assert ods.sentence_about(WORLD.pharmacy.ods_code, "pharmacy") is None
    for one in WORLD.practices:
        assert ods.sentence_about(one.ods_code, "practice") is None
        assert ods.warning_about_practice(one.ods_code) is None
    for organisation in (WORLD.pharmacy, *(one.organisation for one in WORLD.practices)):
        assert organisation.address.postcode.startswith("ZZ99")
        assert organisation.telephone.startswith("01632 960")


def test_the_people_may_work_and_sign_in() -> None:
    roles = {one["id"] for one in OWN.raw("codes/roles.toml")["role"]}
    for one in WORLD.people:
        assert one.role in roles
        assert check_registration(one.regulator, one.registration) is None
        assert pins.problem_with(one.pin, known=(one.registration,)) is None


def test_the_packs_are_of_the_programme() -> None:
    for one in WORLD.batches:
        products = OWN.raw(f"programmes/{one.programme}.toml")["product"]
        assert one.product in {product["id"] for product in products}
        assert batch.sentence_about(one.number) is None


def test_names_that_break_programs_are_there() -> None:
    families = [one.patient.name.family for one in WORLD.patients]
    assert any("'" in name for name in families)
    assert any(any(unicodedata.decomposition(c) for c in name) for name in families)
    assert any(len(name) > 35 for name in families)
    assert any(one.patient.address.postcode == "ZZ99 3VZ" for one in WORLD.patients)


def test_every_behaviour_is_shown_by_someone_in_words() -> None:
    shown = {one.behaviour.id for one in WORLD.patients}
    assert shown == set(WORLD.behaviours)
    for behaviour in WORLD.behaviours.values():
        assert behaviour.label
        assert behaviour.shows.endswith(".")
        assert all(answer.code in known_codes() for answer in behaviour.answers)
        assert not behaviour.report or reports.words_of(behaviour.report).known
    for one in WORLD.patients:
        assert (one.behaviour.id == "no-route") == (not one.practice.mailbox)
        assert not one.known_at or WORLD.practice(one.known_at) is not None
