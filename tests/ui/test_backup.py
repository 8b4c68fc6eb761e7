"""Backup and recovery in the window, and the ways back when the records do not open."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digmed_desktop.messaging.errors import DigMedError, StoreError
from digmed_desktop.ui import files
from digmed_desktop.ui.context import Rescue
from digmed_desktop.ui.pages.opening import OpeningPage
from digmed_desktop.ui.pages.settings.backup import BackupSection
from tests.conftest import MemoryVault
from tests.ui.conftest import Bench

PHRASE = "copper lantern seven"


def section(bench: Bench) -> BackupSection:
    bench.window.open_section("backup")
    page = bench.window.page("settings").findChild(BackupSection)
    assert isinstance(page, BackupSection)
    bench.until(page.isVisible)
    bench.idle()
    return page


@pytest.fixture
def vault(bench: Bench, memory_vault: MemoryVault) -> MemoryVault:
    """A vault for the desk of the window, with the key of its records."""
    memory_vault.put("database-key", (b"k" * 32).hex())

    def give(desk) -> None:  # type: ignore[no-untyped-def]
        desk.backups._vault = memory_vault

    bench.office.ask(give, lambda _n: None)
    bench.idle()
    return memory_vault


def test_a_backup_by_hand(
    bench: Bench, vault: MemoryVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = section(bench)
    assert "No backup has been made yet" in page.state.text()
    monkeypatch.setattr(files, "ask_where", lambda *_a: tmp_path / "b.digmedbackup")
    page.passphrase.set_answer("short")
    page._make()
    bench.until(lambda: "at least 12" in page.first.sentence)
    page.passphrase.set_answer(PHRASE)
    page.again.set_answer(PHRASE)
    page._make()
    bench.until(lambda: "restored on trial" in page.work.said.body.text())
    assert "The last one was made on" in page.state.text()
    assert page.passphrase.answer() == ""
    assert (tmp_path / "b.digmedbackup").exists()
    monkeypatch.setattr(files, "ask_folder", lambda *_a: tmp_path)
    page.passphrase.set_answer(PHRASE)
    page.again.set_answer(PHRASE)
    page._begin_daily()
    bench.until(lambda: f"Every day in {tmp_path}" in page.state.text())
    assert "backup-key" in vault.items
    page._end_daily()
    bench.until(lambda: "No daily backup" in page.state.text())


def test_the_recovery_phrase_is_shown_for_a_pin_and_noted(bench: Bench, vault: MemoryVault) -> None:
    page = section(bench)
    page._ask_phrase()
    assert "Type your PIN" in page.pin_field.sentence
    page.pin.set_answer("000000")
    page._ask_phrase()
    bench.until(lambda: "not this person's PIN" in page.pin_field.sentence)
    page.pin.set_answer("507182")
    page._ask_phrase()
    bench.until(page.phrase.isVisible)
    words = [part for part in page.phrase.text().replace("\n", " ").split() if part.isalpha()]
    assert len(words) == 24
    for number, editor in zip(page.asked, page.checks, strict=True):
        editor.set_answer(words[number - 1])
    page.checks[1].set_answer("zebra")
    page._check_phrase()
    bench.until(lambda: f"Word {page.asked[1]}" in page.said.body.text())
    page.checks[1].set_answer(words[page.asked[1] - 1])
    page._check_phrase()
    bench.until(lambda: "Written down on" in page.written.text())
    assert page.phrase.text() == ""


def test_the_words_are_gone_when_the_page_is_left(bench: Bench, vault: MemoryVault) -> None:
    page = section(bench)
    page._show_phrase(("abandon",) * 24)
    assert page.phrase.isVisible()
    bench.window.go("today")
    assert page.phrase.text() == ""


class Rescued:
    """Notes what was asked of the rescue, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.error: DigMedError | None = None

    def __call__(self, *what: object) -> None:
        self.asked.append(what)
        if self.error is not None:
            raise self.error


def test_records_that_do_not_open_offer_both_ways_back(
    open_bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = open_bench()
    rescue, page, again = Rescued(), bench.window.opening, []
    assert isinstance(page, OpeningPage)
    bench.window.context.rescue = Rescue(rescue, rescue)
    page.rescued.disconnect()
    page.rescued.connect(lambda: again.append(1))
    bench.window._not_opened(StoreError("The key is not in the keyring.", "Use the recovery phrase."))
    assert page.isVisible()
    assert page.phrase_card.isVisible()
    assert page.restore_card.isVisible()
    rescue.error = DigMedError("Word 7 is not a word of a recovery phrase.")
    page.words.set_answer("abandon ability")
    page._with_phrase()
    bench.until(lambda: "Word 7" in page.words_field.sentence)
    assert page.words.answer() == "abandon ability"
    rescue.error = None
    page._with_phrase()
    bench.until(lambda: len(again) == 1)
    bench.window._not_opened(StoreError("Lost.", ""))
    page._restore()
    assert "Choose the file" in page.passphrase_field.sentence
    monkeypatch.setattr(files, "ask_which", lambda *_a: Path("/stick/b.digmedbackup"))
    page._choose()
    page.passphrase.set_answer(PHRASE)
    rescue.error = StoreError("The passphrase does not fit.", "")
    page._restore()
    bench.until(lambda: "does not fit" in page.passphrase_field.sentence)
    assert page.passphrase.answer() == PHRASE
    rescue.error = None
    page._restore()
    bench.until(lambda: len(again) == 2)
    assert rescue.asked[-1] == (Path("/stick/b.digmedbackup"), PHRASE)


def test_first_run_offers_to_restore_and_opens_what_came(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(set_up=False)
    rescue, page = Rescued(), bench.window.opening
    bench.window.context.rescue = Rescue(rescue, rescue)
    assert bench.window.first_run is not None
    bench.window.first_run.restore.emit()
    assert page.isVisible()
    assert page.phrase_card.isHidden()
    page.file = Path("/stick/b.digmedbackup")
    page.passphrase.set_answer(PHRASE)
    rescue.error = StoreError("The passphrase does not fit.", "")
    page._restore()
    bench.until(lambda: "does not fit" in page.passphrase_field.sentence)
    bench.idle()  # the records are open again, and answer
    assert rescue.asked == [(Path("/stick/b.digmedbackup"), PHRASE)]
