"""An answer that this pharmacy's own records contradict is a warning, and one fact asks for one reason."""

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter

DENIALS = {"previous.finding": ("none-seen", "dose-seen"), "screening.already": ("no", "yes")}


def warned(counter: Counter, field: str, **changes: str) -> list[Problem]:
    problems = counter.desk.preview("vaccination", FormState(complete_answers(**changes))).problems
    return [p for p in problems if p.field == field and "this pharmacy recorded" in p.sentence]


def test_a_dose_that_is_denied_and_was_recorded_here_is_warned_of_and_asks_one_reason(
    counter: Counter,
) -> None:
    for field, (denies, _fits) in DENIALS.items():
        assert not warned(counter, field, **{field.replace(".", "__"): denies})
    counter.record()
    for field, (denies, fits) in DENIALS.items():
        key = field.replace(".", "__")
        assert [p.needs_reason for p in warned(counter, field, **{key: denies})] == [False]
        assert not warned(counter, field, **{key: fits})
    state = FormState(complete_answers(previous__finding="none-seen", screening__already="no"))
    asked = [p for p in counter.desk.preview("vaccination", state).problems if p.needs_reason]
    assert [p.field for p in asked] == ["previous.finding"], "a known second dose asks once"
    assert "second dose of the season" in asked[0].sentence


def test_a_dose_number_that_was_recorded_here_is_warned_of(counter: Counter) -> None:
    given = complete_answers()["vaccine.dose_number"]
    counter.record()
    assert bool(warned(counter, "vaccine.dose_number")) is bool(given)


def test_an_allergy_that_is_denied_and_was_recorded_here_asks_until_it_is_taken_back(
    counter: Counter,
) -> None:
    counter.record(allergies__status="recorded", allergies__entries="Penicillin: rash")
    denied = {"allergies__status": "none-known", "allergies__entries": ""}
    assert [p.needs_reason for p in warned(counter, "allergies.status", **denied)] == [True]
    fits = {"allergies__status": "recorded", "allergies__entries": "Penicillin: rash"}
    assert not warned(counter, "allergies.status", **fits)
    assert not warned(counter, "allergies.status", **denied, patient__nhs_number="999 000 0018")
    counter.record(**denied)  # with its reason
    assert not warned(counter, "allergies.status", **denied)


def test_a_reaction_recorded_here_and_denied_in_the_health_screen_asks(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    assert not warned(counter, "screening.reaction", screening__reaction="no")
    counter.desk.acts.reaction(made, counter.ada, "Swollen face ten minutes later.")
    assert [p.needs_reason for p in warned(counter, "screening.reaction", screening__reaction="no")] == [True]
    assert not warned(counter, "screening.reaction", screening__reaction="yes")
