"""Everything about one patient in the window: found, reviewed by keyboard, a line left out with a reason, saved."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTreeWidgetItem

from digmed_desktop.ui import files
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.patient_file import LINE, PatientFileSection
from tests.desk.test_retention import NUMBER, not_shared
from tests.history.samples import MovedClock
from tests.ui.conftest import Bench
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
    press(bench, page.put_back)
    assert first.text(2) == ""
    assert first.data(0, LINE) not in page._left_out
    bench.window.go("today")
    bench.idle()
    assert section(bench).list.topLevelItemCount() == 0, "the patient is off the page"
