"""A store in a folder of its own, open for one test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from digmed_desktop.history.store import Store
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, MovedClock


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "digmed.db"


@pytest.fixture
def store(database: Path, clock: MovedClock) -> Iterator[Store]:
    made = fresh_store(database, KEY, clock)
    yield made
    made.close()
