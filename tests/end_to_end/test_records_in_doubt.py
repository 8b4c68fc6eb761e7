"""An older database put back: the window says what may be missing, and goes on only when a person says so."""

import shutil
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from digmed_desktop import app
from digmed_desktop.credentials.pins import hash_pin
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.desk.upkeep.head_keeper import HeadKeeper
from digmed_desktop.messaging.clock import SystemClock
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.ui.application import make_application
from tests.history.samples import PHARMACIST, PHARMACY, facts, local_id, message, token


@pytest.mark.usefixtures("memory_keyring")
def test_the_window_asks_about_older_records_and_goes_on_when_told(home: Path, qtbot: QtBot) -> None:
    folders, clock = folder_room.prepare(practice=False), SystemClock()
    vault = opening.open_vault(folders)
    store = opening.open_store(folders, vault, clock)
    store.profile.save_pharmacy(PHARMACY)
    ada = store.people.add(PHARMACIST, hash_pin("427190"))
    store.close()
    older = Path(shutil.copy(folders.database, home / "older.db"))
    store = opening.open_store(folders, vault, clock)
    store.notifications.freeze(None, "{}", facts(), message(), local_id(), ada, token=token())
    HeadKeeper(store).keep()
    store.close()
    older.replace(folders.database)

    program = app.start(make_application(), practice=False)
    page = program.window.opening
    program.window.show()
    try:
        qtbot.waitUntil(lambda: page.title.text() == "Are these the right records?", timeout=60_000)
        assert "older than the ones last used here" in page.said.body.text()
        assert page.go_on_card.isVisible()
        assert page.restore_card.isVisible()
        assert page.phrase_card.isHidden()
        page.go_on_button.click()
        assert "Enter your name" in page.who_field.sentence
        page.who.set_answer("Ada")
        page.go_on_button.click()
        qtbot.waitUntil(lambda: not page.isVisible(), timeout=60_000)
    finally:
        program.window.close()
        app.finish(program)
    store = opening.open_store(folders, vault, clock)
    assert "Ada continued with records" in store.chain.losses()[0]
    store.close()
