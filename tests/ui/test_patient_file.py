"""Everything about one patient in the window: found, reviewed by keyboard, a line left out with a reason, saved."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTreeWidgetItem

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.patients.patient_file import PatientFileDesk
from digmed_desktop.tour.player import pause
from digmed_desktop.ui import files
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.patient_file import LINE, PatientFileSection
from tests.desk.test_retention import NUMBER, not_shared
from tests.history.samples import MovedClock
from tests.ui.conftest import Bench
from tests.ui.test_fast_hands import slow
from tests.ui.test_one_person import NORA, ROSE
from tests.ui.test_retention import press


def section(bench: Bench) -> PatientFileSection:
    bench.window.open_section("patient-file")
    settings = bench.window.page("settings")
    assert isinstance(settings, SettingsPage)
    page = settings.section("patient-file")
    assert isinstance(page, PatientFileSection)
    bench.idle()
    return page


def lines(page: PatientFileSection) -> list[QTreeWidgetItem]:
    tops = [page.list.topLevelItem(place) for place in range(page.list.topLevelItemCount())]
    found = [top.child(place) for top in tops if top is not None for place in range(top.childCount())]
    return [item for item in found if item is not None]


def test_a_manager_gathers_reviews_and_saves_by_keyboard(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.office.ask(lambda desk: not_shared(desk._store, MovedClock(bench.clock.moment)), lambda _n: None)
    bench.idle()
    page = section(bench)
    page.focus_field("file.who")
    bench.keys(NUMBER)
    press(bench, page.find_button)
    bench.until(lambda: any(b.isVisible() and b.text() == "Gather" for b in page.findChildren(QPushButton)))
    (gather,) = [b for b in page.findChildren(QPushButton) if b.isVisible() and b.text() == "Gather"]
    press(bench, gather)
    bench.until(lambda: not page.work.is_running and page.list.topLevelItemCount() > 0)
    bench.key(Qt.Key.Key_Down)
    first = page.list.currentItem()
    assert first is lines(page)[0]
    assert first.text(0) in page.whole.text()
    press(bench, page.leave)
    assert "why this is left out" in page.fields["file.why"].sentence
    page.focus_field("file.why")
    bench.keys("about a neighbour")
    press(bench, page.leave)
    assert first.text(2) == "about a neighbour"
    targets: list[str] = []

    def where(_parent: object, _title: str, name: str, _kind: str) -> Path:
        targets.append(name)
        return tmp_path / f"{name}.json"

    monkeypatch.setattr(files, "ask_where", where)
    press(bench, page.json)
    bench.until(lambda: "1 line left out" in page.work.said.body.text())
    assert targets == [f"patient-file-{bench.clock.moment.date().isoformat()}"]
    data = json.loads((tmp_path / f"{targets[0]}.json").read_text(encoding="utf-8"))
    assert [one["why"] for one in data["left_out"]] == ["about a neighbour"]
    press(bench, page.put_back_button)
    assert first.text(2) == ""
    assert first.data(0, LINE) not in page._left_out
    bench.window.go("today")
    bench.idle()
    assert section(bench).list.topLevelItemCount() == 0, "the patient is off the page"


def test_who_was_chosen_last_is_who_is_gathered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gathering takes long: what comes late for another patient, or for a page that was left, is not shown."""
    for answers in (ROSE, NORA):
        send(bench, answers)
    rose, nora = sorted(one.id for one in bench.rows())
    slow(monkeypatch, PatientFileDesk, "gather")
    page = section(bench)
    page._gather(rose)
    page._gather(nora)
    assert page.about.text() == ""
    bench.until(lambda: not page.work.is_running and page.list.topLevelItemCount() > 0)
    assert page.about.text().startswith("QUILL")
    page._gather(rose)
    assert page._file is None, "nothing of the one before can be saved for the next"
    bench.window.go("today")
    assert section(bench) is page
    bench.until(lambda: not page.work.is_running)
    pause(20)
    assert (page._file, page.about.text()) == (None, "")


def send(bench: Bench, answers: dict[str, str]) -> None:
    def store(desk: Desk) -> int:
        state = FormState(answers)
        asked = [p for p in desk.preview("vaccination", state).problems if p.needs_reason]
        whole = FormState(answers, reasons={p.reason_key: "A test." for p in asked})
        return desk.send("vaccination", answers["patient.given"], whole, 1).notification or 0

    stored: list[int] = []
    bench.office.ask(store, stored.append)
    bench.until(lambda: bool(stored))
    assert stored[0]
