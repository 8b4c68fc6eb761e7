"""Date and time of the contact are those of the act, whenever the form was opened."""

from datetime import datetime, timedelta

import pytest

from digmed_desktop.clinical.patient_answers import contact_answers
from digmed_desktop.ui.context import FormStart
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

CONTACT = ("contact.date", "contact.time")


def contact(bench: Bench) -> dict[str, str]:
    answers = bench.form.answers()
    return {key: answers[key] for key in CONTACT}


def later(bench: Bench, by: timedelta) -> dict[str, str]:
    """Let time pass and return what the clock of the counter says then."""
    clock = bench.clock
    clock.moment = clock.moment + by
    moment: datetime = clock.moment
    return contact_answers(moment)


def answer(bench: Bench, field: str, text: str) -> None:
    bench.form.form.set_answers({field: text}, keep_rest=True)
    bench.form.touched(field)


@pytest.mark.parametrize("by", [timedelta(minutes=40), timedelta(days=1)])
def test_a_form_that_waits_takes_the_time_at_which_a_patient_comes(bench: Bench, by: timedelta) -> None:
    before = contact(bench)
    now = later(bench, by)
    bench.form.focus_field("patient.given")
    bench.keys("I")
    assert contact(bench) == now != before


def test_a_form_that_comes_into_view_shows_the_time_now(bench: Bench) -> None:
    now = later(bench, timedelta(days=1))
    bench.form.arrive()
    assert contact(bench) == now


@pytest.mark.parametrize("outcome", ["given", "not-given"])
def test_a_form_left_open_takes_the_time_at_which_the_outcome_is_stated(bench: Bench, outcome: str) -> None:
    answer(bench, "patient.family", "Vance")
    now = later(bench, timedelta(days=1))
    answer(bench, "vaccine.outcome", outcome)
    assert contact(bench) == now
    later(bench, timedelta(hours=1))
    answer(bench, "after.note", "Well.")
    assert contact(bench) == now


def test_a_time_that_was_typed_stays(bench: Bench) -> None:
    answer(bench, "patient.family", "Vance")
    answer(bench, "contact.date", "12/10/2026")
    before = contact(bench)
    later(bench, timedelta(hours=2))
    answer(bench, "vaccine.outcome", "given")
    assert contact(bench) == before
    assert not bench.form.carried & set(CONTACT)


def test_a_draft_that_is_gone_on_with_asks_for_its_date_and_time(bench: Bench) -> None:
    bench.form.fill({**complete_answers(), "vaccine.outcome": ""})
    before = contact(bench)
    bench.form.save_draft()
    bench.idle()
    found: list[object] = []
    bench.office.ask(lambda desk: desk.newest_draft(), found.append)
    bench.until(lambda: bool(found))
    later(bench, timedelta(days=1))
    bench.form.begin(FormStart("vaccination", draft=found[0]))  # type: ignore[arg-type]
    answer(bench, "vaccine.outcome", "given")
    assert contact(bench) == before, "it may have been typed"
    assert set(CONTACT) <= bench.form.carried
    assert {key for row in bench.form.carried_rows() for key in row.fields} >= set(CONTACT)
