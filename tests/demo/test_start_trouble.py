"""Where the practice MESH does not start, the records are let go of and nobody is asked to restore them."""

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from digmed_desktop import app
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.messaging.clock import SystemClock
from digmed_desktop.messaging.errors import NotStartedError
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings import Settings
from digmed_desktop.ui.application import make_application


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that would run the practice MESH ends at once, as under a launcher that does not know it."""
    monkeypatch.setattr(sys, "executable", "/bin/false")


@pytest.mark.usefixtures("no_child", "memory_keyring")
def test_the_records_are_closed_when_the_practice_mesh_does_not_start(home: Path) -> None:
    folders, clock = folder_room.prepare(practice=True), SystemClock()
    with pytest.raises(NotStartedError, match="did not start"):
        app.open_desk(folders, Choices(Settings()), clock, app.PracticePart(folders, answer_after=0.0))
    opening.open_store(folders, opening.open_vault(folders), clock).close()


@pytest.mark.usefixtures("no_child", "memory_keyring")
def test_the_window_says_what_did_not_start_and_offers_no_restore(home: Path, qtbot: QtBot) -> None:
    program = app.start(make_application(), practice=True)
    try:
        page = program.window.opening
        qtbot.waitUntil(lambda: "Practice mode's MESH did not start" in page.said.body.text(), timeout=60_000)
        assert page.title.text() == "DigMed Desktop cannot start"
        assert page.phrase_card.isHidden()
        assert page.restore_card.isHidden()
    finally:
        program.window.close()
        app.finish(program)


@pytest.mark.usefixtures("no_child", "memory_keyring")
def test_settings_that_could_not_be_read_are_told_in_the_window(home: Path, qtbot: QtBot) -> None:
    folder_room.prepare(practice=True).settings_file.write_text("[appearance\n", encoding="utf-8")
    program = app.start(make_application(), practice=True)
    try:
        assert "settings file is damaged" in program.window.banner.notice.body.text()
    finally:
        program.window.close()
        app.finish(program)
