"""Find or do: pages, actions, patients and recent searches by keyboard alone, as far as somebody may."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from shiboken6 import delete

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui import find_or_do
from digmed_desktop.ui.palette import Palette
from digmed_desktop.ui.widgets.search_box import READ_MS
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

CONTROL = Qt.KeyboardModifier.ControlModifier
K = Qt.Key.Key_K


def opened(bench: Bench) -> Palette:
    palette = bench.window.find_or_do.palette
    bench.activate()
    bench.key(K, CONTROL)
    bench.until(lambda: palette.isVisible() and palette.line.hasFocus())
    return palette


def lines(palette: Palette) -> list[str]:
    return [palette.list.item(n).text() for n in range(palette.list.count())]


def marked(palette: Palette) -> str:
    item = palette.list.currentItem()
    return item.text() if item is not None else ""


def test_pages_actions_and_patients_are_found_by_keyboard_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.office.ask(
        lambda desk: desk.send("vaccination", "d1", FormState(complete_answers()), 1), lambda _s: None
    )
    bench.idle()
    window = bench.window
    before = bench.focused()

    palette = opened(bench)
    bench.key(Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert bench.focused() is before, "the cursor is back where it was"

    palette = opened(bench)
    bench.keys("conn")
    assert lines(palette) == ["Actions", "Check the connection", "Pages", "Settings: Connection"]
    bench.key(Qt.Key.Key_Down)
    assert marked(palette) == "Settings: Connection"
    bench.key(Qt.Key.Key_Return)
    bench.until(window.page("settings").isVisible)

    palette = opened(bench)
    bench.keys("oneill")
    bench.until(lambda: any("O'NEILL" in one for one in lines(palette)))
    monkeypatch.setattr("digmed_desktop.ui.palette.READ_MS", 100 * READ_MS)
    bench.key(Qt.Key.Key_Return)
    assert palette.isVisible(), "an Enter that was on its way takes nothing that came after it"
    monkeypatch.setattr("digmed_desktop.ui.palette.READ_MS", READ_MS)
    bench.qtbot.wait(READ_MS + 50)
    bench.key(Qt.Key.Key_Return)
    bench.until(window.sent.isVisible)
    bench.until(lambda: len(window.sent.model.rows) == 1)
    number = window.sent.search.text

    palette = opened(bench)
    assert lines(palette)[:2] == [find_or_do.RECENT, number]
    bench.keys("oneill")
    bench.until(lambda: any("O'NEILL" in one for one in lines(palette)))
    bench.key(Qt.Key.Key_Down)  # who chooses has read it
    bench.key(Qt.Key.Key_Return, CONTROL)
    bench.until(bench.form.isVisible)
    bench.until(lambda: bench.form.form.answers()["patient.family"] == "O'Neill")


def test_nothing_of_it_is_left_at_the_lock(bench: Bench) -> None:
    window = bench.window
    person = window.context.acting.person
    assert person is not None
    window.context.recent.note(replace(window.sent.search, text="O'Neill"))
    window.context.acting.become(replace(person, refused={}))
    assert window.context.recent.searches, "new rights of the same person change nothing"
    palette = opened(bench)
    bench.keys("o'neill")
    window.lock()
    assert not palette.isVisible()
    assert palette.line.text() == ""
    assert palette.list.count() == 0
    assert window.context.recent.searches == ()
    bench.key(K, CONTROL)
    assert not palette.isVisible(), "nobody is signed in"


def test_it_offers_what_a_person_may_do(bench: Bench) -> None:
    context = bench.window.context
    person = context.acting.person
    assert person is not None
    palette = opened(bench)
    assert {"Make a backup", "Show records that need action"} <= set(lines(palette))
    bench.key(Qt.Key.Key_Escape)
    no = {Permission.SEE_RECORDS: "You may not.", Permission.MAKE_BACKUP: "You may not."}
    context.acting.become(replace(person, refused=no))
    context.recent.note(replace(bench.window.sent.search, text="O'Neill"))
    palette = opened(bench)
    offered = set(lines(palette))
    assert not {"Make a backup", "Show records that need action", find_or_do.RECENT} & offered
    assert {"Record a vaccination", "Register"} <= offered
    assert QApplication.focusWidget() is palette.line


def test_what_had_the_cursor_may_be_gone_when_it_closes(bench: Bench) -> None:
    today = bench.window.page("today")
    bench.window.go("today")
    bench.idle()
    line = QPushButton("A line that the next round lays anew", today)
    line.show()
    line.setFocus()
    palette = opened(bench)
    delete(line)
    palette.put_away()
    assert not palette.isVisible()
    assert today.isAncestorOf(bench.focused()), "the cursor is on the page again"


def test_it_waits_until_somebody_is_inside(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    window = bench.window
    window.signing_in.let_in(window.context.people[0])
    assert window.signing_in.is_outside(window.pages.in_view), "the lists of the forms are not there yet"
    window.find_or_do.open()
    assert not window.find_or_do.palette.isVisible()
    bench.until(lambda: not window.signing_in.is_outside(window.pages.in_view))
    bench.idle()
    assert opened(bench).isVisible()


def test_it_names_no_key_that_does_nothing(bench: Bench) -> None:
    person = bench.window.context.acting.person
    assert person is not None
    palette = opened(bench)
    assert "Ctrl+Enter" in palette.help.text()
    no = {Permission.RECORD_VACCINATION: "You may not."}
    bench.window.context.acting.become(replace(person, refused=no))
    palette = opened(bench)
    for said in (palette.help.text(), palette.line.accessibleDescription()):
        assert "Ctrl+Enter" not in said
        assert "Esc closes" in said


def test_no_key_acts_on_the_page_under_it(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    bench.idle()
    draft = bench.form.draft_id
    window = bench.window
    palette = opened(bench)
    bench.key(Qt.Key.Key_F9)  # next patient
    bench.key(Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert palette.isVisible()
    assert bench.form.draft_id == draft
    assert bench.form.form.answers()["patient.family"] == "O'Neill"
    assert "9990123020" not in QApplication.clipboard().text()
    bench.key(Qt.Key.Key_F5)
    bench.until(window.sent.isVisible)
    bench.until(lambda: not palette.isVisible())  # a key that its lines name leads where they lead
    palette = opened(bench)
    bench.key(K, CONTROL)
    assert not palette.isVisible()
    opened(bench)
    bench.key(Qt.Key.Key_L, CONTROL)
    bench.until(window.sign_in.isVisible)
