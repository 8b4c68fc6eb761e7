"""The audit in the window: a manager finds, pages and checks; it is in order as it was done."""

import threading
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from digmed_desktop.history.audit import Audit
from digmed_desktop.messaging.audit import AuditEntry
from digmed_desktop.tour.player import Player
from digmed_desktop.ui.pages.settings.audit import AuditSection
from digmed_desktop.ui.pages.settings.page import SettingsPage
from tests.ui.conftest import FIRST_RUN, Bench


def shown(section: AuditSection) -> str:
    return "\n".join(label.text() for label in section.findChildren(QLabel) if label.isVisible())


def test_a_manager_finds_acts_and_checks_the_seals(bench: Bench) -> None:
    bench.window.go("sent")
    bench.idle()
    bench.window.go("settings")
    settings = bench.window.page("settings")
    assert isinstance(settings, SettingsPage)
    section = settings.section("audit")
    assert isinstance(section, AuditSection)
    section.arrive()
    bench.until(lambda: "Viewed sent items" in shown(section))
    assert "Amira Khan" in shown(section)
    player = Player(bench.window, bench.folder)
    player.fill(section, {"audit.text": "nothing of this kind"})
    player.click(section.find_button)
    bench.until(lambda: "No results." in shown(section))
    player.click(section.check)
    bench.until(lambda: "seals fit" in section.work.said.body.text())


def test_the_window_does_not_feel_the_audit(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an act waits to be noted the window opens pages, takes what is typed and locks; each act is noted then."""
    may_go_on, threads, real = threading.Event(), list[threading.Thread](), Audit.add
    noted: list[str] = []

    def held_up(self: Audit, entry: AuditEntry, **how: Any) -> None:
        threads.append(threading.current_thread())
        assert may_go_on.wait(60)
        real(self, entry, **how)
        noted.append(entry.act.value)

    monkeypatch.setattr(Audit, "add", held_up)
    window = bench.window
    window.go("register")
    bench.until(lambda: bool(threads))
    window.go("vaccinate")
    bench.until(bench.form.isVisible)
    bench.form.focus_field("patient.family")
    bench.keys("Featherstone")
    assert bench.form.form.answers()["patient.family"] == "Featherstone"
    window.go("sent")
    bench.until(window.page("sent").isVisible)
    window.lock()
    bench.until(window.sign_in.isVisible)
    assert noted == [], "nothing was noted in the meantime"
    may_go_on.set()
    bench.until(lambda: len(noted) > 1)
    bench.idle()
    assert threading.main_thread() not in threads
    acts: list[list[str]] = []
    bench.office.ask(lambda desk: [row.act for row in desk.audit._store.audit.rows()][::-1], acts.append)
    bench.until(lambda: bool(acts))
    # a search waits for no other question, so its act may be the first of two that were held up
    assert sorted(acts[0][-2:]) == ["saw-register", "searched"]


def test_typing_notes_no_act(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    monkeypatch.setattr(Audit, "add", lambda _self, entry, **_how: noted.append(entry.act.value))
    for field, text in (("patient.family", FIRST_RUN["person.family"]), ("after.notes", "left arm " * 5)):
        bench.form.focus_field(field)
        bench.keys(text)
    bench.idle()
    assert noted == []
