"""Rows of the preview and problems of a message lead to the question behind them, whatever is answered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digmed_desktop.clinical import form
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.reference.programmes import programmes
from tests.clinical import examples, supply_examples
from tests.clinical.random_answers import answers
from tests.desk.conftest import Counter

one_store = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def leads_astray(counter: Counter, form_id: str, typed: dict[str, str]) -> set[str]:
    """The rows that lead to a question which is not asked."""
    asked = form.load(form_id).laid_out(typed).asked(typed)
    sections = counter.desk.preview(form_id, FormState(typed)).sections
    return {row.label for section in sections for row in section.rows if row.field and row.field not in asked}


@one_store
@given(st.data())
def test_a_row_of_a_vaccination_leads_to_a_question_that_is_asked(
    counter: Counter, data: st.DataObject
) -> None:
    programme = data.draw(st.sampled_from(programmes()))
    typed = data.draw(answers("vaccination", programme.lists))
    assert leads_astray(counter, "vaccination", {**typed, "session.programme": programme.id}) == set()


@one_store
@given(answers("emergency-supply", {}))
def test_a_row_of_a_supply_leads_to_a_question_that_is_asked(counter: Counter, typed: dict[str, str]) -> None:
    assert leads_astray(counter, "emergency-supply", typed) == set()


def row_of(counter: Counter, label: str, typed: dict[str, str], form_id: str = "vaccination") -> str:
    sections = counter.desk.preview(form_id, FormState(typed)).sections
    return next(row.field for section in sections for row in section.rows if row.label.startswith(label))


def test_the_row_about_a_parent_leads_to_its_question(counter: Counter) -> None:
    typed = examples.complete_answers(
        consent__given_by="parent", consent__name="Ada", consent__parent_present="yes"
    )
    assert row_of(counter, "Parent present", typed) == "consent.parent_present"


@pytest.mark.parametrize(
    ("status", "question"), [("none-known", "allergies.status"), ("recorded", "allergies.entries")]
)
def test_the_row_about_allergies_leads_to_the_question_that_is_asked(
    counter: Counter, status: str, question: str
) -> None:
    typed = examples.complete_answers(allergies__status=status, allergies__entries="Latex")
    assert row_of(counter, "Causative agent", typed) == question


def test_the_row_about_a_vaccine_not_given_leads_to_the_outcome(counter: Counter) -> None:
    typed = examples.complete_answers(vaccine__outcome="not-given", vaccine__not_given_reason="declined")
    assert row_of(counter, "Vaccine product", typed) == "vaccine.outcome"


def test_the_row_about_who_supplied_leads_to_the_pharmacist(counter: Counter) -> None:
    typed = {**supply_examples.complete_answers(), "session.pharmacist": str(counter.ada)}
    sections = counter.desk.preview("emergency-supply", FormState(typed)).sections
    rows = [row for section in sections for row in section.rows if "OKONKWO" in " ".join(row.values)]
    assert rows
    assert {row.field for row in rows} == {"session.pharmacist"}


def test_the_row_about_the_pharmacy_leads_to_no_question(counter: Counter) -> None:
    sections = counter.desk.preview("vaccination", FormState(examples.complete_answers())).sections
    rows = [row for section in sections for row in section.rows if "1 Test Parade" in " ".join(row.values)]
    assert rows
    assert {row.field for row in rows} == {""}
