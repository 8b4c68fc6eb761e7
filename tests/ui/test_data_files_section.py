"""A manager names the folder of newer data files: a folder that would be refused is not kept, and IT's goes before."""

from datetime import date
from pathlib import Path

import pytest

from digmed_desktop.desk.files import brought_data
from digmed_desktop.settings.policy import SET_BY_IT, Policy
from digmed_desktop.ui.pages.settings.data_files import DataFilesSection
from digmed_desktop.ui.pages.settings.page import SettingsPage
from tests.data_files.test_next_season import OF_A_SEASON, next_season
from tests.ui.conftest import Bench

PROGRAM_ONLY = "All data files in use come with the program."


@pytest.fixture
def section(bench: Bench) -> DataFilesSection:
    brought_data.adopt("", bench.folder / brought_data.HOME, date(2026, 11, 29))
    bench.window.go("settings")
    page = bench.window.page("settings")
    assert isinstance(page, SettingsPage)
    found = page.section("data-files")
    assert isinstance(found, DataFilesSection)
    found.arrive()
    bench.until(lambda: PROGRAM_ONLY in found.said.body.text())
    return found


def saved(bench: Bench, section: DataFilesSection, folder: Path | str, head: str) -> str:
    section.folder.set_answer(str(folder))
    section.save.click()
    bench.until(lambda: section.said.head.text() == head)
    assert section.folder.answer() == str(folder), "nothing typed is lost"
    return section.said.body.text()


def test_a_folder_that_would_be_refused_is_not_kept_and_a_good_one_is(
    bench: Bench, section: DataFilesSection, tmp_path: Path
) -> None:
    made, good = bench.window.context.made, tmp_path / "good"
    next_season(OF_A_SEASON[-1], good)
    assert "cannot be found" in saved(bench, section, tmp_path / "nowhere", "Not saved")
    assert "full name of a folder" in saved(bench, section, "data", "Not saved")
    (tmp_path / "bad" / "rules").mkdir(parents=True)
    (tmp_path / "bad" / "rules" / "stops.toml").write_text("stop = 1", encoding="utf-8")
    assert "rules/stops.toml" in saved(bench, section, tmp_path / "bad", "Not saved")
    assert made.now.data_folder == ""
    assert "starts again" in saved(bench, section, good, "Saved")
    assert made.now.data_folder == str(good)


def test_a_folder_that_it_named_can_only_be_read(
    bench: Bench, section: DataFilesSection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bench.window.context.made
    monkeypatch.setattr(made._choices, "policy", Policy({"data_folder": "/srv/digmed"}))
    section.arrive()
    assert not section.save.isEnabled()
    assert not section.choose.isEnabled()
    assert section.fields["data_folder"]._set_by_it.text() == SET_BY_IT
