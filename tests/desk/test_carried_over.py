"""An answer from an earlier form is sent for this patient once somebody has confirmed it, and not before."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from digmed_desktop.clinical.form import load
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.forms.assessment import NOT_CONFIRMED
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from tests.clinical import supply_examples
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter

VACCINATION, SUPPLY = "vaccination", "emergency-supply"


def with_reasons(counter: Counter, form: str, state: FormState) -> FormState:
    warnings = (p for p in counter.desk.preview(form, state).problems if p.needs_reason)
    return replace(state, reasons={warning.reason_key: "It is a test" for warning in warnings})


def asked_and_answered(form: str, answers: dict[str, str]) -> list[str]:
    laid_out = load(form).laid_out(answers)
    asked = laid_out.asked(answers)
    return [one.id for one in laid_out.fields() if one.id in asked and answers.get(one.id)]


def held_to_confirming(counter: Counter, form: str, answers: dict[str, str]) -> None:
    state = with_reasons(counter, form, FormState(answers))
    questions = asked_and_answered(form, answers)
    assert len(questions) > 20
    draft = uuid.uuid4().hex
    one = counter.desk.send(form, draft, replace(state, carried=frozenset(questions[:1])), counter.ada)
    assert [(p.field, p.sentence) for p in one.problems] == [(questions[0], NOT_CONFIRMED)]
    every = counter.desk.send(form, draft, replace(state, carried=frozenset(questions)), counter.ada)
    assert [p.field for p in every.problems] == questions
    assert counter.store.notifications.page() == []
    assert counter.desk.send(form, draft, state, counter.ada).notification is not None


def test_no_answer_of_a_vaccination_is_sent_unconfirmed(counter: Counter) -> None:
    held_to_confirming(counter, VACCINATION, complete_answers())


def test_no_answer_of_a_supply_is_sent_unconfirmed(shop: Counter) -> None:
    held_to_confirming(shop, SUPPLY, supply_examples.complete_answers())


def test_a_record_that_stays_here_or_goes_on_paper_is_held_to_it_too(counter: Counter) -> None:
    for number, changes in enumerate(({"consent__to_sharing": "no"}, {"practice__registered": "no"})):
        state = with_reasons(counter, VACCINATION, FormState(complete_answers(**changes)))
        carried = replace(state, carried=frozenset({"vaccine.batch"}))
        assert counter.desk.send(VACCINATION, f"d{number}", carried, counter.ada).problems
    assert counter.store.notifications.page() == []


def test_a_carried_answer_to_a_question_that_is_not_asked_stops_nothing(counter: Counter) -> None:
    carried = frozenset({"not_given.reason", "a question of an older version"})
    sent = counter.desk.send(VACCINATION, "d1", FormState(complete_answers(), carried), counter.ada)
    assert sent.notification is not None, sent.problems


def test_a_correction_that_asks_a_question_anew_has_its_carried_answer_confirmed(counter: Counter) -> None:
    """Where nothing was given, the batch was not asked; once it is, nobody has confirmed it yet."""
    not_given = complete_answers(vaccine__outcome="not-given", vaccine__not_given_reason="declined")
    state = with_reasons(counter, VACCINATION, FormState(not_given, frozenset({"vaccine.batch"})))
    sent = counter.desk.send(VACCINATION, "d1", state, counter.ada)
    assert sent.notification is not None, sent.problems
    begun = counter.desk.acts.begin_correction(sent.notification, "It was given after all.")
    assert "vaccine.batch" in begun.state.carried


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_send_pressed_before_the_program_died_is_held_to_it(
    counter: Counter, tmp_path: Path, *, confirmed: bool
) -> None:
    carried = frozenset() if confirmed else frozenset({"vaccine.batch"})
    draft = uuid.uuid4().hex
    counter.desk.save_draft(draft, VACCINATION, FormState(complete_answers(), carried), counter.ada)
    PendingSendFile(tmp_path).write(PendingSend(draft, VACCINATION, counter.ada))
    sent = counter.desk.resume_pending_send()
    assert sent is not None
    assert (sent.notification is not None) is confirmed
    assert [one.id for one in counter.desk.drafts()] == ([] if confirmed else [draft])
