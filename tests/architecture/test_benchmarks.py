"""The frame of the benchmarks: what is met, how it is printed and kept. No time is measured here."""

from pathlib import Path

import pytest

from tests.benchmarks import __main__ as runner
from tests.benchmarks import results
from tests.benchmarks.frame import Asked, Benchmark, Row, benchmarks, in_turns, table


def row(*ours: float, goal: float = 2, at_least: bool = False, enough: float = 0, size: int = 0) -> Row:
    return Row("a key", "a frame", ours, (10.0,) * len(ours), goal, at_least, enough, size=size)


def test_a_goal_is_a_ratio_of_medians_or_a_figure_that_is_enough() -> None:
    assert row(10, 20, 900).met
    assert not row(21, 21, 1).met
    assert row(21, 21, 1, enough=22).met
    assert row(8, 8, 8, goal=0.8, at_least=True).met
    assert not row(8, 7, 7, goal=0.8, at_least=True).met
    assert row(10, 20, 40).spread == (1, 4)


def test_both_run_in_turns_and_the_first_turn_does_not_count() -> None:
    order: list[str] = []

    def noted(name: str) -> float:
        order.append(name)
        return float(len(order))

    ours, theirs = in_turns(lambda: noted("a"), lambda: noted("b"), 2)
    assert "".join(order) == "ababab"
    assert (ours, theirs) == ((3, 5), (4, 6))


def test_each_benchmark_says_what_it_measures() -> None:
    assert benchmarks()
    assert all(one.about and one.rounds > 0 for one in benchmarks().values())


def test_what_was_measured_is_printed_kept_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(asked: Asked) -> list[Row]:
        return [row(*(10.0 * asked.rounds,) * asked.rounds, size=size) for size in asked.sizes]

    monkeypatch.setattr(
        runner, "benchmarks", lambda: {"keys": Benchmark("keys pressed", 3, measured, (0, 100))}
    )
    for name in ("FIGURES", "TEXT"):
        monkeypatch.setattr(results, name, tmp_path / name)
    assert runner.main(["keys", "--keep"]) == 0
    printed = capsys.readouterr().out
    assert all(line in printed for line in table([row(30, 30, 30, size=100)]))
    assert "MISSED" in printed
    kept = (tmp_path / "TEXT").read_text(encoding="utf-8")
    assert "a key, history 100" in kept
    assert runner.main(["keys", "--keep", "--rounds", "1", "--sizes", "7"]) == 0
    assert "history 100" not in (tmp_path / "TEXT").read_text(encoding="utf-8")
    assert results._curves() == {}, "one size is no curve"
