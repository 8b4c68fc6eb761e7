"""The command for retention: a manager's PIN before each decision, words before anything goes."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digmed_desktop.credentials import pins
from digmed_desktop.desk.commands import retention as retention_acts
from digmed_desktop.desk.commands.retention import Asked, Wanted
from digmed_desktop.desk.gate import NotPermittedError
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.desk.views.retention import WORDS
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.people import Access, Why
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings.folders import Folders
from tests.conftest import MemoryVault
from tests.desk.test_retention import NUMBER, not_shared
from tests.history.samples import PHARMACIST, MovedClock

PIN = "739204"
Act = Callable[..., str]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(datetime(2012, 10, 1, 9, tzinfo=UTC))


@pytest.fixture
def folders(home: Path, memory_vault: MemoryVault, clock: MovedClock) -> Folders:
    made = folder_room.prepare(practice=False)
    store = opening.open_store(made, memory_vault, clock)
    ada = store.people.add(PHARMACIST, pins.hash_pin(PIN))
    store.people.give(ada, Access(manager=True), Why.FIRST_RUN, None)
    not_shared(store, clock)
    store.close()
    clock.at = datetime(2030, 1, 1, 9, tzinfo=UTC)
    return made


@pytest.fixture
def act(folders: Folders, memory_vault: MemoryVault, clock: MovedClock) -> Act:
    def carry_out(pin: str = PIN, words: str = WORDS, **wanted: object) -> str:
        asked = Asked(lambda _names: (0, pin), lambda _text: words, lambda: NUMBER)
        what = dataclasses.replace(Wanted(), **wanted)  # type: ignore[arg-type]
        return "\n".join(retention_acts.carry_out(folders, memory_vault, clock, what, asked))

    return carry_out


def records(folders: Folders, vault: MemoryVault, clock: MovedClock) -> int:
    store: Store = opening.open_store(folders, vault, clock)
    try:
        return len(store.retention.groups())
    finally:
        store.close()


def test_it_says_how_retention_stands_and_changes_nothing(act, folders, memory_vault, clock) -> None:
    said = act()
    assert "No manager has confirmed this table" in said
    assert "general knowledge, no source read" in said
    assert "Over: 1 of Vaccination of an adult, kept until 01 Oct 2020" in said
    assert "FENNIMORE" not in said.upper()
    assert records(folders, memory_vault, clock) == 1


def test_a_manager_confirms_and_removes_with_words(act, folders, memory_vault, clock) -> None:
    with pytest.raises(DigMedError, match="confirmed"):
        act(remove=True)
    assert "The table is confirmed." in act(confirm=True)
    with pytest.raises(DigMedError, match="nothing was removed"):
        act(remove=True, words="yes")
    assert records(folders, memory_vault, clock) == 1
    said = act(remove=True)
    assert "Removed: 1 record, and" in said
    assert "Earlier backups still contain" in said
    assert records(folders, memory_vault, clock) == 0
    assert act(remove=True).startswith("Vaccination of an adult")


def test_a_hold_is_placed_and_lifted(act, folders, memory_vault, clock) -> None:
    act(confirm=True)
    said = act(hold="complaint", about="notification 1", note="letter of 3 May")
    assert "Hold 1 is placed. It protects 1 record, and those that come." in said
    assert "letter of 3 May" not in said, "anyone may look, and a note can name a patient"
    assert "Over, but 1 stay: on hold." in act()
    assert "Nothing was removed." in act(remove=True)
    assert "Hold 1 is lifted." in act(lift=1, note="settled")
    assert records(folders, memory_vault, clock) == 1


def test_the_nhs_number_of_a_hold_is_asked_for_and_is_no_argument(act) -> None:
    """Every program of the computer sees the arguments of a command."""
    assert "Hold 1 is placed." in act(hold="claim", about="patient", note="a claim")
    assert "Over, but 1 stay: on hold." in act()


@pytest.mark.parametrize(
    "wanted", [{"confirm": True}, {"off": True}, {"lift": 1, "note": "settled"}, {"remove": True}]
)
def test_a_wrong_pin_decides_nothing(act, folders, memory_vault, clock, wanted) -> None:
    act(confirm=True)
    act(hold="claim", about="batch other", note="a claim")
    with pytest.raises(DigMedError, match="PIN"):
        act(pin="111222", **wanted)
    assert "confirmed this table on" in act()
    assert "Hold 1 on batch other" in act()
    assert records(folders, memory_vault, clock) == 1


def test_without_a_manager_nobody_decides(act, folders, memory_vault, clock) -> None:
    store = opening.open_store(folders, memory_vault, clock)
    store.people.give(1, Access(), Why.CHANGED, None)
    store.close()
    with pytest.raises(NotPermittedError, match="manager"):
        act(confirm=True)
