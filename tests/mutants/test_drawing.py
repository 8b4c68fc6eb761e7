"""Mutants are drawn the same for the same seed, each changes its module, and none is of what no test can notice."""

from pathlib import Path

import pytest

from tests.mutants.drawing import OPERATORS, draw

SOURCE = '''"""A module."""

from typing import Protocol


def least(one: int | None, other: int = 3) -> int | None:
    """Return the lesser."""
    if one is None or other < one:
        note(other)
        return other
    return one


class Noted(Protocol):
    number: int
'''


@pytest.fixture
def module(tmp_path: Path) -> str:
    (tmp_path / "least.py").write_text(SOURCE, encoding="utf-8")
    return "least.py"


def test_each_mutant_is_another_program_that_compiles(tmp_path: Path, module: str) -> None:
    drawn = draw(tmp_path, [module], 50, 1)
    assert drawn == draw(tmp_path, [module], 50, 1)
    codes = [one.code(SOURCE) for one in drawn]
    assert len(set(codes)) == len(codes) > 4
    assert SOURCE not in codes
    for code in codes:
        compile(code, module, "exec")
        assert "one: int | None, other: int = 3" in code
        assert "    number: int\n" in code


@pytest.mark.parametrize("name", ["RemoveStatement", "ReturnNothing"])
def test_own_operators_do_as_their_examples_say(name: str) -> None:
    from cosmic_ray.mutating import mutate_code

    for example in type(OPERATORS[name]).examples():
        assert mutate_code(example.pre_mutation_code, OPERATORS[name], 0) == example.post_mutation_code
