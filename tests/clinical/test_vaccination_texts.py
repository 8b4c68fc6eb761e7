"""Allergies, free texts and the form as a whole: any text is text, or is refused with the reason."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digmed_desktop.clinical import form
from digmed_desktop.clinical.vaccination import Reading, answers_of_product, read, starting_answers
from tests.clinical.examples import (
    AGREED,
    FIELDS,
    FORM,
    NOW,
    complete_answers,
    flu,
    looks,
    pharmacy,
    reading,
    reading_in_its_programme,
    stops,
)
from tests.clinical.other_answers import NEEDS, OTHER_ANSWERS

# allergies and texts


def test_each_line_is_an_allergy_with_its_reaction() -> None:
    result = reading(
        allergies__status="recorded", allergies__entries="Penicillin: rash\n\n Latex \nEgg: lips: swollen"
    )
    entries = [(one.agent.display, one.agent.code, one.reaction) for one in result.record.allergies.entries]
    assert result.sendable
    assert entries == [("Penicillin", "", "rash"), ("Latex", "", ""), ("Egg", "", "lips: swollen")]


def test_an_allergy_without_an_agent_stops() -> None:
    assert stops(reading(allergies__status="recorded", allergies__entries=": rash"), "allergies.entries")


def test_allergies_typed_before_the_answer_changed_are_ignored() -> None:
    assert reading(allergies__entries="Penicillin").record.allergies.entries == ()


TEXTS = [
    "session.location_detail",
    "patient.city",
    "practice.name",
    "practice.city",
    "consent.name",
    "consent.relationship",
    "consent.about_child",
    "after.advice",
    "after.history",
    "after.accompanied_by",
    "after.notes",
    "screening.note",
]
SHOWN = {"session__location": "care-home", "consent__given_by": "court-deputy"}
OF_SOME = {"consent.about_child": NEEDS["consent.about_child"]}


def text_of(result: Reading, field: str) -> str:
    record = result.record
    practice = record.practice
    assert practice is not None
    return {
        "session.location_detail": record.location.removeprefix("Care home").removeprefix(": "),
        "patient.city": record.patient.address.city,
        "practice.name": practice.name,
        "practice.city": practice.address.city,
        "consent.name": record.consent.name,
        "consent.relationship": record.consent.relationship,
        "consent.about_child": record.consent.about_child,
        "after.advice": record.advice,
        "after.history": record.history,
        "after.accompanied_by": record.accompanied_by,
        "after.notes": record.notes_kept_here,
        "screening.note": record.screening.note,
    }[field]


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "text", ["<script>alert('x')</script>", "Bell & Sons", '5 < 6 > "4"', "naïve 日本 😀 שלום"]
)
def test_any_text_is_simply_text_and_kept_as_typed(field: str, text: str) -> None:
    result = reading(**{**SHOWN, **OF_SOME.get(field, {}), field: text})
    assert not stops(result, field)
    assert text_of(result, field) == text


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("text", ["<script>", "</b>", "&amp;", "&#x41;"])
def test_what_looks_like_a_web_page_is_pointed_out(field: str, text: str) -> None:
    assert looks(reading(**{**SHOWN, **OF_SOME.get(field, {}), field: text}), field)


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "sign", ["\x00", "\x0b", "\x1d", "\x7f", "\u200b", "\u202e", "\ufeff", "\ufffe", "\ud800", "\U0001ffff"]
)
def test_hidden_characters_are_refused_with_the_reason(field: str, sign: str) -> None:
    result = reading(**{**SHOWN, **OF_SOME.get(field, {}), field: f"a{sign}b"})
    assert "hidden" in stops(result, field)[0]
    assert text_of(result, field) == ""


@pytest.mark.parametrize("field", TEXTS)
def test_texts_are_bounded_by_saying_so_and_never_cut(field: str) -> None:
    lines = FIELDS[field].kind is form.FieldKind.LINES
    most = 2000 if lines else 100 if field.endswith("city") else 200
    assert not stops(reading(**{**SHOWN, **OF_SOME.get(field, {}), field: "a" * most}), field)
    long = reading(**{**SHOWN, **OF_SOME.get(field, {}), field: "a" * (most + 1)})
    assert f"{most}" in stops(long, field)[0]
    assert text_of(long, field) == "a" * (most + 1)


@pytest.mark.parametrize("field", [f for f in TEXTS if FIELDS[f].kind is form.FieldKind.TEXT])
def test_a_text_of_one_line_has_no_line_breaks(field: str) -> None:
    assert stops(reading(**{**SHOWN, **OF_SOME.get(field, {}), field: "a\nb"}), field)


# the whole form


def test_questions_that_are_not_asked_are_ignored() -> None:
    hidden = {f.id: "\x00 nonsense" for f in FORM.fields() if f.id not in FORM.asked(complete_answers())}
    assert reading(**hidden) == reading()


@pytest.mark.parametrize(
    "field",
    [
        f.id
        for f in FORM.fields()
        if f.kind in (form.FieldKind.RADIO, form.FieldKind.CHOICE, form.FieldKind.YES_NO)
    ],
)
def test_an_answer_that_is_no_longer_offered_is_asked_again(field: str) -> None:
    shown = {
        **SHOWN,
        "vaccine__eligibility": "pregnant",
        "allergies__status": "recorded",
        "previous__finding": "dose-seen",
    }
    if field == "consent.parent_present":
        shown["consent__given_by"] = "parent"
    if field.startswith("vaccine.not_given"):
        shown["vaccine__outcome"] = "not-given"
    needed = (
        NEEDS.get(field, {})
        if field.startswith(("screening.", "consent.", "eligibility.risk", "practice.why"))
        else {}
    )
    read_it = reading_in_its_programme if needed else reading
    assert stops(read_it(**{**shown, **needed, field: "gone"}), field)


_WORDS = st.sampled_from(
    ["given", "not-given", "yes", "no", "pregnant", "recorded", "other", "elsewhere", "dose-seen", ""]
)
_TYPED = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=12),  # halves of surrogate pairs too
    _WORDS,
    st.tuples(*[st.text("0123456789 /jmtx", max_size=4)] * 3).map("/".join),
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), _TYPED, max_size=5))
@settings(max_examples=100, deadline=None)
def test_no_text_in_any_field_ever_raises(changes: dict[str, str]) -> None:
    result = reading(**changes)
    assert result.sendable is (not result.problems)
    assert {p.field for p in (*result.problems, *result.notes)} <= set(FIELDS)


@given(st.sampled_from(sorted(FIELDS)), st.text(alphabet="QXZqxz7\x00<é&", min_size=6, max_size=30))
@settings(max_examples=100, deadline=None)
def test_no_sentence_ever_holds_what_was_typed(field: str, typed: str) -> None:
    result = reading(**{field: typed})
    assert not [p for p in (*result.problems, *result.notes) if typed.strip() in p.sentence]


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, _TYPED)))
@settings(max_examples=15, deadline=None)
def test_a_form_filled_with_anything_at_all_is_read(answers: dict[str, str]) -> None:
    result = read(answers, programme=flu(), pharmacy=pharmacy(), vaccinator=None, now=NOW, agreed=AGREED)
    assert len(set(result.problems)) == len(result.problems)


@pytest.mark.parametrize("field", list(FIELDS))
def test_every_field_of_the_form_is_read(field: str) -> None:
    """A field whose answer changes neither the record nor a problem would be asked for nothing."""
    other = OTHER_ANSWERS.get(field, "yes" if field.startswith("screening.") else None)
    assert other is not None, "this new field needs another answer here"
    read_it = reading if field == "session.programme" else reading_in_its_programme
    before = read_it(**NEEDS.get(field, {}))
    after = read_it(**{**NEEDS.get(field, {}), field: other})
    assert (before.record, before.problems, before.notes) != (after.record, after.problems, after.notes)


# the beginning of a form


NEVER_FILLED = (
    "patient.identity_checked",
    "patient.traced",
    "allergies.status",
    "consent.to_treatment",
    "consent.given_by",
    "consent.to_sharing",
    "vaccine.eligibility",
    "vaccine.site",
    "vaccine.outcome",
    *(field for field in FIELDS if field.startswith("screening.")),
)


@pytest.mark.parametrize("field", NEVER_FILLED)
def test_what_is_about_this_patient_alone_is_never_filled_in_beforehand(field: str) -> None:
    assert starting_answers(flu(), NOW)[field] == ""
    assert FIELDS[field].default == ""
    assert not FIELDS[field].remembered


CLINICAL = (
    "vaccine.",
    "screening.",
    "previous.",
    "consent.",
    "allergies.",
    "after.",
    "eligibility.",
    "referral.",
)


def test_a_fresh_form_knows_the_day_and_the_time_and_states_nothing_clinical() -> None:
    answers = starting_answers(flu(), NOW)
    assert set(answers) == set(FIELDS)
    assert (answers["contact.date"], answers["contact.time"]) == ("14/10/2026", "10:55")
    stated = {key for key, text in answers.items() if text and key.startswith(CLINICAL)}
    assert stated == set()
    assert answers["practice.registered"] == "yes"


def test_choosing_a_product_brings_its_dose_and_route() -> None:
    assert answers_of_product(flu(), "fluenz") == {
        "vaccine.dose_number": "1",
        "vaccine.dose_amount": "0.2",
        "vaccine.route": "intranasal",
    }
    assert answers_of_product(flu(), "gone") == {}
    assert flu().products["fluenz"].dose is not None
    assert flu().default_dose == Decimal("0.5")
