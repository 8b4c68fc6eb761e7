"""A real window over a real encrypted store; only MESH is left out (tests/end_to_end has it)."""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from digmed_desktop import resources
from digmed_desktop.background.office import Office
from digmed_desktop.credentials.register_seal import VaultSeal
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.outbox.no_connection import NoConnection
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.policy import NO_POLICY, Policy
from digmed_desktop.tour.player import pause
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.vaccinate import VaccinatePage
from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.window import Window
from tests.conftest import MemoryVault
from tests.first_run import FIRST_RUN as FIRST_RUN
from tests.history.fresh import fresh_store

NOW = datetime(2026, 10, 14, 9, 55, tzinfo=UTC)


OFTEN = 100
"""So many times ``until`` looks every millisecond, before it looks every ten."""
ON_THE_WINDOWS_THREAD: list[str] = []


def _note(what: str) -> None:
    if threading.current_thread() is threading.main_thread():
        ON_THE_WINDOWS_THREAD.append(what)


sa.event.listen(sa.engine.Engine, "do_connect", lambda *_a: _note("database connection"))
sa.event.listen(sa.engine.Engine, "before_cursor_execute", lambda *_a: _note("database statement"))
sys.addaudithook(
    lambda event, _a: _note(event) if event in {"socket.connect", "socket.getaddrinfo"} else None
)


class FixedClock:
    """Says what it is told."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def running(self) -> float:
        return self.moment.timestamp()

    def start(self) -> str:
        return "a start"


@dataclass
class Bench:
    """A window, its office and what is under it."""

    window: Window
    office: Office
    folder: Path
    clock: FixedClock
    qtbot: QtBot
    failures: list[str] = field(default_factory=list)

    @property
    def form(self) -> VaccinatePage:
        assert self.window.vaccinate is not None
        return self.window.vaccinate

    def until(
        self, seen: Callable[[], bool], timeout: int = 90_000, *, what: str = "what was waited for"
    ) -> None:
        """Let the window live until something is seen; pytest-qt's own wait looks every 10 ms only."""
        end = time.monotonic() + timeout / 1000
        looked = 0
        while not seen():
            assert time.monotonic() < end, f"{what}: not seen within {timeout} ms"
            looked += 1
            pause(1 if looked < OFTEN else 10)

    def idle(self) -> None:
        """Wait until everything asked of the office so far was answered."""
        answered: list[int] = []
        self.office.ask(lambda _desk: 1, answered.append)
        self.until(lambda: bool(answered))
        # without a ticket: it neither takes the place of a preview that waits nor loses its own to one
        self.office._previews.ask(lambda: 1, answered.append, lambda _error: answered.append(0))
        self.office._searches.ask(lambda: 1, answered.append, lambda _error: answered.append(0))
        self.until(lambda: len(answered) == 3)

    def sign_in(self) -> None:
        people = self.window.context.people
        self.window.signing_in.let_in(people[0])
        self.until(lambda: self.window.pages.currentWidget() in self.window._made.values())
        if not (self.window.vaccinate is not None and self.window.vaccinate.isVisible()):
            self.window.go("vaccinate")
        self.idle()

    def rows(self) -> list[NotificationRow]:
        got: list[list[NotificationRow]] = []
        # of the store: the desk tells nobody behind the lock
        self.office.ask(lambda desk: desk._store.notifications.page(before=None, limit=50), got.append)
        self.until(lambda: bool(got))
        return got[0]

    def focused(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def keys(self, text: str) -> None:
        QTest.keyClicks(self.focused(), text)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.focused(), key, modifier)

    def activate(self) -> None:
        """Make the window the active one: the platform of the tests leaves a list active that was closed."""
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    def open_sent(self) -> None:
        """Open by its one key what was just sent."""
        self.until(self.window.toast.isVisible)
        self.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        self.until(self.window.story.isVisible)


@pytest.fixture(scope="session", autouse=True)
def _font(qapp: QApplication) -> None:
    for name in resources.names("fonts", ".ttf"):
        QFontDatabase.addApplicationFont(str(resources.path(name)))


SEALS: dict[Path, MemoryVault] = {}
"""The vault beside each folder: what is kept in it outlives a window."""
VAULTS: dict[Path, MemoryVault] = {}
"""The vault of the desk of a folder, where a test has put one."""


def open_desk_in(folder: Path, clock: FixedClock, choices: Choices | None = None) -> Desk:
    file, key = folder / "history.db", b"k" * 32
    store = Store.open(file, key, clock) if file.exists() else fresh_store(file, key, clock)
    choices = choices or Choices()
    return Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FX999OT001", choices.now),
        choices=choices,
        make_delivery=lambda records: NoConnection(records.deliveries),
        folder=folder,
        seal=VaultSeal(SEALS.setdefault(folder, MemoryVault())),
        connection=ConnectionDesk(store, MemoryVault(), choices, clock),
        vault=VAULTS.get(folder),
    )


@pytest.fixture(scope="session")
def after_first_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a pharmacy that has just been set up; copied for each window, as hashing a PIN is slow."""
    folder = tmp_path_factory.mktemp("set-up")
    desk = open_desk_in(folder, FixedClock())
    assert desk.people.first_run(FIRST_RUN) == ()
    desk.close()
    return folder


@pytest.fixture
def open_bench(
    qtbot: QtBot, tmp_path: Path, qapp: QApplication, after_first_run: Path
) -> Iterator[Callable[..., Bench]]:
    opened: list[Bench] = []

    def make(
        *, set_up: bool = True, theme: str = "light", text_percent: int = 100, policy: Policy = NO_POLICY
    ) -> Bench:
        folder = tmp_path / "data"
        if set_up and not folder.exists():
            shutil.copytree(after_first_run, folder)
        folder.mkdir(exist_ok=True)
        clock, choices = FixedClock(), Choices(policy=policy)

        def open_desk() -> Desk:
            desk = open_desk_in(folder, clock, choices)
            desk.resume_pending_send()
            return desk

        office = Office(open_desk, 0.2)
        intent = PendingSendFile(folder)
        context = Context(
            office=office,
            appearance=Appearance(qapp, theme, text_percent, "Open Sans"),
            now=clock.now,
            save_appearance=lambda _t, _p: None,
            note_send=lambda draft, form, by: intent.write(PendingSend(draft, form, by)),
            choices=choices,
        )
        window = Window(context)
        bench = Bench(window, office, folder, clock, qtbot)
        office.failed.connect(lambda error: bench.failures.append(str(error)))
        window.resize(1280, 720)
        window.show()
        with qtbot.waitSignal(window.ready, timeout=90_000):
            office.open()
        window.activateWindow()
        opened.append(bench)
        bench.until(window.isActiveWindow)
        return bench

    ON_THE_WINDOWS_THREAD.clear()
    yield make
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    strays = [type(w).__name__ for w in shown if w not in [one.window for one in opened]]
    closed: list[QObject] = []
    for bench in opened:
        closed += [bench.window, *bench.window.findChildren(QObject)]
        bench.window.close()
        bench.office.close()
        bench.window.deleteLater()  # a window left behind would be dressed again with every later one
        _let_go(bench.window.context)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for dead in closed:
        vars(dead).clear()  # what a deleted widget holds keeps its whole window in memory
    assert ON_THE_WINDOWS_THREAD == [], "network or database on the window's thread"
    assert strays == [], "a widget without a parent became a window of its own"
    assert [failure for bench in opened for failure in bench.failures] == []


def _let_go(context: Context) -> None:
    """Delete what signals to the window: a connection of Qt holds it where Python's collector cannot look."""
    holders = [context.office, *vars(context).values(), *vars(context.office).values()]
    for signalling in holders:
        if isinstance(signalling, QObject) and signalling.parent() is None:
            signalling.deleteLater()


@pytest.fixture
def bench(open_bench: Callable[..., Bench]) -> Bench:
    made = open_bench()
    made.sign_in()
    return made


@pytest.fixture
def on_screen() -> bool:
    return bool(os.environ.get("DIGMED_ONSCREEN"))
