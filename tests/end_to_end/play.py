"""Plays one scenario with the whole program in practice mode: ``python -m tests.end_to_end.play NAME``.

It prints one JSON line. Every socket, database and keyring call is watched: those on the window's thread are printed.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digmed_desktop import app as program_room
from digmed_desktop.app import Program
from digmed_desktop.background.daily_backup import DailyBackup
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import Story
from digmed_desktop.tour.moves import THE_PACK, THE_SESSION, THIS_VISIT
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.application import make_application
from digmed_desktop.ui.pages.vaccinate import VaccinatePage

PATIENCE = 300.0
ON_THE_WINDOWS_THREAD: list[str] = []


def watch() -> None:
    """Note every call of network, database or keyring that is made on the window's thread."""

    def note(what: str) -> None:
        if threading.current_thread() is threading.main_thread():
            ON_THE_WINDOWS_THREAD.append(what)

    def heard(event: str, _args: object) -> None:
        if event in {"socket.connect", "socket.getaddrinfo"}:
            note(event)

    sys.addaudithook(heard)
    sa.event.listen(sa.engine.Engine, "do_connect", lambda *_a: note("database connection"))
    sa.event.listen(sa.engine.Engine, "before_cursor_execute", lambda *_a: note("database statement"))
    import keyring

    for name in ("get_password", "set_password", "delete_password", "get_keyring"):
        real = getattr(keyring, name)
        setattr(
            keyring,
            name,
            lambda *a, _real=real, _name=name, **k: (note(f"keyring {_name}"), _real(*a, **k))[1],
        )


class Scene:
    """The program, and what a person does at it."""

    def __init__(self) -> None:
        self.app = make_application(fixed_font=True)
        self.program: Program = program_room.start(self.app, practice=True, fixed_font=True)
        self.window = self.program.window
        self.failures: list[str] = []
        self.program.office.failed.connect(lambda error: self.failures.append(str(error)))
        self.program.office.not_opened.connect(lambda error: self.failures.append(str(error)))
        self.window.show()
        self.window.activateWindow()

    def until(self, what: str, seen: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not seen():
            if time.monotonic() > end or self.failures:
                raise SystemExit(f"waited for {what}: {self.failures}")
            pause(10)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    @property
    def form(self) -> VaccinatePage:
        assert self.window.vaccinate is not None
        return self.window.vaccinate

    def begin(self) -> None:
        """First run if it is the first, then sign in."""
        window = self.window
        self.until(
            "a page",
            lambda: window.sign_in.isVisible() or bool(window.first_run and window.first_run.isVisible()),
        )
        self.until("the window to be active", window.isActiveWindow)
        if window.first_run is not None:
            self.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            self.until("the recovery phrase", window.recovery.isVisible)
            self.key(Qt.Key.Key_Escape)
            self.until("the sign-in page", window.sign_in.isVisible)
        assert window.context.practice is not None
        window.sign_in.pin.focus()
        QTest.keyClicks(QApplication.focusWidget() or window, window.context.practice.pins[0][1])
        self.key(Qt.Key.Key_Return)
        self.until(
            "a page", lambda: window.rail.isVisible() and window.pages.currentWidget() is not window.sign_in
        )
        window.go("vaccinate")
        self.until("the form", lambda: bool(window.vaccinate and window.vaccinate.isVisible()))

    def fill_in(self, patient: int = 0) -> None:
        """Fill in a fictional patient, and a vaccine that sets dose and route."""
        assert self.window.context.practice is not None
        answers = self.window.context.practice.patients[patient].answers
        self.form.fill({**answers, **THIS_VISIT, **THE_PACK, **THE_SESSION})
        self.form.touched("vaccine.product")

    def to_check(self, patient: int = 0) -> None:
        """Fill in a fictional patient and go to the check page."""
        self.fill_in(patient)
        self.form.arrive()
        self.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.until("the check page", self.window.check.isVisible)

    def stories(self) -> list[Story]:
        """Every notification, whole."""
        got: list[list[Story]] = []
        self.program.office.ask(
            lambda desk: [desk.story(row.id) for row in desk.listing.page(Search(), None, 50)],
            got.append,
        )
        self.until("the stories", lambda: bool(got))
        return got[0]

    def until_matched(self) -> list[Story]:
        stories: list[Story] = []

        def all_matched() -> bool:
            nonlocal stories
            stories = self.stories()
            return bool(stories) and all(story.row.state is State.MATCHED for story in stories)

        self.until("the practice to match", all_matched)
        return stories

    def end(self, **told: Any) -> None:
        """Print what was seen and stop."""
        kept = self.program.office
        self.window.close()
        program_room.finish(self.program)
        del kept
        print(json.dumps({**told, "on_the_windows_thread": ON_THE_WINDOWS_THREAD, "failures": self.failures}))


def killed(after_ms: int) -> None:
    """Press Send and die."""
    scene = Scene()
    scene.begin()
    scene.to_check()
    print(json.dumps({"on_the_windows_thread": ON_THE_WINDOWS_THREAD}), flush=True)
    scene.key(Qt.Key.Key_F12)
    if after_ms:
        pause(after_ms)
    os.kill(os.getpid(), signal.SIGKILL)


def typing() -> None:
    """Type into a form, every field of it, and die when the draft was kept."""
    scene = Scene()
    scene.begin()
    form = scene.form
    scene.fill_in()
    kept: list[str] = []
    form.focus_field("after.notes")
    with contextlib.ExitStack() as stack:
        if scene.window.context.wedge is not None:
            stack.enter_context(scene.window.context.wedge.paused())
        QTest.keyClicks(QApplication.focusWidget() or scene.window, "Half a note <b> & 'more'")
    form.draft_saved.connect(kept.append)
    scene.until("the draft to be kept", lambda: bool(kept))
    print(json.dumps({"answers": form.form.answers()}), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def typed() -> None:
    """Start again after that, and tell what the form holds."""
    scene = Scene()
    scene.begin()
    scene.until("the draft", lambda: bool(scene.form.form.answers()["patient.family"]))
    beating = [one.timer.isActive() for one in scene.window.findChildren(DailyBackup)]
    scene.end(answers=scene.form.form.answers(), looks_for_the_daily_backup=beating)


def again() -> None:
    """Start again after that, and wait for the practice."""
    scene = Scene()
    scene.begin()
    stories = scene.until_matched()
    pause(500)
    stories = scene.stories()
    got: list[str] = []
    scene.program.office.ask(lambda desk: desk.opened().kept_in, got.append)
    scene.until("where the key is", lambda: bool(got))
    scene.end(
        notifications=len(stories),
        events=[event.happening for event in stories[0].events],
        patients=[story.row.patient_name for story in stories],
        kept_in=got[0],
    )


def gaps(slow_seconds: int) -> None:
    """Measure the longest gap of the event loop: idle, then while MESH takes its time to answer a send."""
    scene = Scene()
    scene.begin()
    scene.to_check()
    worst = {"gap": 0.0, "last": time.perf_counter()}

    def tick() -> None:
        now = time.perf_counter()
        worst["gap"] = max(worst["gap"], now - worst["last"])
        worst["last"] = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(5)

    def measured(seconds: float) -> float:
        worst.update(gap=0.0, last=time.perf_counter())
        pause(int(seconds * 1000))
        return worst["gap"]

    idle = measured(5)
    assert scene.program.practice is not None
    mesh = scene.program.practice.mesh()
    done: list[int] = []
    scene.program.office.run(lambda: mesh.answer_slowly(slow_seconds), lambda _n: done.append(1))
    scene.until("MESH to be slow", lambda: bool(done))
    worst.update(gap=0.0, last=time.perf_counter())
    scene.key(Qt.Key.Key_F12)
    scene.until("the word that it is saved", scene.window.toast.isVisible)
    # the round under way asks first for what came back, and each request takes as long; then the send begins
    sending = worst["gap"]
    for _request in range(4):
        sending = max(sending, measured(slow_seconds))
        state = scene.stories()[0].row.state.value
        if state != "waiting":
            break
    scene.end(idle_ms=round(idle * 1000, 1), slow_mesh_ms=round(sending * 1000, 1), state_meanwhile=state)


if __name__ == "__main__":
    watch()
    name = sys.argv[1]
    if name == "killed":
        killed(int(sys.argv[2]))
    elif name == "again":
        again()
    elif name == "typing":
        typing()
    elif name == "typed":
        typed()
    else:
        gaps(int(sys.argv[2]))
