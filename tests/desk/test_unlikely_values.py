"""What is possible and hardly true is asked about; one name is enough; practice mode takes fictional patients only."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Severity
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.forms.record_imports import MOST_VACCINES
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.states import State
from digmed_desktop.settings.choices import Choices
from tests.clinical import supply_examples
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter, no_delivery

HANDED_OVER = {"vaccination": "mmr-given", "emergency-supply": "emergency-supply-insulin-and-needles"}
FORMS = {"vaccination": complete_answers(), "emergency-supply": supply_examples.complete_answers()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("digit", "0123456789")
def test_ten_equal_digits_are_no_nhs_number(counter: Counter, form: str, digit: str) -> None:
    state = FormState({**FORMS[form], "patient.nhs_number": digit * 10})
    problems = counter.desk.preview(form, state).problems
    assert [p.severity for p in problems if p.field == "patient.nhs_number"] == [Severity.STOP]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vaccine__expiry": "30/6/2035"}, "vaccine.expiry"),
        ({"vaccine__expiry": "31/12/2099"}, "vaccine.expiry"),
        ({"vaccine__batch": "unknown"}, "vaccine.batch"),
        ({"vaccine__batch": "N/A"}, "vaccine.batch"),
        ({"vaccine__batch": "0000"}, "vaccine.batch"),
    ],
)
def test_an_unlikely_value_asks_for_a_reason(counter: Counter, changes: dict[str, str], field: str) -> None:
    problems = counter.desk.preview("vaccination", FormState(complete_answers(**changes))).problems
    assert [p.field for p in problems if p.needs_reason and p.field.startswith("vaccine.")] == [field]


@pytest.mark.parametrize("form", FORMS)
def test_one_name_is_enough_once_it_was_said(counter: Counter, form: str) -> None:
    state = FormState({**FORMS[form], "patient.given": ""})
    problems = counter.desk.preview(form, state).problems
    (asked,) = (p for p in problems if p.field == "patient.given")
    assert asked.needs_reason


def test_a_patient_with_one_name_is_sent_with_one_name(counter: Counter) -> None:
    state = FormState(complete_answers(patient__given="", patient__family="Sukarti"))
    asked = [p for p in counter.desk.preview("vaccination", state).problems if p.needs_reason]
    state = replace(state, reasons={p.reason_key: "The patient has one name only" for p in asked})
    sent = counter.desk.send("vaccination", "one", state, counter.ada)
    assert sent.notification is not None, sent.problems
    assert counter.state(sent.notification) is State.WAITING
    body = counter.store.notifications.story(sent.notification).messages[0].body
    assert b'<family value="Sukarti"/>' in body
    patient = body[body.index(b"<Patient") : body.index(b"</Patient>")]
    assert b"<given" not in patient


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("number", "refused"), [("943 476 5919", True), ("999 012 3020", False)])
def test_practice_mode_refuses_a_number_that_may_be_somebodys(
    counter: Counter, tmp_path: Path, form: str, number: str, refused: bool
) -> None:
    choices = Choices()
    desk = Desk(
        counter.store,
        counter.clock,
        kept_in="a test",
        sender=Sender("FQF01OT001", choices.now),
        choices=choices,
        make_delivery=no_delivery,
        folder=tmp_path,
        fictional_only=True,
    )
    state = FormState({**FORMS[form], "patient.nhs_number": number})
    stops = [p for p in desk.preview(form, state).problems if p.severity is Severity.STOP]
    assert any("Practice mode" in p.sentence for p in stops) is refused
    assert not any("Practice mode" in p.sentence for p in counter.desk.preview(form, state).problems)
    whole = resources.json_file(f"examples/{HANDED_OVER[form]}.json")
    whole["record"]["patient"]["nhs_number"] = number.replace(" ", "")
    if not refused:
        assert desk.record_imports.take_in(json.dumps(whole)).drafts
        return
    with pytest.raises(DigMedError, match="Practice mode"):
        desk.record_imports.take_in(json.dumps(whole))
    assert desk.drafts() == (), "a record of someone's was kept"


def test_a_record_of_more_vaccines_than_a_visit_has_is_refused_whole(counter: Counter) -> None:
    whole = resources.json_file("examples/mmr-given.json")
    whole["record"]["immunizations"] *= MOST_VACCINES + 1
    with pytest.raises(DigMedError, match=f"{MOST_VACCINES + 1} vaccines"):
        counter.desk.record_imports.take_in(json.dumps(whole))
    assert counter.desk.drafts() == ()


def test_a_letter_pasted_into_a_search_finds_nothing(counter: Counter) -> None:
    letter = "dear surgery " * 1000
    for search in (counter.desk.directory.search, counter.desk.medicines.find):
        assert list(search(letter)) == []
