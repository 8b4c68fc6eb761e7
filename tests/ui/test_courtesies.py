"""Courtesies of the window: the number copied by a button, widths and size remembered, undo in text."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from digmed_desktop.background.slowness import Slowness
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.reference.programmes import short_names
from digmed_desktop.settings import layout_file
from digmed_desktop.settings.layout_file import WindowLayout
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
    monkeypatch.setattr(Slowness, "AFTER_S", 0.3)
    before, focus, seen = page.geometry(), bench.focused(), list[bool]()
    bench.office.slowness.changed.connect(seen.append)
    bench.office.ask(lambda _desk: time.sleep(0.1), lambda _n: None)
    bench.idle()
    assert seen == [], "a quick answer needs no sign"
    bench.office.ask(lambda _desk: time.sleep(1.0), lambda _n: None)
    bench.until(working.isVisible)
    assert page.geometry() == before, "it moves nothing"
    assert bench.focused() is focus, "it takes no cursor"
    bench.until(lambda: not working.isVisible())
    assert seen == [True, False]


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
