"""Retention in the window: a manager confirms, holds, looks and removes, by keyboard."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from digmed_desktop.desk.views.retention import BACKUPS, WORDS
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.retention import RetentionSection
from tests.desk.test_retention import not_shared
from tests.history.samples import MovedClock
from tests.ui.conftest import Bench


def shown(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def section(bench: Bench) -> RetentionSection:
    bench.window.open_section("retention")
    settings = bench.window.page("settings")
    assert isinstance(settings, SettingsPage)
    page = settings.section("retention")
    assert isinstance(page, RetentionSection)
    bench.idle()
    return page


def press(bench: Bench, button: QWidget) -> None:
    button.setFocus()
    bench.key(Qt.Key.Key_Space)
    bench.idle()


def place_hold(bench: Bench, page: RetentionSection, number: str) -> None:
    page.fields["hold.whose"].editor.focus()
    bench.keys("2")  # the patient of a notification
    page.focus_field("hold.number")
    bench.keys(number)
    page.fields["hold.reason"].editor.focus()
    bench.keys("1")
    page.focus_field("hold.note")
    bench.keys("letter of 3 May")
    press(bench, page.place)


def look(bench: Bench, page: RetentionSection) -> None:
    press(bench, page.look)
    bench.until(lambda: not page.work.is_running)


def test_a_manager_confirms_holds_and_removes_by_keyboard(bench: Bench) -> None:
    made: list[int] = []
    bench.office.ask(lambda desk: not_shared(desk._store, MovedClock(bench.clock.moment)), made.append)
    bench.idle()
    page = section(bench)
    bench.until(lambda: page.standing.head.text() == "Off")
    assert "general knowledge, no source read" in shown(page)
    assert BACKUPS in shown(page)
    bench.clock.moment += timedelta(days=9 * 366)
    look(bench, page)
    page.focus_field("remove.words")
    bench.keys(WORDS)
    press(bench, page.remove)
    bench.until(lambda: "No manager has confirmed the table" in shown(page))
    press(bench, page.confirm)
    bench.until(lambda: page.standing.head.text() == "On")
    assert "Amira Khan confirmed this table" in page.standing.body.text()
    place_hold(bench, page, "")
    assert "Enter the number." in page.fields["hold.number"].sentence
    place_hold(bench, page, str(made[0]))
    bench.until(lambda: "Complaint: letter of 3 May" in shown(page))
    look(bench, page)
    assert "1 stay: on hold" in page.found.text()
    assert not page.remove.isVisible()
    (lift,) = [
        one for one in page.findChildren(QWidget) if one.isVisible() and one.accessibleName() == "Lift hold 1"
    ]
    press(bench, lift)
    bench.until(page.lift.isVisible)
    press(bench, page.lift)
    assert "why the hold is lifted" in page.fields["hold.lifted"].sentence
    page.focus_field("hold.lifted")
    bench.keys("settled")
    press(bench, page.lift)
    bench.until(lambda: "settled" in shown(page))
    look(bench, page)
    bench.until(lambda: f"Notification {made[0]}" in shown(page))
    press(bench, page.remove)
    bench.until(lambda: "words were not typed" in shown(page))
    page.focus_field("remove.words")
    bench.keys(WORDS)
    press(bench, page.remove)
    bench.until(lambda: "Removed: 1 record, and" in page.work.said.body.text())
    left: list[Any] = []
    bench.office.ask(lambda desk: desk._store.retention.groups(), left.append)
    bench.until(lambda: bool(left))
    assert left == [[]]
