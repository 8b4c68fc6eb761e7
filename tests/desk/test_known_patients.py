"""Before Send number, name and date of birth are compared with what is known here of either."""

from dataclasses import replace

import pytest

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.form_state import CorrectionOf, FormState
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.views.sent import Act
from tests.clinical import supply_examples
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter

ANOTHER_NUMBER = "999 000 0018"
ANOTHER = {
    "patient__family": "Quill",
    "patient__given": "Nora",
    "patient__date_of_birth": "4/7/1969",
}


def asked(counter: Counter, form: str, state: FormState) -> tuple[Problem, ...]:
    problems = counter.desk.preview(form, state).problems
    return tuple(p for p in problems if p.field == identity.NUMBER and p.needs_reason)


@pytest.fixture
def known(counter: Counter) -> Counter:
    """A pharmacy that has recorded one patient."""
    counter.record()
    return counter


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, False),
        ({"patient__family": "ONEILL"}, False),
        (ANOTHER, True),
        ({"patient__given": "Anna"}, True),  # a twin with the number of the other
        ({"patient__date_of_birth": "13/3/1971"}, True),
        ({**ANOTHER, "patient__nhs_number": ANOTHER_NUMBER}, False),
        ({"patient__nhs_number": ANOTHER_NUMBER}, True),
        ({"patient__nhs_number": ANOTHER_NUMBER, "patient__given": "Anna"}, False),
        ({"patient__nhs_number": "", "patient__traced": ""}, False),
    ],
)
def test_a_disagreement_with_what_is_known_asks_for_a_reason(
    known: Counter, changes: dict[str, str], asks: bool
) -> None:
    state = FormState(complete_answers(**changes))
    found = asked(known, "vaccination", state)
    assert bool(found) is asks
    if not asks:
        return
    assert "patient.nhs_number" in {
        p.field for p in known.desk.send("vaccination", "x", state, known.ada).problems
    }
    given = replace(state, reasons={p.reason_key: "Checked" for p in asked_all(known, state)})
    assert known.desk.send("vaccination", "x", given, known.ada).notification is not None


def asked_all(counter: Counter, state: FormState) -> tuple[Problem, ...]:
    return tuple(p for p in counter.desk.preview("vaccination", state).problems if p.needs_reason)


def test_what_is_asked_names_nobody_else(known: Counter) -> None:
    (found,) = asked(known, "vaccination", FormState(complete_answers(**ANOTHER)))
    for part in ("O'Neill", "O'NEILL", "Rose", "1971", "999"):
        assert part not in found.sentence


def test_an_emergency_supply_asks_too(known: Counter) -> None:
    changes = {key.replace("__", "."): text for key, text in ANOTHER.items()}
    number = {"patient.nhs_number": complete_answers()["patient.nhs_number"]}
    changed = supply_examples.complete_answers({**changes, **number})
    assert asked(known, "emergency-supply", FormState(changed))


def test_a_correction_of_the_name_does_not_ask_about_the_record_it_corrects(known: Counter) -> None:
    made = known.record(vaccine__batch="ANOTHER1")
    begun = known.desk.acts.begin_correction(made, "The name was misspelt.")
    state = begun.state.answered({"patient.family": "O'Neall"})
    assert state.correction == CorrectionOf(made, "The name was misspelt.")
    assert not asked(known, "vaccination", state)


@pytest.mark.parametrize(
    "changes",
    [
        {"patient__family": "Rose", "patient__given": "O'Neill"},
        {"patient__family": "Oneil"},
        {"patient__given": "Rosie"},
        {"patient__date_of_birth": "3/12/1971"},
        {"patient__date_of_birth": "12/3/1972"},
    ],
)
def test_a_slip_in_name_or_birth_does_not_hide_that_the_patient_has_another_number(
    known: Counter, changes: dict[str, str]
) -> None:
    state = FormState(complete_answers(patient__nhs_number=ANOTHER_NUMBER, **changes))
    assert asked(known, "vaccination", state)


RIGHT = {"patient__nhs_number": ANOTHER_NUMBER}
OWNER = {"patient__given": "Nora", "patient__family": "Quill", "patient__date_of_birth": "4/7/1969"}


def found(counter: Counter, typed: str) -> set[tuple[str, str]]:
    return {(one.family, one.nhs_number) for one in counter.desk.patients.search(typed)}


def test_a_patient_known_only_from_a_record_taken_back_is_found_and_warned_of_no_more(
    counter: Counter,
) -> None:
    wrong = counter.record()  # Rose under the number of Nora
    assert found(counter, "oneill") == {("O'Neill", "9990123020")}
    counter.desk.acts.do(Act.CANCEL, wrong, counter.ada, "The wrong patient.")
    assert found(counter, "oneill") == found(counter, "999 012 3020") == set()
    counter.record(**RIGHT)
    assert found(counter, "oneill") == {("O'Neill", "9990000018")}
    assert not asked(counter, "vaccination", FormState(complete_answers(**OWNER)))


def test_the_true_owner_of_a_number_is_known_again_once_the_wrong_record_is_withdrawn(
    counter: Counter,
) -> None:
    counter.record(**OWNER, vaccine__batch="NORAS1")
    day = next(iter(counter.desk.patients.search("quill"))).answers["patient.postcode"]
    wrong = counter.record(patient__postcode="LS9 9ZZ")
    assert found(counter, "999 012 3020") == {("O'Neill", "9990123020")}
    counter.post(wrong)
    counter.answer(wrong)
    counter.desk.acts.withdraw(wrong, counter.ada, "The wrong patient.")
    assert found(counter, "999 012 3020") == {("Quill", "9990123020")}
    assert next(iter(counter.desk.patients.search("quill"))).answers["patient.postcode"] == day
    assert not asked(counter, "vaccination", FormState(complete_answers(**OWNER)))


def test_the_name_before_a_correction_is_forgotten_where_no_number_holds_both_together(
    counter: Counter,
) -> None:
    no_number = {"patient__nhs_number": "", "patient__traced": ""}
    made = counter.record(**no_number, patient__family="Oneil")
    begun = counter.desk.acts.begin_correction(made, "The name was misspelt.")
    state = begun.state.answered({"patient.family": "O'Neill"})
    state = replace(state, owner={**state.owner, "patient.family": "O'Neill"})
    reasons = {p.reason_key: "A test." for p in asked_all(counter, state)}
    sent = counter.desk.send("vaccination", "again", replace(state, reasons=reasons), counter.ada)
    assert sent.notification is not None, sent.problems
    assert found(counter, "oneil") == {("O'Neill", "")}


def test_a_dose_under_the_other_number_of_the_same_person_is_a_second_dose(known: Counter) -> None:
    changes = {"patient__family": "Rose", "patient__given": "Oneill", "patient__nhs_number": ANOTHER_NUMBER}
    state = FormState(complete_answers(**changes))
    said = [p.sentence for p in asked_all(known, state) if p.field == "previous.finding"]
    assert len(said) == 1
    assert "second dose of the season" in said[0]
    assert "under another NHS number" in said[0]
    other = FormState(complete_answers(**OWNER, patient__nhs_number=ANOTHER_NUMBER))
    assert not [p for p in asked_all(known, other) if p.field == "previous.finding"]


def test_another_sex_than_the_number_was_recorded_with_asks(known: Counter) -> None:
    was = complete_answers()["patient.sex"]
    other = {"female": "male", "male": "female"}[was]
    assert asked(known, "vaccination", FormState(complete_answers(patient__sex=other)))
    assert not asked(known, "vaccination", FormState(complete_answers(patient__sex="unknown")))


@pytest.mark.parametrize(
    "changes",
    [
        {"patient.given": "Rosie"},
        {"patient.given": "O'Neill", "patient.family": "Rose"},
        {"patient.date_of_birth": "3/12/1971"},
    ],
)
def test_a_dose_under_nearly_the_same_name_is_told_without_a_number_too(
    counter: Counter, changes: dict[str, str]
) -> None:
    counter.record()
    state = FormState(
        {**complete_answers(), "patient.nhs_number": "", "patient.traced": "not-traced", **changes}
    )
    said = " ".join(p.sentence for p in counter.desk.preview("vaccination", state).problems if p.needs_reason)
    assert "may be this one" in said
    assert "dose" in said
