"""What one act empties, one key brings back: another vaccination chosen, Not given and back; a number asks whose it is."""

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
OF_THE_VACCINE = ("vaccine.", "screening.", "consent.", "previous.", "after.", "session.")


def of_the_vaccine(bench: Bench) -> dict[str, str]:
    return {k: v for k, v in bench.form.form.answers().items() if k.startswith(OF_THE_VACCINE)}


def test_one_key_brings_back_what_another_vaccination_emptied(bench: Bench) -> None:
    form = bench.form.form
    bench.form.fill({**complete_answers(), "session.service": bench.form.form.answers()["session.service"]})
    bench.idle()
    before = of_the_vaccine(bench)
    other = next(key for key in bench.form._lists.by_programme if key != before["session.programme"])
    form.focus_field("session.programme")
    choice = form.fields["session.programme"].editor
    assert isinstance(choice, ChoiceEditor)
    bench.keys(choice.label_of(other))
    assert form.fields["session.programme"].isAncestorOf(bench.focused()), "its card stays open"
    bench.idle()
    assert form.answers()["session.programme"] == other
    assert not form.answers()["consent.to_treatment"]
    assert bench.form._put_back.isVisible()
    form.focus_field("patient.family")
    bench.key(Qt.Key.Key_Z, ALT)
    bench.idle()
    assert of_the_vaccine(bench) == before
    assert not bench.form._put_back.isVisible()


@pytest.mark.parametrize("advised", [True, False])
def test_not_given_and_back_gives_site_outcome_and_advice_back(bench: Bench, advised: bool) -> None:
    bench.form.fill(complete_answers())
    if advised:
        bench.form._give_advice()
    bench.idle()
    before = of_the_vaccine(bench)
    assert before["vaccine.site"]
    bench.key(Qt.Key.Key_0, ALT)
    bench.idle()
    assert bench.form.form.answers()["vaccine.outcome"] == "not-given"
    assert not bench.form.form.answers()["vaccine.site"]
    bench.key(Qt.Key.Key_0, ALT)
    bench.idle()
    assert of_the_vaccine(bench) == before
    bench.form.next_patient()
    bench.key(Qt.Key.Key_0, ALT)
    bench.key(Qt.Key.Key_0, ALT)
    assert bench.form.form.answers()["vaccine.outcome"] == "", "nothing of the patient before"


@pytest.mark.parametrize("same", [True, False])
def test_a_number_that_contradicts_nothing_asks_once_whose_it_is(bench: Bench, same: bool) -> None:
    form, draft = bench.form, bench.form.draft_id
    form.focus_field("patient.family")
    bench.keys("Marsh")
    form.focus_field("patient.given")
    bench.keys("Tom")
    bench.window.counter.scanned(Burst("9990000018", 8.0, prefixed=True))
    bench.until(lambda: form.person.asks)
    assert "MARSH" in form.person.head.text()
    form.focus_field("patient.city")  # going on does not answer it
    bench.key(Qt.Key.Key_Tab)
    assert form.person.asks
    (form.person.slip if same else form.person.another).click()
    bench.idle()
    answers = form.form.answers()
    assert answers["patient.nhs_number"] == "999 000 0018"
    assert answers["patient.family"] == ("Marsh" if same else "")
    assert (form.draft_id == draft) is same
    assert not form.person.asks
