"""Wrong PINs in a row are counted where nothing gives them back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from digmed_desktop.clinical.record import PersonName, Professional
from digmed_desktop.credentials import pins
from digmed_desktop.credentials.tries import TryBook
from tests.conftest import MemoryVault
from tests.long.checks.guesses import CHECK
from tests.long.registry import Size

ADA = Professional(PersonName("Ada", "Vale"), registration="2071234")
MINUTE = timedelta(minutes=1)


def test_no_guess_is_looked_at_before_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(pins, "_hasher", lambda: quick)
    found = CHECK.run(Size(120), tmp_path)
    assert found.broken == ()
    assert int(found.figures["PINs looked at"]) >= pins.FREE_TRIES


def test_the_greater_count_holds_and_a_restart_of_the_computer_never_shortens_a_wait(
    memory_vault: MemoryVault,
) -> None:
    running = [9_000.0]
    book = TryBook(memory_vault, lambda: running[0])
    for _ in range(6):
        book.count(ADA, 0)
    assert book.wait(ADA, 0) == 5 * MINUTE
    running[0] += 60
    assert book.wait(ADA, 0) == 4 * MINUTE
    running[0] = 120  # the computer was started two minutes ago
    assert book.wait(ADA, 0) == 3 * MINUTE
    again = TryBook(memory_vault, lambda: running[0])
    assert again.wait(ADA, 0) == 3 * MINUTE
    assert again.wait(ADA, 7) == 15 * MINUTE, "the records know of more, and nobody knows since when"
    again.forget(ADA)
    assert again.wait(ADA, 0) == timedelta(0)


def test_each_person_has_a_count_that_stays_with_the_name(memory_vault: MemoryVault) -> None:
    book = TryBook(memory_vault, lambda: 1.0)
    for _ in range(5):
        book.count(ADA, 0)
    assert book.wait(replace(ADA, name=PersonName("ada", "VALE")), 0) == MINUTE
    assert book.wait(replace(ADA, name=PersonName("Eve", "Vale")), 0) == timedelta(0)


@pytest.mark.parametrize(
    "kept", ["", "[]", "{}", '{"count": "many", "at": 0}', "[" * 9_000, '{"count":1e999,"at":0}']
)
def test_a_damaged_count_gives_no_free_try_back(memory_vault: MemoryVault, kept: str) -> None:
    running = [1.0]
    book = TryBook(memory_vault, lambda: running[0])
    book.count(ADA, 0)
    (name,) = (one for one in memory_vault.items if one.startswith("pin-tries-"))
    memory_vault.put(name, kept)
    assert book.wait(ADA, 0) == MINUTE
    running[0] += 61
    assert book.wait(ADA, 0) == timedelta(0), "the wait ends"


def test_a_list_of_people_asks_the_keyring_once_for_each() -> None:
    asked: list[str] = []

    class Counting(MemoryVault):
        def get(self, name: str) -> str | None:
            asked.append(name)
            return super().get(name)

    book = TryBook(Counting(), lambda: 1.0)
    assert [book.seems_to_wait(ADA, 0) for _ in range(3)] == [False] * 3
    assert len(asked) == 1
    for _ in range(5):
        book.count(ADA, 0)
    assert book.seems_to_wait(ADA, 0)
    book.forget(ADA)
    assert not book.seems_to_wait(ADA, 0)
