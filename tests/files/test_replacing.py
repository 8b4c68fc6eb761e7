"""A finished file takes the place of another, also when that is open elsewhere for a moment."""

import os
import threading
import time
from pathlib import Path

import pytest

from digmed_desktop.files.replacing import HeldOpenError, replace
from digmed_desktop.history import faults
from digmed_desktop.messaging.disk import not_stored
from digmed_desktop.messaging.whole_file import FileNotWrittenError, told, whole_file

on_windows = pytest.mark.skipif(os.name != "nt", reason="only Windows refuses to replace a file that is open")


def test_the_finished_file_takes_the_name_and_leaves_its_own(tmp_path: Path) -> None:
    finished, target = tmp_path / "new", tmp_path / "list.csv"
    target.write_text("old", encoding="utf-8")
    finished.write_text("new", encoding="utf-8")
    assert replace(finished, target) == target
    assert target.read_text(encoding="utf-8") == "new"
    assert not finished.exists()


def test_what_no_patience_mends_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with pytest.raises(FileNotFoundError):
        replace(tmp_path / "none", tmp_path / "list.csv")
    assert waited == []


@on_windows
def test_a_file_that_is_let_go_of_in_time_is_replaced(tmp_path: Path) -> None:
    finished, target = tmp_path / "new", tmp_path / "list.csv"
    target.write_text("old", encoding="utf-8")
    finished.write_text("new", encoding="utf-8")
    held = target.open("rb")
    threading.Timer(0.5, held.close).start()
    replace(finished, target, patience=10)
    assert target.read_text(encoding="utf-8") == "new"


@on_windows
def test_a_file_that_stays_open_elsewhere_is_named_and_is_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old", encoding="utf-8")
    with target.open("rb"), pytest.raises(FileNotWrittenError) as caught, whole_file(target) as file:
        file.write(b"new")
    assert "list.csv" in caught.value.happened
    assert "another program" in caught.value.happened.lower()
    assert target.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]


def test_the_sentence_names_the_file_and_the_true_remedy(tmp_path: Path) -> None:
    held = HeldOpenError(13, "held", str(tmp_path / "list.csv"))
    for said in (told(held, tmp_path), faults.cannot_write(tmp_path, held), not_stored(held)):
        assert "nother program" in said.happened
        assert "do it again" in said.remedy
    plain = told(PermissionError(13, "no", str(tmp_path / "list.csv")), tmp_path)
    assert "cannot write" in plain.happened
