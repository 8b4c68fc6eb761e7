"""An account without records learns which other account of the computer keeps them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from digmed_desktop.settings import counters


def test_each_account_sees_the_others_and_not_itself(tmp_path: Path) -> None:
    for account in ("Till 1", "till2"):
        counters.note(tmp_path, account)
        counters.note(tmp_path, account)
    assert counters.others(tmp_path, "TILL2") == ("Till 1",)
    assert counters.others(tmp_path, "nurse") == ("Till 1", "till2")
    assert "Till 1, till2" in counters.sentence(counters.others(tmp_path, "nurse"))


def test_nothing_is_said_where_nobody_else_keeps_records(tmp_path: Path) -> None:
    counters.note(tmp_path, "till1")
    assert counters.sentence(counters.others(tmp_path, "till1")) == ""


def test_a_place_that_is_not_there_or_not_wanted_stops_nothing(tmp_path: Path, home: Path) -> None:
    assert counters.place() is None  # a folder of someone's choice
    for folder in (None, tmp_path / "not there"):
        counters.note(folder, "till1")
        assert counters.others(folder, "till1") == ()


@pytest.fixture(autouse=True)
def _no_file_holds_more_than_a_name(tmp_path: Path) -> Iterator[None]:
    yield
    assert all(one.stat().st_size == 0 for one in tmp_path.glob("*.account"))
