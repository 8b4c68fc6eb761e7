"""A search that answers late replaces nothing that was chosen or typed meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.desk.views.general import PracticeFound
from digmed_desktop.ui.context import FormStart
from digmed_desktop.ui.forms.practice_search import PracticeSearch
from digmed_desktop.ui.widgets.words import Words
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

CTRL = Qt.KeyboardModifier.ControlModifier
Late = Callable[[], None]


def practice(code: str, *, known: bool) -> PracticeFound:
    place = Address(("1 High Street",), "Leeds", "LS1 4AP") if known else Address()
    return PracticeFound(Organisation(f"Surgery {code}", code, address=place))


@pytest.fixture
def held(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[Late]:
    """Hold back what the directory answers, so that a test says when it comes."""
    waiting: list[Late] = []

    def errand(_work: object, done: Callable[[Any], None], _failed: object) -> None:
        waiting.append(lambda: done(practice("A11111", known=True)))

    monkeypatch.setattr(bench.form._context.office, "errand", errand)
    return waiting


def searching(bench: Bench) -> PracticeSearch:
    bench.form.fill({**complete_answers(), "practice.ods_code": "", "practice.name": ""})
    return bench.form.practice_search


def code(bench: Bench) -> str:
    return bench.form.answers()["practice.ods_code"]


def test_a_practice_that_comes_late_is_taken_while_nothing_else_was(bench: Bench, held: list[Late]) -> None:
    searching(bench).box.taken.emit(practice("A11111", known=False))
    held[0]()
    assert code(bench) == "A11111"


def test_a_practice_that_comes_late_replaces_none_chosen_after_it(bench: Bench, held: list[Late]) -> None:
    search = searching(bench)
    search.box.taken.emit(practice("A11111", known=False))
    search.box.taken.emit(practice("B22222", known=True))
    assert code(bench) == "B22222"
    held[0]()
    assert code(bench) == "B22222"


def test_of_two_that_come_late_the_one_chosen_last_is_taken(bench: Bench, held: list[Late]) -> None:
    search = searching(bench)
    search.box.taken.emit(practice("B22222", known=False))
    search.box.taken.emit(practice("A11111", known=False))
    assert len(held) == len({"first", "second"})
    held[1]()
    assert code(bench) == "A11111"
    bench.form.form.set_answers({"practice.ods_code": "C33333"}, keep_rest=True)
    held[0]()
    assert code(bench) == "C33333"


def test_a_practice_that_comes_late_replaces_nothing_typed(bench: Bench, held: list[Late]) -> None:
    searching(bench).box.taken.emit(practice("A11111", known=False))
    bench.form.focus_field("practice.ods_code")
    bench.keys("B8")
    held[0]()
    assert code(bench) == "B8"


def test_what_changes_under_the_check_page_is_checked_again_before_it_is_sent(
    bench: Bench, held: list[Late]
) -> None:
    """A practice that was chosen before Check and comes after it: Send sends what Check shows, and nothing else."""
    bench.form.begin(FormStart("vaccination", whole=FormState(complete_answers())))
    bench.idle()
    place = len(held)
    bench.form.practice_search.box.taken.emit(practice("A11111", known=False))
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.until(bench.window.check.isVisible)
    held[place]()
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: "Surgery A11111" in shown_on_check(bench))
    assert bench.rows() == []
    assert bench.window.check.isVisible()
    assert bench.window.banner.isVisible()
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: bool(bench.rows()))
    assert bench.rows()[0].practice_name == "Surgery A11111"


def shown_on_check(bench: Bench) -> set[str]:
    page = bench.window.check._scroll.widget()
    assert page is not None
    return {words.text() for words in page.findChildren(Words)}


@pytest.mark.parametrize("leaves", [True, False])
def test_one_found_late_is_taken_only_while_the_cursor_waits(bench: Bench, leaves: bool) -> None:
    known = {**complete_answers(), "patient.family": "Quill", "patient.nhs_number": "999 000 0018"}
    done: list[int] = []
    bench.office.ask(lambda desk: desk.patients.remember(known), lambda _n: done.append(1))
    bench.until(lambda: bool(done))
    box = bench.form.search.box
    bench.form.search.focus()
    bench.keys("quill")
    bench.key(Qt.Key.Key_Return)
    if leaves:
        bench.form.focus_field("patient.family")
        bench.keys("Va")
    bench.until(lambda: box.list.count() == 1 or bench.form.answers()["patient.family"] == "Quill")
    bench.idle()
    assert bench.form.answers()["patient.family"] == ("Va" if leaves else "Quill")
