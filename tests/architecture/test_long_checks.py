"""The runner of long checks: each is found by its module, and its result says what makes it repeatable."""

import re
from pathlib import Path

import pytest

from tests.benchmarks import results as benchmarks
from tests.long import __main__ as runner
from tests.long import results
from tests.long.registry import LongCheck, Outcome, Size, checks


def test_each_long_check_promises_something_and_has_a_full_size() -> None:
    for name, check in checks().items():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert check.promise, name
        assert check.full.count >= 0, name


def test_each_kept_result_belongs_to_a_check_and_names_date_commit_and_outcome() -> None:
    for file in sorted(set(results.FOLDER.glob("*.txt")) - {benchmarks.TEXT}):
        text = file.read_text(encoding="utf-8")
        assert file.stem in checks()
        assert text.startswith(f"{file.stem}: {checks()[file.stem].promise}\n")
        assert re.search(r"^made: +\d{4}-\d\d-\d\d \d\d:\d\d UTC in \d+ s, seed \d+$", text, re.MULTILINE)
        assert re.search(r"^commit: \w{7,} \d{4}-\d\d-\d\d ", text, re.MULTILINE)
        assert re.search(r"^RESULT: (kept|BROKEN by [\d,]+)$", text, re.MULTILINE)


def test_a_smaller_run_than_the_full_one_is_not_kept(tmp_path: Path) -> None:
    check = LongCheck("nothing breaks", Size(100), lambda _size, _folder: Outcome({}))
    small = results.Run("sample", check, Size(99), 1.0, Outcome({"tried": 99}))
    full = results.Run("sample", check, Size(100), 1.0, Outcome({"tried": 100}, ("case 7",)))
    results.keep(small, tmp_path)
    assert list(tmp_path.iterdir()) == []
    results.keep(full, tmp_path)
    assert "broken by case 7\nRESULT: BROKEN by 1" in (tmp_path / "sample.txt").read_text(encoding="utf-8")


def test_a_broken_promise_is_the_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = {"good": Outcome({"tried": 3}), "bad": Outcome({"tried": 3}, ("case 2",))}
    found = {
        name: LongCheck("as promised", Size(10), lambda _size, _folder, outcome=outcome: outcome)
        for name, outcome in outcomes.items()
    }
    monkeypatch.setattr(runner, "checks", lambda: found)
    assert runner.main(["good", "--count", "3"]) == 0
    assert runner.main(["bad", "--count", "3"]) == 1
    assert "BROKEN by 1" in capsys.readouterr().out
