"""A name that is only like the one typed is offered, and taken by nobody's Enter."""

from collections.abc import Mapping

from PySide6.QtCore import Qt

from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.ui.widgets.search_box import SIMILAR
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.reading import until_read
from tests.ui.test_one_person import NORA, ROSE, know

KHAN = {
    **complete_answers(),
    "patient.nhs_number": "999 000 0026",
    "patient.given": "Mohammed",
    "patient.family": "Khan",
    "patient.date_of_birth": "1/10/1926",
}


def searched(bench: Bench, typed: str, *, slowly: bool = False) -> Mapping[str, str]:
    """Type into an empty form's Find, press Enter at once or once the list was read, and return the answers."""
    box = bench.form.search.box
    bench.form.begin()
    bench.form.search.focus()
    bench.keys(typed)
    if slowly:
        bench.until(lambda: bool(box._hits) or not box.said.isHidden())
        if box._hits:
            until_read(bench, box)
    bench.key(Qt.Key.Key_Return)
    bench.until(
        lambda: (
            box.list.count() > 0 or not box.said.isHidden() or bool(bench.form.answers()["patient.family"])
        )
    )
    bench.idle()
    return bench.form.answers()


def test_enter_takes_nobody_whose_name_is_only_similar(bench: Bench) -> None:
    know(bench, ROSE, NORA, KHAN)
    box = bench.form.search.box
    for typed in ("Ahmed Khan", "Mohamad Khan", "Quilty Nora", "Nora Quilligan"):
        for slowly in (False, True):
            answers = searched(bench, typed, slowly=slowly)
            assert not answers["patient.family"] + answers["patient.nhs_number"], (typed, slowly)
            assert box.list.count(), typed
            assert box.list.item(0).text() == SIMILAR, typed
            assert box.list.currentRow() < 0, typed
            assert not box.said.isHidden(), typed
    box.list.setFocus(Qt.FocusReason.TabFocusReason)
    bench.key(Qt.Key.Key_Return)
    assert not bench.form.answers()["patient.family"], "the cursor came into the list"
    searched(bench, "Nora Quilligan")
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Return)
    assert bench.form.answers()["patient.family"] == "Quill", "chosen with the arrow"


def test_enter_at_once_takes_only_what_was_typed_whole(bench: Bench) -> None:
    know(bench, ROSE, NORA, KHAN)
    for typed in ("khan", "mohammed khan", "9990000026", "1/10/1926"):
        assert searched(bench, typed)["patient.family"] == "Khan", typed
    for typed in ("999000002", "1/10/26", "Moh Khan", "mohammed kha", "K"):
        assert not searched(bench, typed)["patient.family"], f"{typed} at once"
        assert searched(bench, typed, slowly=True)["patient.family"] == "Khan", (
            f"{typed} once the list was read"
        )


def test_enter_chooses_none_of_several_that_come_into_view_under_it(bench: Bench) -> None:
    know(bench, ROSE, NORA, {**KHAN, "patient.family": "Quill"})
    bench.form.search.focus()
    bench.keys("quill")
    bench.until(lambda: bench.form.search.box.list.count() > 1)
    bench.key(Qt.Key.Key_Return)
    assert not bench.form.answers()["patient.family"]


def test_of_two_patients_with_one_name_enter_takes_neither_until_an_arrow_marks_one(bench: Bench) -> None:
    """Father and son, or two strangers: the dates of birth are to be read first."""
    older = {**NORA, "patient.nhs_number": "999 000 0026", "patient.date_of_birth": "4/7/1939"}
    know(bench, ROSE, NORA, older)
    box = bench.form.search.box
    for typed in ("quill nora", "Nora QUILL", "quill", "nora"):
        assert not searched(bench, typed, slowly=True)["patient.family"], typed
        assert box.list.currentRow() < 0, typed
        assert bench.focused() is box.editor.line, typed
        assert "↓" in box.said.text(), typed
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Down)
    chosen = box.list.currentItem().text()
    bench.key(Qt.Key.Key_Return)
    assert bench.form.answers()["patient.family"] == "Quill"
    assert bench.form.answers()["patient.nhs_number"] in chosen
    assert searched(bench, "quill 4/7/1939")["patient.nhs_number"] == "999 000 0026", (
        "the birth tells them apart"
    )


def test_a_code_typed_in_part_takes_no_practice_unseen(bench: Bench) -> None:
    practice = Organisation("Park Surgery", "Y00001", Address(("1 High Street",), "Leeds", "LS1 1AA"))
    bench.office.ask(lambda desk: desk._store.practices.remember(practice), lambda _n: None)
    bench.idle()
    box = bench.form.practice_search.box
    for typed, taken in (("Y0000", ""), ("Y00001", "Y00001")):
        bench.form.practice_search.focus()
        bench.keys(typed)
        bench.key(Qt.Key.Key_Return)
        bench.until(lambda: box.list.count() > 0 or not box.text)
        assert bench.form.answers()["practice.ods_code"] == taken, typed
        box.clear()


def test_a_name_typed_in_part_takes_no_practice_unseen(bench: Bench) -> None:
    """Also of what the directory knows: another practice may have the same beginning."""
    practice = Organisation("Park Lane Surgery", "Y00001", Address(("1 High Street",), "Leeds", "LS1 1AA"))
    bench.office.ask(lambda desk: desk._store.practices.remember(practice), lambda _n: None)
    bench.idle()
    box = bench.form.practice_search.box
    for typed in ("park", "P", "ls1 1aa", "Park Lane", "Park Lane Surgery"):
        bench.form.practice_search.focus()
        bench.keys(typed)
        bench.key(Qt.Key.Key_Return)
        bench.until(lambda: box.list.count() > 0 or not box.text)
        taken = "Y00001" if typed == practice.name else ""
        assert bench.form.answers()["practice.ods_code"] == taken, typed
        box.clear()


def test_of_two_practices_with_one_name_enter_takes_neither_until_an_arrow_marks_one(bench: Bench) -> None:
    for code, town in (("Y00001", "Leeds"), ("Y00002", "York")):
        practice = Organisation("Park Surgery", code, Address(("1 High Street",), town, "LS1 1AA"))
        bench.office.ask(lambda desk, one=practice: desk._store.practices.remember(one), lambda _n: None)
    bench.idle()
    box = bench.form.practice_search.box
    bench.form.practice_search.focus()
    bench.keys("park surgery")
    until_read(bench, box)
    bench.key(Qt.Key.Key_Return)
    assert "↓" in box.said.text()
    assert not bench.form.answers()["practice.ods_code"]
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Return)
    assert bench.form.answers()["practice.ods_code"]
