"""The daily backup while the program is open: made once a day, tried again after a failure, never in the way."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from digmed_desktop.background.daily_backup import LOOK_MS, DailyBackup
from digmed_desktop.background.office import Office
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.views.sent import BackupState
from digmed_desktop.history.store import Store
from digmed_desktop.outbox.no_connection import NoConnection
from tests.conftest import MemoryVault
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, MovedClock
from tests.managing import manager_of

PASSPHRASE = "copper lantern seven"
PATIENCE_MS = 90_000


class Day:
    """A program that is open, and its clock."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        self.folder, self.qtbot, self.clock = folder, qtbot, MovedClock()
        self.vault = MemoryVault()
        self.vault.put("database-key", KEY.hex())
        self.backups = folder / "backups"
        self.backups.mkdir()
        self.failures: list[str] = []
        self.office = Office(self._open, 3600.0)
        self.office.failed.connect(lambda error: self.failures.append(str(error)))
        self.daily = DailyBackup(self.office)
        self.office.who_acts = lambda: 1

    def _open(self) -> Desk:
        file = self.folder / "data" / "digmed.db"
        store = Store.open(file, KEY, self.clock) if file.exists() else fresh_store(file, KEY, self.clock)
        assert manager_of(store) == 1
        return Desk(
            store,
            self.clock,
            kept_in="a test",
            sender=Sender(),
            make_delivery=lambda records: NoConnection(records.deliveries),
            folder=self.folder,
            vault=self.vault,
        )

    def open(self) -> None:
        with self.qtbot.waitSignal(self.office.opened, timeout=PATIENCE_MS):
            self.office.open()

    def begin_daily(self) -> None:
        self.ask(lambda desk: desk.backups.begin_daily(self.backups, PASSPHRASE, PASSPHRASE))

    def ask(self, question: Callable[[Desk], object]) -> object:
        told: list[object] = []
        self.office.errand(question, told.append)
        self.qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE_MS)
        return told[0]

    def beat(self) -> BackupState:
        """Let the timer's time be over."""
        with self.qtbot.waitSignal(self.daily.looked, timeout=PATIENCE_MS) as looked:
            self.daily.timer.timeout.emit()
        (state,) = looked.args
        assert isinstance(state, BackupState)
        return state

    def files(self) -> list[str]:
        return sorted(one.name for one in self.backups.iterdir())


@pytest.fixture
def day(tmp_path: Path, qtbot: QtBot) -> Iterator[Day]:
    made = Day(tmp_path, qtbot)
    yield made
    made.office.close()


def test_it_looks_from_the_opening_on_and_again_when_the_records_were_opened_anew(day: Day) -> None:
    assert not day.daily.timer.isActive(), "before the records are open there is nothing to back up"
    day.open()
    assert day.daily.timer.isActive()
    assert not day.daily.timer.isSingleShot()
    assert timedelta(milliseconds=LOOK_MS) <= timedelta(minutes=15)
    day.daily.timer.stop()
    with day.qtbot.waitSignal(day.office.opened, timeout=PATIENCE_MS):
        day.office.reopen(lambda: None, lambda _e: None)
    assert day.daily.timer.isActive()


def test_it_is_made_once_each_day(day: Day) -> None:
    day.open()
    assert day.beat().last_at is None, "nobody asked for a daily backup"
    assert day.files() == []
    day.begin_daily()
    first = day.files()
    made_at = day.beat().last_at
    assert day.files() == first
    day.clock.move(hours=1)
    assert day.beat().last_at == made_at, "that of today is there already"
    day.clock.move(days=1)
    assert day.beat().last_at == day.clock.now()
    assert len(day.files()) == 2
    day.ask(lambda desk: desk.backups.end_daily())
    day.clock.move(days=1)
    day.beat()
    assert len(day.files()) == 2


def test_a_failure_is_kept_and_the_next_look_tries_again(day: Day) -> None:
    day.open()
    day.begin_daily()
    gone = day.backups.rename(day.folder / "stick-taken-out")
    day.clock.move(days=1)
    assert "cannot be found" in day.beat().trouble
    gone.rename(day.backups)
    state = day.beat()
    assert (state.trouble, state.last_at) == ("", day.clock.now())
    assert len(day.files()) == 2
    assert day.failures == [], "the person at the counter is not interrupted; Today says it"
