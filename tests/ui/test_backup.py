"""Backup and recovery in the window, and the ways back when the records do not open."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.messaging.errors import DigMedError, RecordsDoubt, RecordsInDoubtError, StoreError
from digmed_desktop.ui import files, printing
from digmed_desktop.ui.context import Recovery
from digmed_desktop.ui.pages.opening import OpeningPage
from digmed_desktop.ui.pages.recovery_phrase import RecoveryPhrase
from digmed_desktop.ui.pages.settings.backup import BackupSection
from digmed_desktop.ui.pages.today import TodayPage
from tests.conftest import MemoryVault
from tests.ui.conftest import FIRST_RUN, Bench

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
    give_key(bench, memory_vault)
    return memory_vault


def give_key(bench: Bench, vault: MemoryVault) -> None:
    def give(desk) -> None:
        desk.backups._vault = vault

    bench.office.ask(give, lambda _n: None)
    bench.idle()


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
    bench.until(lambda: "Backup made and tested" in page.work.said.body.text())
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
    page.phrase.ask()
    assert "Type your PIN" in page.pin_field.sentence
    page.pin.set_answer("000000")
    page.phrase.ask()
    bench.until(lambda: "not this person's PIN" in page.pin_field.sentence)
    page.pin.set_answer("507182")
    page.phrase.ask()
    bench.until(page.phrase.words.isVisible)
    assert page.pin.answer() == ""
    note_down(bench, page.phrase)
    bench.until(lambda: "Written down on" in page.written.text())
    assert page.phrase.words.text() == ""


def words_on(phrase: RecoveryPhrase) -> list[str]:
    return [part for part in phrase.words.text().replace("\n", " ").split() if part.isalpha()]


def note_down(bench: Bench, phrase: RecoveryPhrase) -> list[str]:
    """Type the words asked for, one of them wrong at first; return all words."""
    words = words_on(phrase)
    assert len(words) == 24
    for number, editor in zip(phrase.asked, phrase.checks, strict=True):
        editor.set_answer(words[number - 1])
    phrase.checks[1].set_answer("zebra")
    phrase.check()
    bench.until(lambda: f"Word {phrase.asked[1]}" in phrase.said.body.text())
    phrase.checks[1].set_answer(words[phrase.asked[1] - 1])
    phrase.check()
    bench.until(lambda: "Noted" in phrase.said.body.text())
    return words


def test_the_words_are_gone_when_the_page_is_left(bench: Bench, vault: MemoryVault) -> None:
    page = section(bench)
    page.phrase.show_words(("abandon",) * 24)
    assert page.phrase.words.isVisible()
    bench.window.go("today")
    assert page.phrase.words.text() == ""


def set_up(open_bench: Callable[..., Bench], vault: MemoryVault, key: str = (b"k" * 32).hex()) -> Bench:
    """Go through first run to the page of the recovery phrase."""
    if key:
        vault.put("database-key", key)
    bench = open_bench(set_up=False)
    give_key(bench, vault)
    page = bench.window.first_run
    assert page is not None
    page.fill(FIRST_RUN)
    page.save.click()
    bench.until(bench.window.recovery.isVisible)
    assert page.answers()["person.pin"] == page.answers()["person.pin_again"] == ""
    return bench


def test_first_run_offers_the_phrase_and_one_key_puts_it_off(
    open_bench: Callable[..., Bench], memory_vault: MemoryVault
) -> None:
    bench = set_up(open_bench, memory_vault)
    page = bench.window.recovery
    assert not page.phrase.words.isVisible(), "nobody sees the words unasked"
    bench.key(Qt.Key.Key_Escape)
    bench.until(bench.window.sign_in.isVisible)
    bench.sign_in()
    bench.window.go("today")
    today = bench.window.page("today")
    assert isinstance(today, TodayPage)
    bench.until(lambda: "Write down your recovery phrase" in today.backup.body.text())


def test_the_phrase_is_written_down_in_first_run_and_leaves_no_trace(
    open_bench: Callable[..., Bench], memory_vault: MemoryVault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    bench = set_up(open_bench, memory_vault)
    page = bench.window.recovery
    bench.key(Qt.Key.Key_Space)
    bench.until(page.phrase.words.isVisible)
    titles = {bench.window.windowTitle()}
    words = note_down(bench, page.phrase)
    assert words_on(page.phrase) == []
    assert page.later.text() == "Continue"
    bench.key(Qt.Key.Key_Space)
    bench.until(bench.window.sign_in.isVisible)
    titles.add(bench.window.windowTitle())
    shown = "\n".join(one.text() for one in bench.window.findChildren(QLabel))
    said = caplog.text + "".join(titles) + shown
    assert sum(word in said.split() for word in words) < 3, "a word of the list may be a word of a sentence"
    bench.sign_in()
    bench.window.go("today")
    today = bench.window.page("today")
    assert isinstance(today, TodayPage)
    bench.until(lambda: "No backup has been made yet" in today.backup.body.text())


def test_the_phrase_is_printed_under_a_name_that_tells_nothing(
    open_bench: Callable[..., Bench], memory_vault: MemoryVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = set_up(open_bench, memory_vault)
    page, printed = bench.window.recovery, list[Printed]()

    monkeypatch.setattr(printing, "choose", lambda _parent, _one: object())
    monkeypatch.setattr(printing, "paint", lambda _printer, one: printed.append(one))
    page.phrase.print_button.click()
    bench.until(lambda: bool(printed))
    words = words_on(page.phrase)
    for number, word in enumerate(words, 1):
        assert f'>{number}</td><td valign="top">{word}</td>' in printed[0].html
    assert printed[0].name == "recovery"
    assert not set(words) & set(printed[0].running.split())

    def refuse(_parent: object, _one: Printed) -> None:
        raise DigMedError(printing.NO_PRINTER.happened, printing.NO_PRINTER.remedy)

    monkeypatch.setattr(printing, "choose", refuse)
    page.phrase.print_button.click()
    bench.until(lambda: "Write the words down by hand" in page.phrase.said.body.text())
    assert "PDF" not in page.phrase.said.body.text(), "the words are not saved in a file"


def test_first_run_goes_on_where_the_key_cannot_be_read(open_bench: Callable[..., Bench]) -> None:
    bench = set_up(open_bench, MemoryVault(), key="")
    page = bench.window.recovery
    page.phrase.ask()
    bench.until(lambda: "not in the keyring" in page.trouble.body.text())
    page.later.click()
    bench.until(bench.window.sign_in.isVisible)


class Recovered:
    """Notes what was asked of the recovery, and answers as it is told."""

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
    recovery, page, again = Recovered(), bench.window.opening, []
    assert isinstance(page, OpeningPage)
    bench.window.context.recovery = Recovery(recovery, recovery, recovery, recovery, recovery)
    page.recovered.disconnect()
    page.recovered.connect(lambda: again.append(1))
    bench.window.signing_in.not_opened(
        StoreError("The key is not in the keyring.", "Use the recovery phrase.")
    )
    assert page.isVisible()
    assert page.phrase_card.isVisible()
    assert page.restore_card.isVisible()
    recovery.error = DigMedError("Word 7 is not a word of a recovery phrase.")
    page.words.set_answer("abandon ability")
    page._with_phrase()
    bench.until(lambda: "Word 7" in page.words_field.sentence)
    assert page.words.answer() == "abandon ability"
    recovery.error = None
    page._with_phrase()
    bench.until(lambda: len(again) == 1)
    bench.window.signing_in.not_opened(StoreError("Lost.", ""))
    page._restore()
    assert "Choose the file" in page.passphrase_field.sentence
    monkeypatch.setattr(files, "ask_which", lambda *_a: Path("/stick/b.digmedbackup"))
    page._choose()
    page.passphrase.set_answer(PHRASE)
    recovery.error = StoreError("The passphrase does not fit.", "")
    page._restore()
    bench.until(lambda: "does not fit" in page.passphrase_field.sentence)
    assert page.passphrase.answer() == PHRASE
    recovery.error = None
    page._restore()
    bench.until(lambda: len(again) == 2)
    assert recovery.asked[-1] == (Path("/stick/b.digmedbackup"), PHRASE)


def test_first_run_offers_to_restore_and_opens_what_came(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(set_up=False)
    recovery, page = Recovered(), bench.window.opening
    bench.window.context.recovery = Recovery(recovery, recovery, recovery, recovery, recovery)
    assert bench.window.first_run is not None
    bench.window.first_run.restore.emit()
    assert page.isVisible()
    assert page.phrase_card.isHidden()
    page.file = Path("/stick/b.digmedbackup")
    page.passphrase.set_answer(PHRASE)
    recovery.error = StoreError("The passphrase does not fit.", "")
    page._restore()
    bench.until(lambda: "does not fit" in page.passphrase_field.sentence)
    bench.idle()  # the records are open again, and answer
    assert recovery.asked == [(Path("/stick/b.digmedbackup"), PHRASE)]


def test_records_in_doubt_offer_to_go_on_by_name_or_only_to_look(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    recovery, page, again = Recovered(), bench.window.opening, []
    bench.window.context.recovery = Recovery(recovery, recovery, recovery, recovery, recovery)
    page.recovered.disconnect()
    page.recovered.connect(lambda: again.append(1))
    bench.window.signing_in.not_opened(RecordsInDoubtError("These are older.", "Go on.", RecordsDoubt.OLDER))
    assert page.go_on_card.isVisible()
    assert page.restore_card.isVisible()
    assert page.phrase_card.isHidden()
    page._go_on()
    assert "Enter your name" in page.who_field.sentence
    assert recovery.asked == []
    page.who.set_answer("Ada")
    recovery.error = StoreError("The disk is full.", "Make room.")
    page._go_on()
    bench.until(lambda: "disk is full" in page.who_field.sentence)
    assert page.who.answer() == "Ada"
    recovery.error = None
    page._go_on()
    bench.until(lambda: len(again) == 1)
    assert recovery.asked == [*recovery.asked[:-1], (RecordsDoubt.OLDER, "Ada")]
    assert page.go_on_card.isHidden()
    bench.window.signing_in.not_opened(
        RecordsInDoubtError("These are a copy.", "Look.", RecordsDoubt.ELSEWHERE)
    )
    page._look_only()
    bench.until(lambda: len(again) == 2)
    assert recovery.asked[-1] == ()
    bench.window.signing_in.not_opened(StoreError("Lost.", ""))
    assert page.go_on_card.isHidden()
