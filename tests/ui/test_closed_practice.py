"""A closed practice on the form: what is said, asking online without waiting, and taking the successor with one key."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.desk.desk import Desk
from digmed_desktop.reference import ods_api
from digmed_desktop.reference.ods_api import OdsApi
from digmed_desktop.ui.forms.closed_practice import ASKING, ClosedPracticePanel
from tests.clinical.examples import complete_answers
from tests.desk.test_closed_practices import Directory, closed, is_open
from tests.ui.conftest import Bench
from tests.ui.test_counter_window import directory, do, huge, nonsense, sleeps

OLD, NEW = "X99999", "B82003"


def know(bench: Bench, *practices: ListedPractice, online: Directory | None = None) -> None:
    def work(desk: Desk) -> None:
        desk._store.gp_practices.replace(practices)
        if online is not None:
            desk.directory._directory = online  # type: ignore[assignment]

    do(bench, work)


def panel(bench: Bench) -> ClosedPracticePanel:
    return bench.form.practice_search.closed


def fill_in(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    bench.until(panel(bench).isVisible)


def test_the_kept_practice_of_a_patient_is_closed_and_one_key_takes_the_successor(bench: Bench) -> None:
    know(bench, closed(OLD, NEW), is_open(NEW, "New & Old Surgery"))
    fill_in(bench)
    assert "closed on 31 Mar 2026. New & Old Surgery (B82003) took over" in panel(bench).said.text()
    assert bench.form.form.answers()["practice.ods_code"] == OLD  # nothing is put in its place
    bench.key(Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    bench.until(lambda: bench.form.form.answers()["practice.ods_code"] == NEW)
    answers = bench.form.form.answers()
    assert (answers["practice.ods_code"], answers["practice.name"]) == (NEW, "New & Old Surgery")
    assert answers["practice.address_lines"] == "1 High Street"
    assert answers["practice.postcode"] == "LS1 1AA"
    bench.until(lambda: not panel(bench).isVisible())


def test_a_closed_practice_that_is_searched_leads_to_its_successor(bench: Bench) -> None:
    know(bench, closed(OLD, NEW, name="Overtown Surgery"), is_open(NEW, "New Surgery"))
    box = bench.form.practice_search.box
    box.editor.focus()
    bench.keys("overtown")
    bench.until(lambda: box.list.count() == 1)
    bench.key(Qt.Key.Key_Down)
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.focused() is panel(bench).take)
    assert panel(bench).head.text() == "Overtown Surgery (X99999) is closed"
    assert bench.form.form.answers()["practice.ods_code"] == ""
    bench.form.refresh()  # what is typed elsewhere does not take it away
    bench.idle()
    assert panel(bench).isVisible()
    bench.key(Qt.Key.Key_Return)
    assert bench.form.form.answers()["practice.ods_code"] == NEW


def test_an_unknown_successor_is_asked_for_online(bench: Bench) -> None:
    know(bench, closed(OLD), online=Directory(closed(OLD, NEW), is_open(NEW, "New Surgery")))
    fill_in(bench)
    assert panel(bench).take.isHidden()
    panel(bench).ask.setFocus()
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.focused() is panel(bench).take)
    assert "New Surgery (B82003) took over" in panel(bench).said.text()
    assert bench.form.form.answers()["practice.ods_code"] == OLD
    bench.key(Qt.Key.Key_Return)
    assert bench.form.form.answers()["practice.ods_code"] == NEW
    # who goes on meanwhile keeps the cursor; and where nobody took over, that is said
    know(
        bench,
        closed("C83001"),
        closed("C83002"),
        online=Directory(closed("C83001"), closed("C83002", NEW), is_open(NEW, "New Surgery")),
    )
    bench.form.fill({"practice.ods_code": "C83002"})
    bench.until(lambda: "C83002" in panel(bench).head.text() and panel(bench).isVisible())
    panel(bench).ask.click()
    bench.form.focus_field("patient.city")
    bench.until(lambda: not panel(bench).take.isHidden())
    assert bench.focused().accessibleName() == "Town or city"
    bench.form.fill({"practice.ods_code": "C83001"})
    bench.until(lambda: "C83001" in panel(bench).head.text() and panel(bench).take.isHidden())
    panel(bench).ask.click()
    bench.until(lambda: "does not name an open practice" in panel(bench).note.text())
    assert "Ask the patient" in panel(bench).said.text()


FAILURES: tuple[tuple[Callable[[BaseHTTPRequestHandler], None] | None, str], ...] = (
    (sleeps, "did not answer in time"),
    (nonsense, "could not be understood"),
    (huge, "far too long"),
    (None, "cannot be reached"),
)


def test_a_directory_that_fails_says_so_and_the_window_stays_alive(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ods_api, "READ_SECONDS", 1.0)
    know(bench, closed(OLD))
    fill_in(bench)
    for answer, says in FAILURES:
        with directory(answer or nonsense) as address:
            api = OdsApi(address if answer else "http://127.0.0.1:9")
            do(bench, lambda desk, use=api: setattr(desk.directory, "_directory", use))
            panel(bench).ask.click()
            assert panel(bench).note.text() == ASKING
            bench.form.focus_field("patient.city")
            bench.keys("X")  # typed while the directory is asked
            bench.until(lambda said=says: said in panel(bench).note.text())
    assert bench.form.form.answers()["patient.city"] == "LeedsXXXX"
    assert bench.form.form.answers()["practice.ods_code"] == OLD
    assert panel(bench).ask.isEnabled()


def test_it_leaves_with_the_practice_and_with_the_patient(bench: Bench) -> None:
    know(bench, closed(OLD, NEW), is_open(NEW, "New Surgery"))
    fill_in(bench)
    bench.form.next_patient()
    bench.idle()
    assert panel(bench).isHidden()
    fill_in(bench)
    bench.form.fill({"practice.registered": "no"})
    bench.until(panel(bench).isHidden)
