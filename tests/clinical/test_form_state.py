"""A form as it stands: kept as JSON, read back exactly, in this version's text and in that of version 1."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.problem import Problem, Severity

WARNING = Problem("previous.finding", "A second dose.", Severity.LOOK, needs_reason=True)
typed = st.text(max_size=40)
questions = st.sampled_from(("patient.family", "vaccine.batch", "item.2.product", "after.notes"))
states = st.builds(
    FormState,
    answers=st.dictionaries(questions, typed),
    carried=st.frozensets(questions),
    correction=st.none() | st.builds(CorrectionOf, st.integers(1, 10**6), typed),
    reasons=st.dictionaries(st.just(WARNING.reason_key), typed),
)


@given(states)
def test_a_form_is_read_back_as_it_was_kept(state: FormState) -> None:
    assert FormState.from_json(state.to_json()) == state


@given(states)
def test_a_form_kept_by_version_1_says_the_same(state: FormState) -> None:
    flat = {**state.answers, **state.reasons}
    if state.carried:
        flat["carried"] = ",".join(sorted(state.carried))
    if state.correction:
        flat |= {
            "correction.of": str(state.correction.notification),
            "correction.why": state.correction.why,
        }
    assert FormState.from_json(json.dumps(flat)) == state


def test_a_form_of_version_1_that_corrects_nothing_corrects_nothing() -> None:
    assert FormState.from_json('{"correction.of": "", "patient.family": "O"}') == FormState(
        {"patient.family": "O"}
    )


def test_nothing_typed_shows_where_a_form_is_printed() -> None:
    state = FormState(
        {"patient.family": "Fennimore"}, correction=CorrectionOf(7, "Quill"), reasons={"reason.x": "Secret"}
    )
    for word in ("Fennimore", "Quill", "Secret"):
        assert word not in repr(state)


@pytest.mark.parametrize("said", ["", "  "])
def test_blank_is_no_reason(said: str) -> None:
    assert not FormState(reasons={WARNING.reason_key: said}).reason_for(WARNING)
    assert FormState(reasons={WARNING.reason_key: f"{said}Seen"}).reason_for(WARNING) == "Seen"
