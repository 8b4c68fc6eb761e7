"""The hazard log tells the truth: each control has its test, and that test fails once the control is taken out."""

import ast
import importlib
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from _pytest.outcomes import OutcomeException

from digmed_desktop.clinical import hazard_log
from tests.safety.taken_out import AT_ONCE, IN_A_RUN, TakenOut

CHECKOUT = Path(__file__).parents[2]
LOG = hazard_log.log()
LEAST = 25
"""Hazards of which a control is taken out."""


def named() -> Iterator[tuple[str, str]]:
    """Each hazard with each test that the log names for it."""
    for row in LOG.hazard:
        for test in (*(one.test for one in row.control), *(one.test for one in row.wanted if one.test)):
            yield row.id, test


@cache
def functions_of(file: str) -> frozenset[str]:
    """The names of the functions of a file that pytest collects as tests: those of the module itself."""
    tree = ast.parse((CHECKOUT / file).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def test_each_control_of_the_log_names_a_test_that_is_there() -> None:
    missing = [
        (id_, test) for id_, test in named() if test.split("::")[1] not in functions_of(test.split("::")[0])
    ]
    assert missing == []


def test_the_table_takes_out_controls_of_many_hazards_and_names_them_as_the_log_does() -> None:
    table = (*AT_ONCE, *IN_A_RUN)
    assert len({one.hazard for one in table}) >= LEAST
    assert {(one.hazard, one.test) for one in table} <= set(named())


def cases(function: Any) -> Iterator[dict[str, Any]]:
    """The arguments of each case of a test."""
    marks = [one for one in getattr(function, "pytestmark", []) if one.name == "parametrize"]
    axes = []
    for mark in marks:
        names, values = mark.args[:2]
        keys = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)
        rows = [getattr(value, "values", (value,) if len(keys) == 1 else value) for value in values]
        axes.append([dict(zip(keys, row if isinstance(row, tuple) else (row,), strict=True)) for row in rows])
    for parts in itertools.product(*axes):
        yield {key: value for part in parts for key, value in part.items()}


def fails(one: TakenOut) -> bool:
    """Whether a test fails in one of its cases, called as it stands."""
    file, name = one.test.split("::")
    function = getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)
    for case in cases(function):
        try:
            function(**case)
        except (AssertionError, OutcomeException, ValueError, IndexError):
            return True
    return False


def test_a_test_passes_with_its_control_and_fails_once_that_is_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = []
    for one in AT_ONCE:
        if fails(one):
            wrong.append(f"{one.hazard}: fails with its control")
        with monkeypatch.context() as patch:
            one.apply(patch)
            if not fails(one):
                wrong.append(f"{one.hazard}: passes without its control")
    assert wrong == []


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Run the tests that need fixtures, in one process of their own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.safety.taken_out"]
    tests = [one.test for one in IN_A_RUN]
    return subprocess.run(
        [*command, "--tb=no", "-rA", *options, *tests],
        cwd=CHECKOUT,
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_test_of_the_whole_program_fails_once_its_control_is_taken_out() -> None:
    with_controls = run()
    assert with_controls.returncode == 0, with_controls.stdout[-3000:]
    without = run("--taken-out").stdout.splitlines()
    failed = {line.split()[1].partition("[")[0] for line in without if line.startswith("FAILED ")}
    assert [one.hazard for one in IN_A_RUN if one.test not in failed] == []


@pytest.mark.slow
def test_pytest_collects_every_test_that_the_log_names() -> None:
    files = sorted({test.split("::")[0] for _id, test in named()})
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", *files],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    collected = {line.partition("[")[0] for line in found}
    assert [test for _id, test in named() if test not in collected] == []
