"""A patient who is found for a form already begun: where one fact in common could join two people, a person decides."""

import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui.context import FormStart
from tests.ui.conftest import Bench
from tests.ui.test_one_person import NORA, ROSE, drafts, find, know, type_over

ADAM = {
    **NORA,
    "patient.nhs_number": "999 000 0026",
    "patient.given": "Adam",
    "patient.sex": "male",
    "patient.date_of_birth": "1/2/2019",
    "patient.address_lines": "77 Far Street",
    "patient.postcode": "LS9 9ZZ",
}
SAID = {"screening.unwell": "yes", "consent.to_treatment": "yes", "patient.identity_checked": "yes"}
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def say(bench: Bench, answers: dict[str, str]) -> None:
    bench.form.form.set_answers(answers, keep_rest=True)
    for key in answers:
        bench.form.touched(key)
    bench.form.whose.follow()
    bench.idle()


def test_one_fact_in_common_with_a_patient_found_is_asked_about(bench: Bench) -> None:
    know(bench, ROSE, NORA, ADAM)
    for begun, found in (
        ({"patient.family": "Quill", "patient.address_lines": "1 Other Road", **SAID}, "adam"),
        ({"patient.given": "Adam", **SAID}, "adam"),
        ({"patient.date_of_birth": "1/2/2019", "patient.sex": "female", **SAID}, "adam"),
        (SAID, "adam"),
    ):
        bench.form.next_patient()
        say(bench, begun)
        draft, before = bench.form.draft_id, bench.form.form.answers()
        find(bench, found)
        assert bench.form.person.asks, begun
        assert bench.form.form.answers() == before, "nothing moves before someone has said whose form it is"
        bench.form.person.another.click()
        bench.idle()
        now = bench.form.form.answers()
        assert now["patient.given"] == "Adam"
        assert now["screening.unwell"] == now["consent.to_treatment"] == ""
        assert bench.form.draft_id != draft
        assert drafts(bench)[draft]["screening.unwell"] == "yes"
    bench.form.next_patient()
    say(bench, {"patient.family": "Quill", **SAID})
    find(bench, "nora")
    bench.form.person.slip.click()
    bench.idle()
    now = bench.form.form.answers()
    assert (now["patient.given"], now["screening.unwell"]) == ("Nora", "yes")
    assert now["patient.identity_checked"] == "", "who was checked was not known whole"
    bench.form.next_patient()
    say(bench, {"patient.family": "Quill"})
    find(bench, "nora")
    assert not bench.form.person.asks, "a name alone, and nothing said of anyone"
    assert bench.form.form.answers()["patient.given"] == "Nora"


def scan_unknown(bench: Bench) -> None:
    bench.form.next_patient()
    say(bench, {"patient.family": "Quill", "patient.given": "Nora", "screening.unwell": "no"})
    bench.window.counter.scanned(Burst("9994000047", 5.0, prefixed=True))
    bench.idle()
    bench.idle()
    assert bench.form.person.asks


def test_the_question_about_a_scan_ends_when_the_form_names_somebody_else(bench: Bench) -> None:
    know(bench, ROSE, NORA)
    person, form = bench.form.person, bench.form.form
    scan_unknown(bench)
    find(bench, "nora")
    assert form.answers()["patient.nhs_number"] == "999 000 0018"
    assert not person.asks
    scan_unknown(bench)
    type_over(bench, "patient.nhs_number", "9990000018")
    assert not person.asks
    assert form.answers()["patient.nhs_number"] == "999 000 0018", "what was typed stays"
    assert "999 400 0047" in person.said.text(), "what was scanned is on no form, and that is said"
    scan_unknown(bench)
    draft = bench.form.draft_id
    type_over(bench, "patient.family", "Zimmermann")
    type_over(bench, "patient.given", "Otto")
    bench.form.whose.follow()
    assert "QUILL" in person.head.text()
    person.another.click()
    bench.idle()
    assert form.answers()["patient.family"] == "Zimmermann"
    assert form.answers()["screening.unwell"] == ""
    assert drafts(bench)[draft]["patient.family"] == "Quill"


def test_what_was_set_aside_is_not_put_back_for_another_name(bench: Bench) -> None:
    know(bench, ROSE, NORA)
    find(bench, "oneill")
    say(bench, {"screening.unwell": "yes", "consent.to_treatment": "yes"})
    other = next(
        one for one in bench.form._lists.by_programme if one != bench.form.form.answers()["session.programme"]
    )
    say(bench, {"session.programme": other})
    for key in ("patient.nhs_number", "patient.family", "patient.given"):
        type_over(bench, key, NORA[key])
    bench.form.person.slip.click()
    bench.idle()
    bench.key(Qt.Key.Key_Z, ALT)
    bench.idle()
    now = bench.form.form.answers()
    assert now["screening.unwell"] == now["consent.to_treatment"] == ""


def test_what_was_said_under_another_programme_while_another_was_typed_does_not_come_back(
    bench: Bench,
) -> None:
    know(bench, ROSE, NORA)
    find(bench, "oneill")
    first = bench.form.form.answers()["session.programme"]
    other = next(one for one in bench.form._lists.by_programme if one != first)
    type_over(bench, "patient.family", "Quill")
    assert bench.form.person.asks
    say(bench, {"session.programme": other})
    say(bench, {"screening.unwell": "yes"})
    say(bench, {"session.programme": first})
    type_over(bench, "patient.family", ROSE["patient.family"])
    if bench.form.person.asks:
        bench.form.person.slip.click()
    say(bench, {"session.programme": other})
    assert bench.form.form.answers()["screening.unwell"] == "", "said by Quill"


def hold(key: Qt.Key, times: int) -> None:
    """Hold a key down: one press and its repetitions, each to what has the cursor then."""
    for place in range(times):
        target = QApplication.focusWidget()
        assert target is not None
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "\r", autorep=place > 0)
        QApplication.sendEvent(target, press)
        QApplication.processEvents()


def to_check(bench: Bench, carried: set[str]) -> None:
    bench.form.begin(FormStart("vaccination", whole=FormState(ROSE)))
    bench.form.carried = carried
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.until(bench.window.check.isVisible)


def test_a_key_held_down_confirms_one_value_and_sends_nothing(bench: Bench) -> None:
    to_check(bench, {"vaccine.product", "vaccine.batch", "vaccine.expiry", "session.location"})
    check = bench.window.check
    left = check.to_confirm
    assert left > 1
    hold(Qt.Key.Key_Return, 12)
    assert check.to_confirm == left - 1
    for _ in range(left + 2):  # quick presses too: the last of them reach Send, which has just got the cursor
        bench.key(Qt.Key.Key_Return)
    bench.idle()
    assert check.to_confirm == 0
    assert bench.rows() == []
    hold(Qt.Key.Key_F12, 3)
    bench.until(lambda: len(bench.rows()) == 1)


def test_nobody_is_named_behind_the_lock(bench: Bench) -> None:
    to_check(bench, set())
    bench.office.ask(lambda _desk: time.sleep(0.3), lambda _n: None)
    bench.key(Qt.Key.Key_F12)
    bench.key(Qt.Key.Key_L, CTRL)
    bench.until(lambda: len(bench.rows()) == 1)
    bench.idle()
    assert bench.window.sign_in.isVisible()
    assert not bench.window.toast.isVisible()
