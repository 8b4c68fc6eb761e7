"""Another unfinished form of nearly the same patient is told of as surely as an earlier dose is."""

from digmed_desktop.clinical.form_state import FormState
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter

NO_NUMBER = {"patient__nhs_number": "", "patient__traced": ""}
TWIN = {"patient__given": "Beatrix"}


def told(counter: Counter, **changes: str) -> str:
    state = FormState(complete_answers(**changes))
    return counter.desk.preview("vaccination", state, "second").unfinished


def test_a_draft_of_nearly_the_same_patient_is_told_of(counter: Counter) -> None:
    counter.desk.save_draft("first", "vaccination", FormState(complete_answers()), counter.ada)
    for surely in ({}, NO_NUMBER, {**NO_NUMBER, "patient__given": ""}, {"patient__family": "Quill"}):
        assert told(counter, **surely).startswith("Another form for this patient is"), surely
    for perhaps in (
        {"patient__given": "Rosie"},
        {"patient__date_of_birth": ""},
        {"patient__date_of_birth": "3/12/1971"},
        {"patient__family": "Rose", "patient__given": "O'Neill"},
        {"patient__family": "Rose", "patient__given": "O'Neill", "patient__date_of_birth": ""},
    ):
        for number in (NO_NUMBER, {"patient__nhs_number": "999 000 0018"}):
            sentence = told(counter, **perhaps, **number)
            assert sentence.startswith("Another form is unfinished"), perhaps
            assert "may be for this patient" in sentence
            assert "neill" not in sentence.casefold()
    for another in (
        TWIN,
        {"patient__family": "Quill"},
        {"patient__given": "", "patient__date_of_birth": ""},
        {"patient__family": "", "patient__date_of_birth": ""},
        {"patient__given": "Rosie", "patient__date_of_birth": "3/12/1971"},
        {"patient__family": "", "patient__given": "", "patient__date_of_birth": ""},
    ):
        assert not told(counter, **another, **NO_NUMBER), another


def test_a_form_whose_vaccination_is_not_chosen_may_be_of_any(counter: Counter) -> None:
    first = complete_answers()
    counter.desk.save_draft("first", "vaccination", FormState(first), counter.ada)
    assert told(counter, session__programme="")
    programmes = {key for key in counter.desk.form_lists("vaccination").by_programme if key}
    for other in programmes - {first["session.programme"]}:
        assert not told(counter, session__programme=other), other
    counter.desk.save_draft(
        "first", "vaccination", FormState(complete_answers(session__programme="")), counter.ada
    )
    assert told(counter)


def test_a_draft_that_is_surely_of_this_patient_is_told_of_before_one_that_may_be(counter: Counter) -> None:
    for draft, changes in (("first", {}), ("like", {"patient__given": "Rosie", **NO_NUMBER})):
        counter.desk.save_draft(draft, "vaccination", FormState(complete_answers(**changes)), counter.ada)
    assert told(counter).startswith("Another form for this patient is")
