"""CONTRIBUTING's recipe for a question to the GP, kept as a patch and applied to a copy of the program."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PATCH = Path(__file__).with_name("question.patch")
TRY = Path(__file__).with_name("try_question.py")
ANSWER = "Ms Noor, in Dari"


def run(*words: str | Path, cwd: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def patched(tmp_path: Path) -> Path:
    """A copy of the program with the recipe applied."""
    git = shutil.which("git")
    assert git, "the recipe is applied with git"
    copy = tmp_path / "program"
    for name in ("digmed_desktop", "resources"):
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    applied = run(git, "apply", "-C1", PATCH, cwd=copy)
    assert applied.returncode == 0, f"follow the recipe again and keep its patch: {applied.stderr}"
    return copy


def test_a_question_is_data_and_at_most_four_python_files() -> None:
    changed = re.findall(r"^\+\+\+ b/(.+)$", PATCH.read_text(encoding="utf-8"), re.MULTILINE)
    python = [name for name in changed if name.endswith(".py")]
    assert 0 < len(python) <= 4
    assert all(name.startswith("resources/") for name in changed if name not in python)


def test_the_new_question_is_found_wherever_its_answer_belongs(patched: Path, tmp_path: Path) -> None:
    done = run(sys.executable, TRY, tmp_path, cwd=tmp_path, path=f"{patched}{os.pathsep}{CHECKOUT}")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {
        "program": str(patched / "digmed_desktop"),
        "form": "Interpreter",
        "record": ANSWER,
        "record JSON": ANSWER,
        "schema": True,
        "preview": ["after.interpreter"],
        "message": found["message"],
        "CSV": ANSWER,
        "form filled from the record": ANSWER,
    }
    assert found["message"] > 0


def test_the_data_of_the_recipe_is_without_fault(patched: Path) -> None:
    done = run(sys.executable, "-m", "digmed_desktop", "check-data", cwd=patched, path=str(patched))
    assert done.returncode == 0, done.stdout
