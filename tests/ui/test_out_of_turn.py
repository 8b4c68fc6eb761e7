"""What comes late, twice or held down: no record takes what belongs to another, and no warning waits for the next key."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from digmed_desktop import resources
from digmed_desktop.clinical import identity
from digmed_desktop.clinical.dates import ENGLAND, as_answer
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.forms.acting import ActsDesk
from digmed_desktop.desk.records.incidents import IncidentDesk
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.context import FormStart, IncidentStart
from digmed_desktop.ui.pages.drafts import DraftsPage
from digmed_desktop.ui.pages.incidents import IncidentsPage
from digmed_desktop.ui.pages.signing import SigningPage
from digmed_desktop.ui.pages.signing_parts import SigningAct
from digmed_desktop.ui.pages.supply import SupplyPage
from digmed_desktop.ui.widgets.search_box import READ_MS
from digmed_desktop.ui.widgets.words import Words
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_counter_window import KNOWN, do
from tests.ui.test_fast_hands import FastKeyboard, slow
from tests.ui.test_one_person import NORA, ROSE, know
from tests.ui.test_signing import clinic, page, record, sign_in, states, three_people
from tests.ui.test_whose_form_is_asked import to_check

__all__ = ["clinic", "three_people"]

CTRL = Qt.KeyboardModifier.ControlModifier
LATE_S = 0.4
SISTER = {
    **ROSE,
    "patient.nhs_number": "999 000 0026",
    "patient.given": "Mary",
    "patient.date_of_birth": "5/6/1973",
}


def held_on() -> None:
    """Let Enter, which is down, repeat itself."""
    target = FastKeyboard.target()
    key = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=True
    )
    QApplication.sendEvent(target, key)
    QApplication.processEvents()


def drafts_page(bench: Bench) -> DraftsPage:
    bench.window.go("drafts")
    shown = bench.window.page("drafts")
    assert isinstance(shown, DraftsPage)
    return shown


def begun_draft(bench: Bench) -> DraftsPage:
    """Leave Rose's form as a draft, look at the drafts, and go on with it."""
    bench.form.begin(FormStart("vaccination", whole=FormState(ROSE)))
    bench.form.save_draft()
    bench.idle()
    shown = drafts_page(bench)
    bench.until(lambda: bool(shown.going_on))
    shown.going_on[0].click()
    bench.until(bench.form.isVisible)
    bench.idle()
    return shown


def test_a_draft_is_gone_on_with_as_it_is_kept_now_not_as_it_was_listed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list still shows what was read at the visit before, while the records are slow."""
    shown = begun_draft(bench)
    bench.form.focus_field("after.notes")
    bench.keys("Told to sit for a while")
    slow(monkeypatch, Desk, "drafts", LATE_S)
    drafts_page(bench)
    shown.going_on[0].click()
    bench.until(bench.form.isVisible)
    bench.idle()
    assert bench.form.answers()["after.notes"] == "Told to sit for a while"


def test_a_draft_that_was_sent_meanwhile_is_not_begun_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another record under its number would be taken for the one sent, and be lost."""
    shown = begun_draft(bench)
    sent = bench.form.draft_id
    to_check(bench, set())
    bench.form.draft_id = sent
    slow(monkeypatch, Desk, "drafts", LATE_S)
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: len(bench.rows()) == 1)
    bench.idle()
    drafts_page(bench)
    if shown.going_on:
        shown.going_on[0].click()
    bench.idle()
    bench.idle()
    assert bench.form.draft_id != sent
    assert bench.form.answers()[identity.FAMILY] == ""


def test_a_record_handed_over_takes_no_form_on_which_somebody_began_to_type(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, Desk, "drafts", LATE_S)
    bench.form.search.focus()
    bench.window.open_record(resources.text("examples/rsv-given.json"))
    taken: list[int] = []
    bench.office.ask(lambda _desk: 1, taken.append)
    bench.until(lambda: bool(taken))
    bench.keys("Quill")
    bench.idle()
    bench.idle()
    assert bench.form.search.box.text == "Quill"
    assert bench.form.answers()[identity.FAMILY] == ""
    assert bench.window.banner.offer.isVisible(), "it waits, and is offered"


def test_a_correction_from_to_sign_that_comes_late_takes_no_other_page(
    clinic: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(clinic, "Lena")
    record(clinic, "Rose")
    sign_in(clinic, "Ben")
    signing = page(clinic)
    slow(monkeypatch, ActsDesk, "begin_correction", LATE_S)
    signing._begin(SigningAct.CORRECT)
    signing.panel.words.set_answer("A slip")
    signing.panel.do.click()
    clinic.key(Qt.Key.Key_F2)
    clinic.keys("Quill")
    clinic.idle()
    clinic.idle()
    assert not clinic.form.corrects
    assert clinic.form.search.box.text == "Quill"


def test_a_reason_is_of_the_record_it_was_asked_about(clinic: Bench) -> None:
    sign_in(clinic, "Lena")
    for given in ("Rose", "Mary"):
        record(clinic, given)
    sign_in(clinic, "Ben")
    signing = page(clinic)
    assert isinstance(signing, SigningPage)
    signing.list.setCurrentRow(0)
    clinic.idle()
    asked = signing.chosen
    assert asked is not None
    signing._begin(SigningAct.REFUSE)
    signing.panel.words.set_answer("Not given by me")
    signing.list.setCurrentRow(1)
    clinic.idle()
    assert signing.panel.isHidden(), "the reason was asked about another record"
    signing._begin(SigningAct.REFUSE)
    assert signing.panel.words.answer() == ""
    signing.list.setCurrentRow(0)
    clinic.idle()
    signing._begin(SigningAct.REFUSE)
    assert signing.panel.words.answer() == "Not given by me", "nothing typed is lost"
    assert set(states(clinic)) == {"Rose", "Mary"}


def test_an_incident_holds_what_was_known_of_one_record_only(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_check(bench, set())
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: len(bench.rows()) == 1)
    (number,) = (one.id for one in bench.rows())
    slow(monkeypatch, IncidentDesk, "answers_about", LATE_S)
    begin = bench.window.context.navigate.to_incident
    begin.emit(IncidentStart(notification=number))
    begin.emit(IncidentStart(answers={"logged.person": "Nora Quill", "logged.what": "She fainted"}))
    bench.idle()
    incidents = bench.window.page("incidents")
    assert isinstance(incidents, IncidentsPage)
    answers = incidents.answers()
    assert (answers["logged.person"], answers["logged.what"]) == ("Nora Quill", "She fainted")
    assert answers["logged.nhs_number"] == answers["logged.batches"] == incidents._about == ""


def test_a_record_that_is_stored_late_calls_nobody_back_from_another_page(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_check(bench, set())
    slow(monkeypatch, Desk, "send", LATE_S)
    bench.key(Qt.Key.Key_F12)
    bench.window.go("supply")
    supply = bench.window.page("supply")
    assert isinstance(supply, SupplyPage)
    supply.search.focus()
    bench.keys("Qui")
    bench.until(lambda: bool(bench.rows()))
    bench.idle()
    bench.keys("ll")
    assert supply.isVisible()
    assert supply.search.box.text == "Quill"
    assert bench.form.answers()[identity.FAMILY] == "", "the form that was sent begins the next patient"


def test_a_batch_that_is_held_meanwhile_is_refused_as_soon_as_its_form_is_in_view_again(bench: Bench) -> None:
    expiry = as_answer(bench.window.context.now() + timedelta(days=200))
    do(
        bench,
        lambda desk: desk.stock.add(
            {"stock.product": KNOWN, "stock.number": "COLD-1", "stock.expiry": expiry}, 1
        ),
    )
    bench.form.fill(
        {
            **complete_answers(),
            "vaccine.batch": "COLD-1",
            "vaccine.expiry": expiry,
            "vaccine.outcome": "",
            "vaccine.site": "",
            "contact.time": f"{bench.clock.now().astimezone(ENGLAND):%H:%M}",
        }
    )
    bench.idle()
    assert not [one for one in bench.form.alerts.alerts if "Fridge" in one.said.text()]
    bench.window.go("stock")
    do(bench, lambda desk: desk.stock.hold(desk.stock.view().batches[0].batch.id, "Fridge at 12 °C"))
    bench.window.go("vaccinate")
    bench.idle()
    assert [one for one in bench.form.alerts.alerts if "Fridge at 12" in one.said.text()]


@pytest.mark.parametrize("typed", ["oneill", "quill"])
def test_enter_held_down_chooses_nobody_from_a_list(bench: Bench, typed: str) -> None:
    """Two of one name are found: who holds the key down has read neither."""
    know(bench, ROSE, SISTER, NORA, {**NORA, "patient.nhs_number": "999 000 0034", "patient.given": "Ann"})
    bench.form.search.focus()
    bench.keys(typed)
    bench.key(Qt.Key.Key_Return)
    for _ in range(8):
        pause(READ_MS // 4)
        held_on()
    bench.idle()
    assert bench.form.answers()[identity.FAMILY] == ""
    assert bench.form.search.box.list.isVisible()
    bench.key(Qt.Key.Key_Return)
    bench.idle()
    assert bench.form.answers()[identity.FAMILY] != "", "a press of its own takes the one marked"


def test_enter_held_down_answers_nothing(bench: Bench) -> None:
    bench.form.begin(
        FormStart("vaccination", answers={k: v for k, v in ROSE.items() if k in identity.IDENTIFYING})
    )
    bench.idle()
    bench.form.focus_field("patient.traced")
    before = bench.form.answers()
    for _ in range(60):
        held_on()
        pause(2)
    assert bench.form.answers() == before
    assert bench.form.isVisible()
    popup = QApplication.activePopupWidget()
    assert popup is None


def test_undo_in_find_brings_back_nobody_of_the_patient_before(bench: Bench) -> None:
    bench.form.search.focus()
    bench.keys("Rose")
    for _ in "Rose":
        bench.key(Qt.Key.Key_Backspace)
    bench.key(Qt.Key.Key_F9)
    bench.form.search.focus()
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.form.search.box.text == ""


def begin_correction(bench: Bench, answers: dict[str, str]) -> None:
    bench.form.begin(FormStart("vaccination", whole=FormState(answers)))
    bench.idle()
    reasons = {p.reason_key: "A test." for p in bench.form.preview.preview.problems if p.needs_reason}
    state = FormState(answers, reasons=reasons)
    done: list[int | None] = []
    bench.office.ask(lambda desk: desk.send("vaccination", "of-a-test", state, 1).notification, done.append)
    bench.until(lambda: bool(done))
    (number,) = done
    assert number is not None
    begun: list = []  # type: ignore[type-arg]
    bench.office.ask(lambda desk: desk.acts.begin_correction(number, "A test."), begun.append)
    bench.until(lambda: bool(begun))
    bench.window.begin_form(FormStart("vaccination", whole=begun[0].state))
    bench.idle()


@pytest.mark.parametrize("known", [True, False])
def test_a_number_scanned_in_a_correction_without_one_is_asked_about(bench: Bench, known: bool) -> None:
    """The card on the counter may be the next patient's."""
    if known:
        know(bench, NORA)
    begin_correction(bench, {**ROSE, identity.NUMBER: ""})
    assert bench.form.corrects
    draft = bench.form.draft_id
    bench.window.counter.scanned(Burst("9990000018", 5.0, prefixed=True))
    bench.idle()
    bench.idle()
    here = bench.form.draft_id == draft
    assert not here or bench.form.person.asks or bench.form.answers()[identity.NUMBER] == ""
    if here:
        assert bench.form.answers()[identity.NUMBER] == "", (
            "nothing moves before someone has said whose it is"
        )


def test_a_correction_begins_where_something_can_be_corrected(bench: Bench) -> None:
    begin_correction(bench, ROSE)
    at = bench.focused()
    assert isinstance(at, QLineEdit)
    assert not at.isReadOnly(), "the NHS number of a record stays"
    assert bench.form.form.fields[identity.BORN].isAncestorOf(at)


def test_on_check_an_answer_and_what_changes_it_stand_in_one_line(bench: Bench) -> None:
    to_check(bench, set())
    pause(60)
    page = bench.window.check._scroll.widget()
    assert page is not None
    links = [one for one in page.findChildren(QPushButton) if one.accessibleName().startswith("Change ")]
    labels = {one.text(): one for one in page.findChildren(Words) if one.property("role") == "quiet"}
    seen = 0
    for link in links:
        label = labels.get(link.accessibleName().removeprefix("Change "))
        if label is None:
            continue
        line = label.fontMetrics().height()
        middle = label.mapTo(page, QPoint(0, label.contentsRect().top())).y() + line / 2
        assert abs(middle - (link.mapTo(page, QPoint(0, 0)).y() + link.height() / 2)) <= 1, label.text()
        seen += 1
    assert seen > 5


def test_of_two_patients_of_one_name_the_palette_marks_neither(bench: Bench) -> None:
    """As in Find: Ctrl+Enter would begin a vaccination for whoever stands first."""
    know(bench, ROSE, {**SISTER, "patient.given": ROSE["patient.given"]}, NORA)
    palette = bench.window.find_or_do.palette
    for name, found, marked in (("rose oneill", 2, False), ("nora quill", 1, True)):
        bench.window.find_or_do.open()
        bench.keys(name)
        bench.until(lambda n=found: len(palette._late) == n)
        pause(READ_MS + 50)
        assert (palette._marked() is not None) is marked, name
        bench.key(Qt.Key.Key_Return, CTRL)
        bench.idle()
        named = bench.form.answers()[identity.FAMILY]
        assert named == ("Quill" if marked else "")
        palette.put_away()
