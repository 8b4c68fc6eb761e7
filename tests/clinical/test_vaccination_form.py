"""The form file: complete, resolvable, and honest about what goes to the GP practice."""

import pytest

from digmed_desktop.clinical import form
from digmed_desktop.clinical.answers import called, is_blank, missing_sentence, required_missing
from digmed_desktop.clinical.form import FieldKind
from digmed_desktop.reference.programmes import programmes

FORM = form.load("vaccination")
FIELDS = list(FORM.fields())
CHOSEN = (FieldKind.RADIO, FieldKind.CHOICE)

NOT_SHARED = {
    "session.programme",
    "after.referral",
    "session.legal_basis",
    "patient.traced",
    "patient.identity_checked",
    "practice.registered",
    "practice.why_none",
    "previous.finding",
    "previous.note",
    "screening.unwell",
    "screening.reaction",
    "screening.anaphylaxis",
    "screening.egg",
    "screening.egg_severe",
    "screening.immune",
    "screening.immune_contact",
    "screening.asthma",
    "screening.salicylate",
    "screening.antivirals",
    "screening.latex",
    "screening.thymus",
    "screening.heart",
    "screening.bleeding",
    "screening.pregnant",
    "screening.already",
    "screening.recent",
    "screening.note",
    "after.adverse",
    "after.notes",
    "incident.done",
    "incident.report",
}


def test_ids_and_labels_are_unique() -> None:
    assert len({field.id for field in FIELDS}) == len(FIELDS)
    assert len({field.label for field in FIELDS}) == len(FIELDS)


def test_labels_and_hints_are_short() -> None:
    assert [field.label for field in FIELDS if len(field.label) > 40] == []
    assert [field.hint for field in FIELDS if len(field.hint) > 62] == []


def test_what_is_not_shared_is_named_and_all_else_goes_to_the_gp() -> None:
    assert {field.id for field in FIELDS if not field.to_gp} == NOT_SHARED


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.id)
def test_a_choice_has_options_of_its_own_or_of_the_programme(field: form.FormField) -> None:
    if field.kind not in CHOSEN:
        assert not field.options
        assert not field.options_from
        return
    assert bool(field.options) != bool(field.options_from)
    if field.options_from and field.options_from != "programmes":
        for programme in programmes():
            assert programme.lists[field.options_from], programme.id
    if field.default and field.options:
        assert field.default in {option.id for option in field.options}


@pytest.mark.parametrize("field", [f for f in FIELDS if f.shown], ids=lambda field: field.id)
def test_a_condition_names_an_earlier_question_and_answers_that_it_has(field: form.FormField) -> None:
    assert field.shown is not None
    ids = [one.id for one in FIELDS]
    assert ids.index(field.shown.field) < ids.index(field.id)
    other = FORM.field(field.shown.field)
    if other.kind is FieldKind.YES_NO:
        offered = {"yes", "no"}
    elif other.options:
        offered = {option.id for option in other.options}
    elif other.options_from:
        offered = {option.id for one in programmes() for option in one.lists[other.options_from]}
    else:  # typed: asked once there is any answer
        offered = set()
    assert set(field.shown.answers) <= offered | {""}, "an empty one: asked until the other is answered"


def test_the_kind_of_a_telephone_is_asked_once_there_is_a_number() -> None:
    def asked(number: str) -> bool:
        answers = {"patient.telephone": number, "patient.telephone_use": "mobile"}
        return "patient.telephone_use" in FORM.asked(answers)

    assert not asked("")
    assert not asked("  ")
    assert asked("0113 496 0000")


def test_the_screening_questions_of_every_programme_are_on_the_form() -> None:
    ids = {field.id for field in FIELDS}
    for programme in programmes():
        assert programme.screening
        assert {f"screening.{one}" for one in programme.screening} <= ids


def test_only_what_is_the_same_for_the_next_patient_is_remembered() -> None:
    assert {field.id for field in FIELDS if field.remembered} == {
        "session.programme",
        "session.vaccinator",
        "session.service",
        "session.legal_basis",
        "session.location",
        "session.location_detail",
        "contact.date",
        "vaccine.product",
        "vaccine.batch",
        "vaccine.expiry",
    }


def test_a_hidden_question_is_not_missing() -> None:
    missing = {p.field for p in required_missing(FORM, {"practice.registered": "no"})}
    assert "practice.ods_code" not in missing
    assert {"vaccine.outcome", "vaccine.batch"} <= missing, (
        "a pack may be scanned before the outcome is known"
    )
    not_given = {"practice.registered": "no", "vaccine.outcome": "not-given"}
    assert "vaccine.batch" not in {p.field for p in required_missing(FORM, not_given)}


@pytest.mark.parametrize(
    ("field", "answer", "blank"),
    [
        ("patient.date_of_birth", "//", True),
        ("patient.date_of_birth", " / / ", True),
        ("patient.date_of_birth", "1//", False),
        ("patient.family", "  ", True),
        ("patient.family", "/", False),
    ],
)
def test_three_empty_boxes_are_no_date(field: str, answer: str, blank: bool) -> None:
    assert is_blank(FORM.field(field), answer) is blank


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("patient.nhs_number", "the NHS number"),
        ("practice.ods_code", "the ODS code of the practice"),
        ("patient.traced", "where the NHS number was confirmed"),
        ("consent.given_by", "who gave consent"),
        ("patient.family", "the last name"),
    ],
)
def test_a_sentence_can_name_every_question(field: str, name: str) -> None:
    assert called(FORM.field(field)) == name


def test_each_sentence_for_a_missing_answer_is_its_own() -> None:
    sentences = [missing_sentence(field) for field in FIELDS]
    assert len(set(sentences)) == len(sentences)
    assert all(one.startswith(("Enter ", "Select ")) and one.endswith(".") for one in sentences)
