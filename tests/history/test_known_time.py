"""The time as far as it is known: no clock that is set, no restart of program or computer makes it later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digmed_desktop.history.store import Store
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, START, MovedClock
from tests.history.test_unreadable_rows import DAMAGES


class Records:
    """Records that are closed and opened again, and the computer under them."""

    def __init__(self, path: Path) -> None:
        self.path, self.clock = path, MovedClock()
        self.store = fresh_store(path, KEY, self.clock)

    def again(self) -> Store:
        self.store.time.keep()
        self.store.close()
        self.store = Store.open(self.path, KEY, self.clock)
        return self.store

    def computer_off(self, name: str, **by: float) -> None:
        """Let time go by with the computer off: it counts from its start."""
        before = self.clock.now()
        self.store.time.keep()
        self.store.close()
        off = MovedClock(datetime(2000, 1, 1, tzinfo=UTC))  # it has run for no second yet
        off.set_by, off.started = before + timedelta(**by) - off.at, name
        self.clock = off
        self.store = Store.open(self.path, KEY, off)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    made = Records(tmp_path / "d" / "digmed.db")
    yield made
    made.store.close()


def test_a_clock_put_forward_makes_it_no_later(records: Records) -> None:
    time = records.store.time
    records.clock.move(hours=2)
    assert (time.now(), time.doubt()) == (START + timedelta(hours=2), "")
    records.clock.set(days=3)
    assert time.now() == START + timedelta(hours=2)
    assert "put forward" in time.doubt()
    records.clock.move(hours=1)
    assert time.now() == START + timedelta(hours=3)


def test_a_clock_put_back_makes_it_earlier(records: Records) -> None:
    records.clock.set(days=-1)
    assert records.store.time.now() == START - timedelta(days=1)
    assert records.store.time.doubt() == ""


def test_the_program_started_again_knows_what_it_knew(records: Records) -> None:
    records.store.time.keep()
    records.clock.set(days=3)
    assert records.again().time.now() == START
    records.clock.move(hours=5)
    assert records.again().time.now() == START + timedelta(hours=5)


def test_after_a_start_of_the_computer_only_mesh_makes_it_later(records: Records) -> None:
    records.store.time.heard(START)
    records.computer_off("another start", days=3)
    time = records.store.time
    assert time.now() == START
    records.clock.move(hours=4)
    assert time.now() == START + timedelta(hours=4)
    assert "has not reached MESH" in time.doubt()
    time.heard(records.clock.now())
    assert (time.now(), time.doubt()) == (START + timedelta(days=3, hours=4), "")


def test_a_pharmacy_that_mesh_tells_nothing_has_its_own_clock(records: Records) -> None:
    records.store.time.keep()
    records.computer_off("another start", days=3)
    assert records.store.time.now() == START + timedelta(days=3)
    records.store.time.heard(records.clock.now())
    records.clock.move(days=91)
    records.computer_off("a third start", days=2)
    assert records.store.time.now() == records.clock.now(), "MESH was given up long ago"


def test_a_way_that_tells_no_time_does_not_wait_for_one(records: Records) -> None:
    records.store.time.heard(START)
    records.store.time.keep()
    records.store.time.heard(None)
    records.clock.set(days=2)
    assert records.store.time.now() == START, "until the computer is started again"
    records.clock.set(days=-2)
    records.computer_off("another start", days=3)
    assert records.store.time.now() == START + timedelta(days=3)


def test_mesh_puts_right_what_a_wrong_clock_said_first(records: Records) -> None:
    time = records.store.time
    records.clock.set(days=1)
    assert time.now() == START, "put right at last, and nobody but MESH can know it"
    time.heard(START + timedelta(days=1))
    assert time.now() == START + timedelta(days=1)
    records.clock.set(days=9)
    assert records.again().time.now() == START + timedelta(days=1)


@pytest.mark.parametrize(
    "damaged", [*DAMAGES, "{}", '{"at": "2026-11-20T10:30:00", "running": 1, "start": "", "told": null}']
)
def test_a_damaged_entry_is_as_if_nothing_were_known(records: Records, damaged: str) -> None:
    records.store.profile.put("time.known", damaged)
    records.store.close()
    records.store = Store.open(records.path, KEY, records.clock)
    assert records.store.time.now() == START
    records.clock.set(days=2)
    assert records.store.time.now() == START


def test_it_is_kept_now_and_then_and_never_in_records_to_look_at(records: Records) -> None:
    def kept() -> str | None:
        return records.store.profile.get("time.known")

    records.store.time.keep()
    first = kept()
    records.clock.move(minutes=9)
    records.store.time.keep()
    assert kept() == first
    records.clock.move(minutes=2)
    records.store.time.keep()
    second = kept()
    assert second != first
    records.store.chain.look_only()
    records.clock.move(days=1)
    records.store.time.keep()
    assert kept() == second


def test_a_time_at_the_end_of_the_calendar_is_no_later_than_the_clock(records: Records) -> None:
    last = datetime.max.replace(tzinfo=UTC)
    records.store.time.heard(last)
    records.clock.move(hours=1)
    assert records.store.time.now() == records.clock.now()
    assert records.again().time.now() == records.clock.now()
    records.computer_off("another start", hours=2)
    assert records.store.time.now() == records.clock.now()
