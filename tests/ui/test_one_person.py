"""One form is one person's: whoever is found, typed, scanned, undone or corrected, two people are never mixed."""

from PySide6.QtCore import Qt

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.patient_answers import NEVER_CARRIED
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.pages.supply import SupplyPage
from tests.clinical import supply_examples
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

ROSE = complete_answers(patient__telephone="07700 900123")
NORA = {
    **complete_answers(patient__telephone="", patient__telephone_use=""),
    "patient.nhs_number": "999 000 0018",
    "patient.given": "Nora",
    "patient.family": "Quill",
    "patient.date_of_birth": "4/7/1969",
    "patient.address_lines": "9 Mill Road",
}
UNKNOWN_HERE = "9994000047"
OF_ONE_PATIENT = (
    "patient.",
    "screening.",
    "consent.",
    "allergies.",
    "previous.",
    "vaccine.outcome",
    "vaccine.site",
)
DEFAULTED = {"patient.telephone_use"}


def know(bench: Bench, *patients: dict[str, str]) -> None:
    for answers in patients:
        bench.office.ask(lambda desk, one=answers: desk.patients.remember(one), lambda _n: None)
    bench.idle()


def find(bench: Bench, typed: str) -> None:
    bench.form.search.focus()
    bench.keys(typed)
    bench.until(lambda: bench.form.search.box.list.count() > 0 or not bench.form.search.box.said.isHidden())
    bench.key(Qt.Key.Key_Return)
    bench.idle()
    bench.idle()


def begun_for_rose(bench: Bench) -> str:
    """Rose is found, and everything about her is answered; return the draft."""
    know(bench, ROSE, NORA)
    find(bench, "oneill")
    assert bench.form.form.answers()["patient.family"] == "O'Neill"
    bench.form.form.set_answers(ROSE, keep_rest=True)
    for key in ("patient.identity_checked", "screening.unwell"):
        bench.form.touched(key)
    return bench.form.draft_id


def drafts(bench: Bench) -> dict[str, dict[str, str]]:
    got: list[dict[str, dict[str, str]]] = []
    bench.office.ask(lambda desk: {one.id: dict(one.state.answers) for one in desk.drafts()}, got.append)
    bench.until(lambda: bool(got))
    return got[0]


def of_this_patient(bench: Bench) -> dict[str, str]:
    answers = bench.form.form.answers()
    return {k: v for k, v in answers.items() if v and k.startswith(OF_ONE_PATIENT) and k not in DEFAULTED}


def test_another_patient_found_begins_a_new_form_and_the_first_stays_a_draft(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    find(bench, "quill")
    assert bench.form.draft_id != draft
    answers = of_this_patient(bench)
    assert answers["patient.family"] == "Quill"
    known = {k: v for k, v in NORA.items() if k.startswith("patient.") and k not in NEVER_CARRIED and v}
    assert answers == {k: v for k, v in known.items() if k not in DEFAULTED}
    kept = drafts(bench)[draft]
    assert {k: kept.get(k, "") for k in ROSE} == ROSE
    assert "Drafts" in bench.form.person.said.text()
    assert "O'NEILL, Rose" in bench.form.person.said.text()


def test_a_number_not_known_here_begins_a_new_form(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    find(bench, UNKNOWN_HERE)
    assert bench.form.draft_id != draft
    assert of_this_patient(bench) == {"patient.nhs_number": "999 400 0047"}
    assert drafts(bench)[draft]["patient.nhs_number"] == ROSE["patient.nhs_number"]


def test_a_date_of_birth_not_known_here_begins_a_new_form(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    find(bench, "1/2/1950")
    assert bench.form.draft_id != draft
    assert of_this_patient(bench) == {"patient.date_of_birth": "1/2/1950"}


def test_a_scanned_number_begins_a_new_form(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    bench.window.counter.scanned(Burst("9990000018", 5.0))
    bench.idle()
    bench.idle()
    assert bench.form.draft_id != draft
    assert of_this_patient(bench)["patient.family"] == "Quill"
    assert "screening.unwell" not in of_this_patient(bench)


def test_the_same_patient_found_again_stays_on_the_form_and_nothing_typed_is_lost(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    bench.form.form.set_answers({"patient.address_lines": "8 New Street"}, keep_rest=True)
    bench.form.touched("patient.address_lines")
    find(bench, "oneill")
    assert bench.form.draft_id == draft
    assert bench.form.form.answers()["patient.address_lines"] == "8 New Street"
    assert bench.form.form.answers()["screening.unwell"] == "no"


def type_over(bench: Bench, field_id: str, text: str) -> None:
    bench.form.focus_field(field_id)
    bench.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    bench.keys(text)
    bench.key(Qt.Key.Key_Return)
    bench.idle()


def test_a_number_typed_over_asks_and_is_not_checked_until_it_is_answered(bench: Bench) -> None:
    begun_for_rose(bench)
    type_over(bench, "patient.nhs_number", UNKNOWN_HERE)
    assert bench.form.person.another.isVisible()
    bench.form.check_now()
    bench.idle()
    bench.idle()
    assert not bench.window.check.isVisible()


def test_a_slip_in_the_number_keeps_the_form(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    type_over(bench, "patient.nhs_number", UNKNOWN_HERE)
    bench.key(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    bench.form.person.slip.click()
    assert bench.form.draft_id == draft
    assert not bench.form.person.asks
    assert bench.form.form.answers()["patient.nhs_number"] == "999 400 0047"
    assert bench.form.form.answers()["screening.unwell"] == "no"


def test_another_patient_typed_over_begins_a_new_form_with_what_was_typed_since(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    type_over(bench, "patient.nhs_number", UNKNOWN_HERE)
    type_over(bench, "patient.family", "Featherstone")
    bench.form.person.another.click()
    bench.idle()
    assert bench.form.draft_id != draft
    assert of_this_patient(bench) == {"patient.nhs_number": "999 400 0047", "patient.family": "Featherstone"}
    kept = drafts(bench)[draft]
    assert {k: kept.get(k, "") for k in ROSE} == ROSE


def test_another_name_typed_over_asks_too(bench: Bench) -> None:
    begun_for_rose(bench)
    type_over(bench, "patient.family", "Featherstone")
    assert bench.form.person.another.isVisible()


def test_a_misspelt_name_put_right_asks_nothing(bench: Bench) -> None:
    begun_for_rose(bench)
    type_over(bench, "patient.family", "O'Neil")
    assert not bench.form.person.asks


def test_the_question_outlives_the_draft(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    type_over(bench, "patient.nhs_number", UNKNOWN_HERE)
    bench.form.save_draft()
    kept = next(one for one in _views(bench) if one.id == draft)
    bench.form.next_patient()
    bench.form.begin(FormStart("vaccination", draft=kept))
    bench.idle()
    assert bench.form.person.another.isVisible()


def _views(bench: Bench) -> list:  # type: ignore[type-arg]
    got: list[list] = []  # type: ignore[type-arg]
    bench.office.ask(lambda desk: list(desk.drafts()), got.append)
    bench.until(lambda: bool(got))
    return got[0]


def test_undo_brings_nothing_of_the_patient_before(bench: Bench) -> None:
    bench.form.focus_field("patient.family")
    bench.keys("Featherstone")
    bench.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    bench.key(Qt.Key.Key_Delete)
    bench.form.focus_field("after.notes")
    bench.keys("of the first")
    bench.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    bench.key(Qt.Key.Key_Delete)
    bench.form.next_patient()
    for field_id in ("patient.family", "after.notes"):
        bench.form.focus_field(field_id)
        for _ in range(5):
            bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            assert bench.form.form.answers()[field_id] == ""


def test_an_item_put_back_brings_back_that_item_alone(bench: Bench) -> None:
    bench.window.go("supply")
    page = bench.window.page("supply")
    assert isinstance(page, SupplyPage)
    page.begin(FormStart("emergency-supply", answers=supply_examples.complete_answers()))
    page.form.add_copy("item")
    last = int(page.form.answers()["item.count"])
    page.form.set_answers({f"item.{last}.product": "Last thing"}, keep_rest=True)
    page.form.remove_copy("item", last)
    page.form.set_answers({"patient.telephone": "01632 960002"}, keep_rest=True)
    bar = page.form._repeats["item"].bar
    assert bar is not None
    bar.undo.click()
    answers = page.form.answers()
    assert answers[f"item.{last}.product"] == "Last thing"
    assert answers["patient.telephone"] == "01632 960002"
    page.form.remove_copy("item", last)
    page.next_patient()
    assert not bar.undo.isVisible()
    bar.undo.click()
    assert page.form.answers()["patient.family"] == ""


def test_a_practice_that_arrives_late_is_not_the_next_patients(bench: Bench) -> None:
    """What the directory says of a practice takes its time; the next patient's form is another one."""
    search = bench.form.practice_search
    arrived: list[object] = []
    search.chosen.connect(arrived.append)
    got: list = []  # type: ignore[type-arg]
    bench.office.ask(lambda desk: list(desk.directory.search("a")), got.append)
    from digmed_desktop.clinical.record import Organisation
    from digmed_desktop.desk.views.general import PracticeFound

    search._take(PracticeFound(Organisation("Late Surgery", "X88888")))
    bench.form.next_patient()
    bench.until(lambda: bool(got))
    bench.qtbot.wait(300)
    assert arrived == []
    assert bench.form.form.answers()["practice.ods_code"] == ""


def sent(bench: Bench) -> int:
    """Send Rose's record; return it."""
    know(bench, ROSE, NORA)
    bench.form.begin(FormStart("vaccination", whole=FormState(ROSE)))
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.check.isVisible)
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: bool(bench.rows()))
    return bench.rows()[0].id


def begin_correction(bench: Bench, made: int) -> None:
    begun: list = []  # type: ignore[type-arg]
    bench.office.ask(lambda desk: desk.acts.begin_correction(made, "The batch was misread."), begun.append)
    bench.until(lambda: bool(begun))
    bench.window.begin_form(FormStart(begun[0].form, whole=begun[0].state))
    bench.idle()


def test_a_correction_has_no_search_and_a_locked_number(bench: Bench) -> None:
    begin_correction(bench, sent(bench))
    assert not bench.form.search.isVisible()
    bench.form.focus_field("patient.nhs_number")
    bench.keys(UNKNOWN_HERE)
    assert bench.form.form.answers()["patient.nhs_number"] == ROSE["patient.nhs_number"]


def test_f2_does_not_lead_back_into_a_correction(bench: Bench) -> None:
    begin_correction(bench, sent(bench))
    draft = bench.form.draft_id
    bench.window.go("today")
    bench.window.go("vaccinate")
    bench.idle()
    assert bench.form.draft_id != draft
    assert of_this_patient(bench) == {}
    assert not bench.form.corrects
    assert draft in drafts(bench)


def test_a_number_scanned_on_a_correction_begins_another_form(bench: Bench) -> None:
    begin_correction(bench, sent(bench))
    draft = bench.form.draft_id
    bench.window.counter.scanned(Burst("9990000018", 5.0))
    bench.idle()
    bench.idle()
    assert bench.form.draft_id != draft
    assert of_this_patient(bench)["patient.family"] == "Quill"
    assert not bench.form.corrects


def test_a_new_form_after_a_correction_takes_no_session_from_it(bench: Bench) -> None:
    made = sent(bench)
    bench.window.go("vaccinate")
    bench.form.fill({"patient.family": "Featherstone", "vaccine.batch": "TODAYS"})
    begin_correction(bench, made)
    assert bench.form.form.answers()["vaccine.batch"] == ROSE["vaccine.batch"]
    bench.form.next_patient()
    assert bench.form.form.answers()["vaccine.batch"] == "TODAYS"
    assert of_this_patient(bench) == {}


def test_a_lock_keeps_a_correction_in_view(bench: Bench) -> None:
    begin_correction(bench, sent(bench))
    draft = bench.form.draft_id
    person = bench.window.context.acting.person
    bench.window.lock()
    assert person is not None
    bench.window.signing_in.let_in(person)
    bench.idle()
    assert bench.form.isVisible()
    assert bench.form.draft_id == draft


def test_a_correction_asks_whether_it_is_the_same_person_with_both_shown(bench: Bench) -> None:
    begin_correction(bench, sent(bench))
    draft = bench.form.draft_id
    type_over(bench, "patient.family", "O'Neall")
    type_over(bench, "patient.address_lines", "9 Mill Road")
    person = bench.form.person
    assert person.asks
    assert "same person" in person.head.text()
    assert "last name and address" in person.said.text()
    for part in ("O'NEILL", "O'NEALL", "9 Mill Road", "Weaver's Yard"):
        assert part in person.said.text()
    bench.form.check_now()
    bench.idle()
    assert not bench.window.check.isVisible()
    person.slip.click()
    bench.idle()
    bench.form.check_now()
    bench.until(bench.window.check.isVisible)
    assert bench.form.draft_id == draft


def test_another_patient_in_a_correction_withdraws_it_once_the_right_one_is_stored(bench: Bench) -> None:
    made = sent(bench)
    begin_correction(bench, made)
    type_over(bench, "patient.family", "Quill")
    type_over(bench, "patient.given", "Nora")
    bench.form.person.another.click()
    bench.idle()
    assert not bench.form.corrects
    state = bench.form.state()
    assert state.withdraws is not None
    assert state.withdraws.notification == made
    assert state.answers["patient.family"] == "Quill"
    assert state.answers["patient.nhs_number"] == ""
    assert state.answers["vaccine.batch"] == ROSE["vaccine.batch"]
    assert state.answers["screening.unwell"] == ""
    assert len(bench.rows()) == 1  # nothing is withdrawn yet


def test_an_identity_is_told_in_words_also_where_little_or_nothing_of_it_is_left(bench: Bench) -> None:
    """No name, a number or date that cannot be read, and what onlookers may read of each."""
    name, number, born = (
        {"patient.family": "Quill", "patient.given": "Nora"},
        {"patient.nhs_number": "999 000 0018"},
        {"patient.date_of_birth": "4/7/1969"},
    )
    nothing = "no name, NHS number or date of birth"
    cases: tuple[tuple[dict[str, str], str, str], ...] = (
        ({}, nothing, nothing),
        ({"patient.date_of_birth": "//", "patient.nhs_number": " "}, nothing, nothing),
        (number, "999 000 0018", "… 0018"),
        (born, "04 Jul 1969", "details not shown"),
        ({"patient.date_of_birth": "4/7/"}, "4/7", "details not shown"),
        ({"patient.nhs_number": "99900O"}, "99900O", "… 900O"),
        (name | number, "QUILL, Nora, 999 000 0018", "Q. N., … 0018"),
        (name | born | number, "QUILL, Nora, 04 Jul 1969, 999 000 0018", "Q. N., … 0018"),
    )
    person, made = bench.form.person, bench.window.context.made
    assert [person._told(one, ()) for one, _whole, _short in cases] == [
        whole for _one, whole, _short in cases
    ]
    done: list[int] = []
    made.change(lambda: done.append(1), privacy=True)
    bench.until(lambda: bool(done))
    assert [person._told(one, ()) for one, _whole, _short in cases] == [
        short for _one, _whole, short in cases
    ]
