"""A fault is told at once and shown whole at the next start, before anything of it can be copied."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from digmed_desktop import app
from digmed_desktop.app import Program
from digmed_desktop.diagnostics import crash
from digmed_desktop.ui.application import make_application

WAIT = 60_000
FAMILY = "Vroxhalter"


@contextmanager
def started(qtbot: QtBot) -> Iterator[Program]:
    program = app.start(make_application(), practice=False)
    program.window.show()
    try:
        qtbot.waitUntil(lambda: program.window.first_run is not None, timeout=WAIT)
        yield program
    finally:
        program.window.close()
        app.finish(program)


def fail(program: Program, qtbot: QtBot) -> str:
    """Let a slot fail with a patient in hand; return what is said at once."""

    def slot() -> None:
        raise ValueError(f"cannot draw {FAMILY}")

    QTimer.singleShot(0, slot)
    qtbot.waitUntil(lambda: program.window.banner.head == "The program made a mistake", timeout=WAIT)
    return program.window.banner.notice.body.text()


@pytest.mark.usefixtures("memory_keyring")
def test_a_fault_is_told_at_once_and_shown_whole_at_the_next_start(home: Path, qtbot: QtBot) -> None:
    with started(qtbot) as program:
        assert program.window.pages.currentWidget() is program.window.first_run, "nothing to show yet"
        said = fail(program, qtbot)
        assert "Earlier records are safe" in said
        assert "the next start shows it" in said
        logs = program.folders.logs
    (report,) = crash.left_from_before(logs)
    assert "builtins.ValueError" in report.text
    assert FAMILY not in report.text

    QApplication.clipboard().clear()
    with started(qtbot) as program:
        page = program.window.reports
        assert program.window.pages.currentWidget() is page
        assert page.text.toPlainText().strip() == report.text.strip(), "it is not shown whole"
        assert page.text.isVisible()
        assert QApplication.clipboard().text() == ""
        page.copy_button.click()
        assert QApplication.clipboard().text() == page.text.toPlainText()
        page.go_on.click()
        assert program.window.pages.currentWidget() is program.window.first_run
        qtbot.waitUntil(lambda: crash.left_from_before(logs) == (), timeout=WAIT)
    assert list(logs.glob("seen-crash-*.txt"))

    with started(qtbot) as program:
        assert program.window.pages.currentWidget() is program.window.first_run


@pytest.mark.usefixtures("memory_keyring")
def test_a_fault_without_a_report_says_so_and_many_do_not_fill_the_disk(
    home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_a: object) -> Path:
        raise OSError(28, os.strerror(28))

    with started(qtbot) as program:
        with monkeypatch.context() as patch:
            patch.setattr(crash, "_write", full)
            assert "No report could be written" in fail(program, qtbot)
        for _ in range(crash.MOST_REPORTS + 3):
            program.window.banner.say("look", "")
            program.window.banner.notice.head.setText("")
            fail(program, qtbot)
        assert len(list(program.folders.logs.glob("crash-*.txt"))) == crash.MOST_REPORTS
