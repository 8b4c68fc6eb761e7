"""A form of which it is in doubt whose it is: no act copies it, agrees to it, or leaves it without the question."""

from PySide6.QtCore import Qt

from digmed_desktop.clinical import identity, json_record
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.views.general import DraftView
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.counter import TAKEN_BACK
from tests.clinical.examples import complete_record
from tests.ui.conftest import Bench
from tests.ui.test_one_person import NORA, ROSE, begin_correction, begun_for_rose, know, sent, type_over

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def type_without_leaving(bench: Bench, field_id: str, text: str) -> None:
    bench.form.focus_field(field_id)
    bench.key(Qt.Key.Key_A, CTRL)
    bench.keys(text)


def asks(bench: Bench) -> bool:
    return bench.form.person.asks


def type_nora_over_the_names(bench: Bench) -> None:
    type_over(bench, identity.FAMILY, "Quill")
    type_without_leaving(bench, identity.GIVEN, "Nora")
    assert bench.form.person.asks


def kept(bench: Bench, draft: str) -> DraftView:
    got: list[DraftView] = []
    bench.office.ask(lambda desk: next(one for one in desk.drafts() if one.id == draft), got.append)
    bench.until(lambda: bool(got))
    return got[0]


def same_patient(bench: Bench) -> None:
    bench.key(Qt.Key.Key_F9, SHIFT)
    bench.idle()


def test_the_same_patient_is_not_copied_from_a_form_in_doubt(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    type_without_leaving(bench, identity.FAMILY, "Quill")  # the cursor is still in it
    same_patient(bench)
    assert bench.form.draft_id == draft
    assert bench.form.person.asks
    assert bench.focused() is bench.form.person.another
    bench.form.person.slip.click()
    same_patient(bench)
    assert bench.form.draft_id != draft
    answers = bench.form.form.answers()
    assert (answers[identity.FAMILY], answers[identity.NUMBER]) == ("Quill", ROSE[identity.NUMBER])


def next_patient(bench: Bench) -> None:
    bench.key(Qt.Key.Key_F9)


def list_drafts(bench: Bench) -> None:
    bench.key(Qt.Key.Key_D, CTRL)
    bench.idle()
    bench.window.go("vaccinate")
    bench.form.next_patient()


def import_record(bench: Bench) -> None:
    bench.window.open_record(json_record.dumps(complete_record(patient__family="Marsh")))
    bench.until(lambda: not bench.window.banner.offer.isHidden())
    bench.key(Qt.Key.Key_H, Qt.KeyboardModifier.AltModifier)
    bench.until(lambda: bench.form.form.answers()[identity.FAMILY] == "Marsh")


def go_to_sent(bench: Bench) -> None:
    bench.window.go("sent")
    same_patient(bench)
    bench.until(lambda: bench.form.isVisible() and not bench.form.person.asks)


def test_every_way_off_a_form_in_doubt_keeps_the_question(bench: Bench) -> None:
    made = sent(bench)
    for leave in (
        next_patient,
        list_drafts,
        import_record,
        go_to_sent,
        lambda one: begin_correction(one, made),
    ):
        bench.form.begin(FormStart("vaccination", whole=FormState(ROSE)))
        draft = bench.form.draft_id
        type_nora_over_the_names(bench)
        leave(bench)
        bench.idle()
        assert bench.form.draft_id != draft
        assert not asks(bench)
        mixed = {bench.form.form.answers()[key] for key in (identity.FAMILY, identity.GIVEN)}
        assert mixed.isdisjoint({"Quill", "Nora"})
        bench.form.begin(FormStart("vaccination", draft=kept(bench, draft)))
        assert asks(bench)
        bench.form.person.another.click()
        assert kept(bench, draft).state.answers[identity.FAMILY] == ROSE[identity.FAMILY]


def test_wrong_patient_on_a_correction_in_doubt_keeps_the_corrected_record_its_own(bench: Bench) -> None:
    made = sent(bench)
    begin_correction(bench, made)
    corrected = bench.form.draft_id
    type_without_leaving(bench, identity.FAMILY, "Quill")
    bench.form.band.wrong.click()
    bench.idle()
    state = bench.form.state()
    assert state.withdraws is not None
    assert (state.answers[identity.FAMILY], state.answers[identity.GIVEN]) == ("Quill", "")
    assert not bench.form.person.asks
    assert kept(bench, corrected).state.answers[identity.FAMILY] == ROSE[identity.FAMILY]


def test_the_patient_sent_last_is_taken_from_the_record_that_holds(bench: Bench) -> None:
    made = sent(bench)
    bench.until(lambda: bench.form.isVisible() and not bench.form.form.answers()[identity.FAMILY])
    bench.idle()
    same_patient(bench)  # the form after Send is empty
    assert bench.form.form.answers()[identity.NUMBER] == ROSE[identity.NUMBER]
    bench.key(Qt.Key.Key_F9)
    bench.office.ask(lambda desk: desk.acts.take_back(made, 1, "The wrong patient."), lambda _n: None)
    bench.idle()
    same_patient(bench)
    assert not bench.form.form.answers()[identity.NUMBER]
    assert bench.window.banner.notice.body.text() == TAKEN_BACK


TWINS: dict[str, str] = {"patient.sex": "male", "patient.postcode": "LS9 9ZZ", identity.BORN: "13/3/1971"}


def test_a_name_nearly_the_same_asks_once_anything_else_differs(bench: Bench) -> None:
    for key, text in TWINS.items():
        bench.form.begin(FormStart("vaccination", whole=FormState(ROSE)))
        type_over(bench, identity.GIVEN, "Roose")
        assert not asks(bench)
        bench.form.form.set_answers({key: text}, keep_rest=True)
        bench.form.check_now()
        assert asks(bench), key
        assert "first name" in bench.form.person.said.text()


def test_identity_is_checked_again_once_another_name_stands_there(bench: Bench) -> None:
    begun_for_rose(bench)
    checked = {"patient.identity_checked": "yes", "patient.traced": "pds"}
    bench.form.form.set_answers(checked, keep_rest=True)
    type_over(bench, identity.GIVEN, "ROSE")  # the same name
    assert checked.items() <= bench.form.form.answers().items()
    type_over(bench, identity.GIVEN, "Roose")
    assert not {key for key in checked if bench.form.form.answers()[key]}
    assert "Identity checked" in bench.form.person.said.text()
    assert bench.form.form.fields["patient.identity_checked"].isVisible()
    for key, text in checked.items():
        bench.form.form.set_answers({key: text}, keep_rest=True)
        bench.form.touched(key)
    assert not bench.form.person.isVisible()
    type_over(bench, identity.NUMBER, NORA[identity.NUMBER])
    bench.form.person.slip.click()
    assert not {key for key in checked if bench.form.form.answers()[key]}


def test_a_patient_found_while_another_was_typed_takes_nothing_of_that_one(bench: Bench) -> None:
    draft = begun_for_rose(bench)
    type_over(bench, identity.FAMILY, "Featherstone")
    bench.form.form.set_answers({"after.history": "Featherstone's history"}, keep_rest=True)
    bench.form.touched("after.history")
    bench.form.search.chosen.emit({key: text for key, text in NORA.items() if key in identity.IDENTIFYING})
    bench.idle()
    answers = bench.form.form.answers()
    assert (answers[identity.FAMILY], answers["after.history"]) == ("Quill", "")
    bench.form.save_draft()
    got: list[list[DraftView]] = []
    bench.office.ask(lambda desk: list(desk.drafts()), got.append)
    bench.until(lambda: bool(got))
    told = {one.state.answers[identity.FAMILY]: one.state.answers["after.history"] for one in got[0]}
    assert told == {"Quill": "", "Featherstone": "Featherstone's history", ROSE[identity.FAMILY]: ""}
    assert draft in {one.id for one in got[0]}


def test_answers_of_two_patients_without_a_name_stay_in_doubt(bench: Bench) -> None:
    begun_for_rose(bench)
    for family, question in (("Quill", "after.history"), ("Featherstone", "screening.note")):
        type_over(bench, identity.FAMILY, family)
        bench.form.form.set_answers({question: f"said by {family}"}, keep_rest=True)
        bench.form.touched(question)
        type_over(bench, identity.FAMILY, ROSE[identity.FAMILY])
    bench.form.person.another.click()
    mixed = bench.form.draft_id
    answers = bench.form.form.answers()
    assert (answers["after.history"], answers["screening.note"]) == ("said by Quill", "said by Featherstone")
    assert asks(bench)
    assert "Was:" not in bench.form.person.said.text()
    type_over(bench, identity.FAMILY, "Quill")
    assert asks(bench), "a name typed by hand says nothing of the rest"
    bench.form.save_draft()
    bench.form.next_patient()
    bench.form.begin(FormStart("vaccination", draft=kept(bench, mixed)))
    assert asks(bench)
    bench.form.arrive()
    assert bench.focused() is bench.form.person.another


def test_a_form_of_two_patients_is_kept_whole_and_another_is_begun(bench: Bench) -> None:
    known = {"contact.method": "in-person"}
    both = {"after.history": "said by Quill", "screening.note": "said by Featherstone"}
    know(bench, ROSE)
    for leave in ("found", "another"):
        bench.form.begin(FormStart("vaccination", whole=FormState({**known, **both}, agreed=known)))
        bench.form.changed()
        mixed = bench.form.draft_id
        assert asks(bench)
        if leave == "found":
            bench.form.search.chosen.emit({key: ROSE[key] for key in identity.IDENTIFYING})
        else:
            bench.form.person.another.click()
        bench.idle()
        assert bench.form.draft_id != mixed
        assert not {key for key in both if bench.form.form.answers()[key]}
        assert both.items() <= kept(bench, mixed).state.answers.items()
        assert kept(bench, mixed).state.agreed
    bench.form.begin(FormStart("vaccination", draft=kept(bench, mixed)))
    bench.form.person.slip.click()
    assert not asks(bench)
    assert both.items() <= bench.form.form.answers().items()


def test_previous_doses_are_told_of_nobody_who_cannot_be_looked_up(bench: Bench) -> None:
    for answers, told in (
        ({identity.FAMILY: "Quill"}, False),
        ({identity.GIVEN: "Nora", identity.BORN: "4/7/1969"}, False),
        ({identity.FAMILY: "Quill", identity.BORN: "4/7/1969"}, True),
        ({identity.NUMBER: NORA[identity.NUMBER]}, True),
    ):
        bench.form.begin()
        bench.form.fill(answers)
        bench.idle()
        bench.idle()
        assert bench.form.search.doses.isHidden() is not told, answers
        assert bench.form.search.box.field.label.isHidden(), answers
