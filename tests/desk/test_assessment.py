"""One judgement of a form serves its preview and Send: counted in real calls."""

import sys
from collections import Counter as Count
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import pytest

from digmed_desktop.clinical import json_record, supply_answers, vaccination
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.views.general import Sent
from digmed_desktop.fhir import checks, document, problems, sections, writing
from tests.clinical import examples, supply_examples
from tests.desk.conftest import Counter

COUNTED: dict[str, Callable[..., Any]] = {
    "vaccination read": vaccination.read,
    "supply read": supply_answers.read,
    "problems": problems.problems_of,
    "sections": sections.sections,
    "document": document.document,
    "XML": writing.to_xml,
    "check": checks.check,
    "assess": Desk._assess,
}


def calls_in(work: Callable[[], object]) -> Count[str]:
    """How often each counted function really ran."""
    names: dict[CodeType, str] = {function.__code__: name for name, function in COUNTED.items()}
    counted: Count[str] = Count()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in names:
            counted[names[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


COMPLETE = {
    "vaccination": ("counter", "vaccination read", examples.complete_answers()),
    "emergency-supply": ("shop", "supply read", supply_examples.complete_answers()),
}


@pytest.mark.parametrize("form_id", COMPLETE)
def test_send_does_its_work_once(form_id: str, request: pytest.FixtureRequest) -> None:
    where, read, typed = COMPLETE[form_id]
    counter: Counter = request.getfixturevalue(where)
    counter.desk.warm_up()
    sent: list[Sent] = []
    counted = calls_in(lambda: sent.append(counter.desk.send(form_id, "d1", FormState(typed), counter.ada)))
    assert sent[0].notification is not None, sent[0].problems
    once = ("assess", read, "problems", "sections", "document", "XML", "check")
    assert counted == dict.fromkeys(once, 1)


def test_a_preview_does_its_work_once(counter: Counter) -> None:
    counter.desk.warm_up()
    state = FormState(examples.complete_answers())
    counted = calls_in(lambda: counter.desk.preview("vaccination", state))
    assert counted["vaccination read"] == counted["problems"] == counted["document"] == counted["XML"] == 1


def test_what_is_not_shared_of_how_a_record_came_about_is_no_answer(counter: Counter) -> None:
    """The notes of the record say why somebody continued; the form that a correction begins with stays as typed."""
    counter.record()
    made = counter.record()
    record = json_record.loads(counter.store.versions.record(made))
    assert record.notes_kept_here.count("Continued although:") == 1
    begun = counter.desk.acts.begin_correction(made, "The batch was misread.")
    assert begun.state.answers["after.notes"] == ""
    right = begun.state.answered({"vaccine.batch": "RIGHT1"})
    sent = counter.desk.send("vaccination", "again", right, counter.ada)
    assert sent.notification is not None
    again = json_record.loads(counter.store.versions.record(sent.notification))
    assert again.notes_kept_here.count("Continued although:") == 1


def test_a_record_of_last_season_is_held_against_its_own_programme(counter: Counter) -> None:
    """A programme that is no longer offered keeps its own rules about earlier doses, not those of another."""
    from digmed_desktop.desk.forms.vaccinating import VaccinationDesk

    vaccinating = counter.desk._forms["vaccination"]
    assert isinstance(vaccinating, VaccinationDesk)
    for programme in vaccinating.known():
        typed = examples.complete_answers(session__programme=programme.id)
        chosen = vaccinating.reading(typed).vaccine
        assert chosen is not None
        assert chosen.programme.id == programme.id


def test_a_reason_is_asked_anew_for_another_vaccine_age_or_answer(counter: Counter) -> None:
    """What was said of one vaccine and one patient says nothing of the next."""

    def asked(**changes: str) -> set[str]:
        answers = examples.complete_answers(screening__unwell="yes", **changes)
        problems = counter.desk.preview("vaccination", FormState(answers)).problems
        return {p.reason_key for p in problems if p.needs_reason and p.field == "screening.unwell"}

    first = asked()
    assert len(first) == 1
    assert first == asked(patient__telephone="07700 900999")
    for changes in ({"vaccine__product": "tivr"}, {"patient__date_of_birth": "12/3/2001"}):
        assert asked(**changes).isdisjoint(first), changes
