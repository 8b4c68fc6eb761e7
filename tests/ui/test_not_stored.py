"""What the disk does not take is said at once on the page, and what was typed or chosen stays as it was."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from digmed_desktop.desk.settings import SettingsDesk
from digmed_desktop.history.drafts import Drafts
from digmed_desktop.history.notifications import Notifications
from digmed_desktop.messaging.errors import StoreError
from digmed_desktop.messaging.states import State
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.settings import Settings
from digmed_desktop.ui.choices_made import ChoicesMade
from digmed_desktop.ui.pages import draft_keeper
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench

FULL = StoreError(
    "The disk is full: nothing more can be recorded.", "Make room on the disk, then do it again."
)
FAULTS = {
    errno.ENOSPC: "is full",
    errno.EDQUOT: "has used all its disk space",
    errno.EROFS: "cannot write",
    errno.EACCES: "cannot write",
    errno.EBUSY: "Another program has",
    errno.EIO: "could not write to its disk",
    errno.ENOENT: "is not there",
}


def on_check(bench: Bench) -> dict[str, str]:
    bench.form.form.set_answers(complete_answers(), keep_rest=True)
    bench.form.touched("patient.given")
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(lambda: bench.window.check.isVisible())
    return dict(bench.form.form.answers())


def said(bench: Bench) -> str:
    trouble = bench.window.check.trouble
    return f"{trouble.head.text()}: {trouble.body.text()}" if trouble.isVisible() else ""


@pytest.mark.parametrize("code", FAULTS, ids=[errno.errorcode[code] for code in FAULTS])
def test_a_press_of_send_that_the_disk_does_not_take_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    before = on_check(bench)

    def refuse(_file: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        bench.key(Qt.Key.Key_F12)
        assert said(bench).startswith("Not sent: Nothing was recorded or sent.")
        assert FAULTS[code] in said(bench)
    assert bench.window.check.isVisible()
    assert bench.form.form.answers() == before
    assert bench.rows() == []
    assert list(bench.folder.glob("send-pressed*")) == []
    bench.key(Qt.Key.Key_F12)  # the disk takes it again
    bench.open_sent()
    assert [row.state for row in bench.rows()] == [State.WAITING]


@pytest.mark.parametrize("error", [FULL, OSError(errno.ENOSPC, "full"), OSError(errno.EROFS, "read-only")])
def test_a_record_that_cannot_be_stored_is_told_and_can_be_sent_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    before = on_check(bench)

    def refuse(*_a: object, **_k: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Notifications, "freeze", refuse)
        bench.key(Qt.Key.Key_F12)
        bench.until(lambda: bool(said(bench)))
    assert "Nothing was recorded or sent" in said(bench)
    assert "went wrong" not in said(bench)
    assert bench.form.form.answers() == before
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()
    assert len(bench.rows()) == 1


def test_a_draft_that_cannot_be_stored_stays_in_the_window_and_is_stored_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.form.drafts._again.setInterval(50)
    with monkeypatch.context() as patch:

        def refuse(*_a: object, **_k: object) -> None:
            raise FULL

        patch.setattr(Drafts, "save", refuse)
        bench.form.form.set_answers({"patient.family": "WINTERBOURNE"}, keep_rest=True)
        bench.form.touched("patient.family")
        first = bench.form.draft_id
        bench.form.save_draft()
        bench.until(lambda: bench.window.banner.isVisible())
        assert "The disk is full" in bench.window.banner.notice.body.text()
        assert "Do not close the program" in bench.window.banner.notice.body.text()
        bench.form.begin()  # the next patient
    bench.until(lambda: bench.window.banner.head == "Kept")
    drafts: list[dict[str, str]] = []
    bench.office.ask(
        lambda desk: [dict(one.state.answers) for one in desk.drafts() if one.id == first], drafts.extend
    )
    bench.until(lambda: bool(drafts))
    assert drafts[0]["patient.family"] == "WINTERBOURNE"
    assert draft_keeper.AGAIN_MS <= 10_000


@pytest.fixture
def cannot_keep(bench: Bench, tmp_path: Path) -> Path:
    """Settings whose folder is not there: whatever is chosen cannot be kept."""
    file = tmp_path / "gone" / "settings.toml"
    choices = Choices(Settings(), file)
    bench.window.context.choices = choices
    bench.window.context.made = ChoicesMade(choices, bench.office)
    theirs: list[SettingsDesk] = []
    bench.office.ask(lambda desk: desk.settings, theirs.append)
    bench.until(lambda: bool(theirs))
    theirs[0]._choices = choices
    return file


def _practices(page: object) -> Callable[[], str]:
    page.directory.set_answer("https://directory.example/ORD")  # type: ignore[attr-defined]
    page._save()  # type: ignore[attr-defined]
    return lambda: page.said.body.text()  # type: ignore[attr-defined]


def _scanner(page: object) -> Callable[[], str]:
    page.prefix.set_answer("~")  # type: ignore[attr-defined]
    page._save()  # type: ignore[attr-defined]
    return lambda: page.said.body.text()  # type: ignore[attr-defined]


def _deadlines(page: object) -> Callable[[], str]:
    page.amber.set_answer("11")  # type: ignore[attr-defined]
    page._changed()  # type: ignore[attr-defined]
    return lambda: " ".join(line.text() for line in page.summary.lines())  # type: ignore[attr-defined]


def _counter(page: object) -> Callable[[], str]:
    page.privacy.set_answer("yes")  # type: ignore[attr-defined]
    page._changed()  # type: ignore[attr-defined]
    return lambda: " ".join(line.text() for line in page.summary.lines())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("key", "change"),
    [("practices", _practices), ("scanner", _scanner), ("deadlines", _deadlines), ("counter", _counter)],
)
def test_a_choice_that_cannot_be_kept_is_never_called_saved(
    bench: Bench, cannot_keep: Path, key: str, change: Callable[[object], Callable[[], str]]
) -> None:
    bench.window.open_section(key)
    bench.idle()
    settings = bench.window.page("settings")
    page = settings.stack.currentWidget()  # type: ignore[attr-defined]
    text = change(page)
    bench.until(lambda: "not stored" in text())
    assert "data folder is not there" in text()
    assert bench.window.context.choices.now() == Settings()
    cannot_keep.parent.mkdir()
    change(page)
    bench.until(lambda: bench.window.context.choices.now() != Settings())
    assert cannot_keep.exists()


def test_a_fault_that_nothing_caught_is_said_in_the_window(bench: Bench) -> None:
    bench.window.notices.program_failed(reported=True)
    assert bench.window.banner.isVisible()
    assert "may not be stored" in bench.window.banner.notice.body.text()


def test_opening_says_what_it_waits_for_and_can_be_tried_again(bench: Bench) -> None:
    page, again = bench.window.opening, []
    page.recovered.disconnect()
    page.recovered.connect(lambda: again.append(1))
    bench.window.signing_in.not_opened(StoreError("The keyring is silent.", "Unlock it."))
    assert page.again_button.isVisible()
    page.again_button.click()
    assert again == [1]
    assert page.again_button.isHidden()
    assert "One moment" in page.said.head.text()
    page._slow.timeout.emit()
    assert "keyring" in page.said.body.text()
