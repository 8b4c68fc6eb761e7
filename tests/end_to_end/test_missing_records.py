"""A database that is gone while its key is in the keyring: the window says so, and begins nothing by itself."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from digmed_desktop import app
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.ui.application import make_application


@pytest.mark.usefixtures("memory_keyring")
def test_the_window_says_that_the_records_are_missing_and_begins_anew_only_when_told(
    home: Path, qtbot: QtBot
) -> None:
    folders = folder_room.prepare(practice=False)
    made = make_application()
    first = app.start(made, practice=False)
    qtbot.waitUntil(folders.database.exists, timeout=60_000)
    first.window.close()
    app.finish(first)
    moved = folders.database.replace(folders.data / "elsewhere.db")

    again = app.start(made, practice=False)
    page = again.window.opening
    again.window.show()
    try:
        qtbot.waitUntil(lambda: page.title.text() == "The records are missing", timeout=60_000)
        assert "restore the latest backup" in page.said.body.text()
        assert page.isVisible()
        assert page.restore_card.isVisible()
        assert page.phrase_card.isHidden(), "there is nothing that a phrase could open"
        page.begin_button.click()
        assert "start with empty records" in page.typed_field.sentence
        assert not folders.database.exists()
        page.typed.set_answer("Start with empty records")
        page.begin_button.click()
        qtbot.waitUntil(folders.database.exists, timeout=60_000)
        assert moved.exists()
    finally:
        again.window.close()
        app.finish(again)
