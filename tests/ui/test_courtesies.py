"""Courtesies of the window: the number copied by a button, widths and size remembered, undo in text."""

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from digmed_desktop.background.slowness import Slowness
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.reference.programmes import short_names
from digmed_desktop.settings import layout_file
from digmed_desktop.settings.layout_file import WindowLayout
from digmed_desktop.ui import printing
from digmed_desktop.ui.clipboard import MARKS
from digmed_desktop.ui.pages.sent_items import TABLE
from digmed_desktop.ui.pages.sent_model import STATE, WHAT
from digmed_desktop.ui.patient_banner import COPIED, COPY
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench


def test_what_the_window_remembers_and_copies(bench: Bench, tmp_path: Path) -> None:
    window, clipboard = bench.window, QApplication.clipboard()
    bench.form.fill({"patient.nhs_number": "9990123020", "patient.family": "O'Neill"})
    bench.until(window.patient.copy.isVisible)
    assert window.patient.copy.accessibleName() == COPY
    assert window.patient.copy.height() >= 28
    bench.activate()
    bench.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert clipboard.text() == "9990123020"
    assert all(name in clipboard.mimeData().formats() for name in MARKS)
    assert window.toast.head.text() == COPIED
    bench.form.fill({"patient.nhs_number": ""})
    bench.until(lambda: not window.patient.copy.isVisible())

    line = bench.form.form.fields["patient.family"].editor.line  # type: ignore[attr-defined]
    line.setFocus()
    line.selectAll()
    bench.keys("Wrong")
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "O'Neill", "undo in text"

    bench.office.ask(
        lambda desk: desk.send("vaccination", "d1", FormState(complete_answers()), 1), lambda _s: None
    )
    page, layout = window.sent, window.context.layout
    assert page.empty.isHidden(), "nobody has read yet that there is nothing"
    window.go("sent")
    bench.until(lambda: len(page.model.rows) == 1)
    what = page.model.index(0, WHAT)
    whole = page.model.rows[0].what
    bench.until(lambda: what.data() == short_names()[whole])  # the table has the short name
    assert len(what.data()) < len(whole)
    assert what.data(Qt.ItemDataRole.ToolTipRole) == whole, "the tip has the whole one"
    person = window.context.acting.id
    assert layout.widths(TABLE, person) == {}, "the program's own widths are nobody's choice"
    header = page.table.horizontalHeader()
    header.resizeSection(0, 300)  # as a person draws it
    window.resize(1400, 800)
    bench.until(lambda: window.width() == 1400)
    bench.idle()
    assert abs(header.sectionSize(0) - 300) < page.fontMetrics().horizontalAdvance("m")
    assert layout.widths(TABLE, 99) == {}, "another person has their own"

    window.context.appearance.set("light", 200)
    window.resize(1280, 720)
    bench.until(lambda: window.width() == 1280)
    bench.idle()
    page._forget_widths()
    needed = page.table.fontMetrics().horizontalAdvance(page.model.state_text(page.model.rows[0]))
    assert header.sectionSize(STATE) > needed, "the state is read whole"
    window.context.appearance.set("light", 100)
    window.resize(1400, 800)
    bench.until(lambda: window.width() == 1400)
    header.resizeSection(0, 300)

    layout.file = tmp_path / "window.json"
    window._keep_size()
    again = layout_file.load(layout.file)
    assert again.size == (1400, 800)
    assert again.widths(TABLE, person) == layout.widths(TABLE, person) != {}
    page._forget_widths()
    assert layout.widths(TABLE, person) == {}

    window.lock()
    assert clipboard.text() != "9990123020", "the lock takes it"


def test_what_takes_longer_than_a_second_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    working, page = bench.window.working, bench.window.pages
    monkeypatch.setattr(Slowness, "AFTER_S", 60.0)
    before, focus, seen = page.geometry(), bench.focused(), list[bool]()
    bench.office.slowness.changed.connect(seen.append)
    bench.office.ask(lambda _desk: time.sleep(0.1), lambda _n: None)
    bench.idle()
    assert seen == [], "a quick answer needs no sign"
    monkeypatch.setattr(Slowness, "AFTER_S", 0.3)
    answer = threading.Event()
    bench.office.ask(lambda _desk: answer.wait(60), lambda _n: None)
    bench.until(working.isVisible)
    assert page.geometry() == before, "it moves nothing"
    assert bench.focused() is focus, "it takes no cursor"
    answer.set()
    bench.until(lambda: not working.isVisible())
    assert seen == [True, False]


@pytest.mark.parametrize(
    ("field", "typed", "filled"),
    [
        ("vaccine.batch", "AB12", "XY99"),
        ("after.notes", "Sat down for a while", "Waited for 15 minutes"),
        ("patient.family", "Smith", "Smythe"),
        ("patient.nhs_number", "999", "9990123020"),
    ],
)
def test_undo_brings_back_what_was_typed_before_the_program_filled_it_in(
    bench: Bench, field: str, typed: str, filled: str
) -> None:
    form, editor = bench.form.form, bench.form.form.fields[field].editor
    bench.form.focus_field(field)
    bench.keys(typed)
    form.set_answers({field: filled}, keep_rest=True)
    shown = editor.answer()
    assert shown.replace(" ", "") == filled.replace(" ", "")
    bench.form.focus_field(field)
    told: list[str] = []
    form.edited.connect(told.append)
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.answer() == typed
    assert field in told, "the form follows it like a key"
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert editor.answer() == shown, "and redo"

    form.set_answers({field: filled}, keep_rest=True)
    bench.form.next_patient()
    begun = editor.answer()  # a batch stays from patient to patient
    bench.form.focus_field(field)
    for _ in range(3):
        bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.answer() == begun != typed, "nothing of the patient before"


def test_undo_takes_back_the_shape_that_the_program_gave(bench: Bench) -> None:
    number, born = (
        bench.form.form.fields[key].editor for key in ("patient.nhs_number", "patient.date_of_birth")
    )
    bench.form.focus_field("patient.nhs_number")
    bench.keys("9990123020")
    assert number.answer() == "999 012 3020"
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert number.answer() == "9990123020"
    day = born.parts()[0]
    bench.form.focus_field("patient.date_of_birth")
    bench.keys("today")
    whole = born.answer()
    assert whole.count("/") == 2
    day.setFocus()
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert born.answer() != whole


WAYS = {
    "a question": lambda office, work, done: office.ask(lambda _desk: work(), done),
    "work without records": lambda office, work, done: office.run(work, done),
    "a file, a backup, an import": lambda office, work, done: office.errand(lambda _desk: work(), done),
    "a preview": lambda office, work, done: office.preview(lambda _desk: work(), done),
    "a test of the connection": lambda office, work, done: office.enquire(lambda _desk: work(), done),
    "a restore": lambda office, work, done: office.reopen(work, done),
}
"""Each way by which the window has something done that may take long."""


@pytest.mark.parametrize("way", WAYS)
def test_every_wait_that_is_long_has_the_same_sign(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    working, go_on = bench.window.working, threading.Event()
    monkeypatch.setattr(Slowness, "AFTER_S", 0.1)
    WAYS[way](bench.office, go_on.wait, lambda _answer: None)
    bench.until(working.isVisible)
    go_on.set()
    bench.until(lambda: not working.isVisible())


def test_nobody_waits_for_a_preview_that_a_newer_one_replaced(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, made = threading.Event(), threading.Event(), list[int]()
    monkeypatch.setattr(Slowness, "AFTER_S", 0.1)

    def first(_desk: object) -> int:
        begun.set()
        go_on.wait()
        return 1

    bench.office.preview(first, made.append)
    bench.until(begun.is_set)
    bench.office.preview(lambda _desk: 2, made.append)
    bench.office.preview(lambda _desk: 3, made.append)
    go_on.set()
    bench.until(lambda: made[-1:] == [3])
    assert made == [1, 3]
    time.sleep(0.2)  # longer than a wait without a sign
    bench.office.ask(lambda _desk: None, lambda _answer: made.append(4))
    bench.until(lambda: made[-1] == 4)
    bench.until(lambda: not bench.window.working.isVisible())


def test_what_nobody_asked_for_has_no_sign(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Slowness, "AFTER_S", 0.0)
    seen, done = list[bool](), list[object]()
    bench.idle()
    bench.office.slowness.changed.connect(seen.append)
    bench.office.errand(lambda _desk: time.sleep(0.3), done.append, unasked=True)
    bench.office.enquire(lambda _desk: time.sleep(0.3), done.append, unasked="reach")
    bench.until(lambda: len(done) == 2)
    assert seen == []


def test_a_test_of_the_connection_is_answered_though_a_practice_is_chosen_meanwhile(bench: Bench) -> None:
    answered: list[str] = []
    go_on = threading.Event()
    bench.office.enquire(lambda _desk: go_on.wait(), lambda _answer: answered.append("first"))
    bench.office.enquire(lambda _desk: None, lambda _answer: answered.append("test"))
    bench.office.enquire(lambda _desk: None, lambda _answer: answered.append("practice"), unasked="reach")
    go_on.set()
    bench.until(lambda: "practice" in answered)
    assert answered == ["first", "test", "practice"]


def test_printing_many_pages_has_the_sign_before_it_begins(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs: list[bool] = []
    monkeypatch.setattr(printing, "choose", lambda _parent, _printed: QPrinter())
    monkeypatch.setattr(
        printing, "paint", lambda _printer, _printed: signs.append(bench.window.working.isVisible())
    )
    for size in (10, printing.LONG):
        document = Printed("Register", "<p>" + "x" * size, "", landscape=False)
        printing.print_on_paper(
            bench.window.context,
            bench.window,
            document,
            lambda error: pytest.fail(str(error)),
            note=lambda _desk, _printed: None,
        )
        bench.until(lambda: len(signs) == (1 if size == 10 else 2))  # noqa: B023  (waits here)
    assert signs == [False, True]
    bench.until(lambda: not bench.window.working.isVisible())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"size": [1, "2"]}',
        '{"size": [1e9, 2]}',
        '{"columns": {"sent/1": {"x": 3}}}',
        '{"columns": 3}',
        '{"columns": {"sent/1": {"-100": 50}}}',
        '{"columns": {"sent/1": {"1e9": 50}}}',
        '{"columns": {"sent/1": {"900": 50}}}',
        '{"size": [0, 0]}',
        '{"size": [1, 1]}',
        '{"size": [-1280, 720]}',
    ],
)
def test_a_damaged_file_counts_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "window.json"
    file.write_text(text, encoding="utf-8")
    assert layout_file.load(file) == WindowLayout(file=file)
