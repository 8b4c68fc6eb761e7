"""Checks a change in under two minutes on two cores; prints how long each part took.

Run ``.ci/check`` from anywhere in the checkout, in an environment made by CONTRIBUTING.md. The change is what differs
from the branch point with main, committed or not; on main itself, what differs from the commit before. The tests are
those of the files and rooms that it touches, the nearest first, within a time; ``.ci/run`` runs all of them.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE, TESTS, RESOURCES = "digmed_desktop", "tests", "resources"
TEST_SECONDS = 60
"""For the tests, so that everything together stays under two minutes."""
STATIC: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "contracts": ("lint-imports",),
    "dead code": (sys.executable, ".ci/dead_code.py"),
    "types": ("mypy", "digmed_desktop", "tests", "installer", ".ci"),
}


@dataclass(frozen=True)
class Ended:
    """How one part ended."""

    name: str
    passed: bool
    seconds: float
    output: str


def main(arguments: list[str]) -> int:
    """Return 0 where everything passed."""
    parser = argparse.ArgumentParser(prog=".ci/check", description=__doc__)
    parser.add_argument("--since", help="a commit to compare with, in place of the branch point with main")
    parser.add_argument("--no-tests", action="store_true", help="everything but the tests")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    changed = changed_files(asked.since or branch_point())
    with ThreadPoolExecutor(2) as together:  # two cores; mypy is the longest and begins first
        running = [together.submit(_run, name, command) for name, command in reversed(STATIC.items())]
        ended = [one.result() for one in running]
    for one in ended:
        _say(one)
    if not asked.no_tests:
        chosen = tests_of(changed)
        print(
            f"tests: {len(chosen)} of {len(test_files())} files for {len(changed)} changed files", flush=True
        )
        command = (
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "-m",
            "not slow",
            f"--within={TEST_SECONDS}",
        )
        ended.append(_run("tests", (*command, *chosen)))
        _say(ended[-1], always=True)
    failed = [one.name for one in ended if not one.passed]
    print(
        f"{'FAILED: ' + ', '.join(failed) if failed else 'everything passed'} in {time.monotonic() - began:.0f} s"
    )
    return int(bool(failed))


# ---- the change


def branch_point() -> str:
    """Return the commit that a change is held against."""
    base = _git("merge-base", "HEAD", "main").strip()
    return base if base and base != _git("rev-parse", "HEAD").strip() else "HEAD~1" if _is_clean() else "HEAD"


def changed_files(since: str) -> list[str]:
    """Return the files that differ from a commit, those that git does not know yet among them."""
    named = _git("diff", "--name-only", since).splitlines()
    return sorted({*named, *_git("ls-files", "--others", "--exclude-standard").splitlines()})


def _is_clean() -> bool:
    return not _git("status", "--porcelain")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout  # noqa: S603, S607


# ---- its tests


def test_files() -> list[str]:
    """Return every file of tests."""
    return sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / TESTS).rglob("test_*.py"))


def tests_of(changed: Iterable[str]) -> list[str]:
    """Return the test files for a change, the nearest first.

    Nearest are changed tests and those named for a changed module; then tests that import a changed module or that
    name a changed resource; then the other tests of a changed room; those of the architecture always.
    """
    near: list[str] = []
    importing: list[str] = []
    rooms: list[str] = []
    texts = {file: (ROOT / file).read_text(encoding="utf-8") for file in test_files()}
    for path in changed:
        parts = Path(path).with_suffix("").parts
        near += [file for file in texts if file == path]
        if parts[0] == PACKAGE and path.endswith(".py"):
            near += [file for file in texts if Path(file).stem == f"test_{parts[-1]}"]
            module = ".".join(parts)
            importing += [file for file, text in texts.items() if _imports(text, module)]
            rooms += [file for file in texts if file.startswith(f"{TESTS}/{parts[1]}/")]
        elif parts[0] == TESTS and path.endswith(".py"):
            importing += [file for file, text in texts.items() if _imports(text, ".".join(parts))]
        elif parts[0] == RESOURCES:
            importing += [file for file, text in texts.items() if parts[-1] in text or f"{parts[1]}/" in text]
    always = [file for file in texts if file.startswith(f"{TESTS}/architecture/")]
    return list(dict.fromkeys([*near, *importing, *always, *rooms]))


def _imports(text: str, module: str) -> bool:
    """Whether a test imports a module: by its whole name, or from the package that it lies in."""
    package, _, name = module.rpartition(".")
    whole = rf"(from|import) {re.escape(module)}\b"
    return (
        re.search(rf"{whole}|from {re.escape(package)} import [^\n]*\b{re.escape(name)}\b", text) is not None
    )


# ---- running


def _run(name: str, command: tuple[str, ...]) -> Ended:
    began = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603 - the project's own tools
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
    except FileNotFoundError:
        missing = f'{command[0]} is not installed here. Run: python -m pip install -e ".[test]"'
        return Ended(name, passed=False, seconds=0.0, output=missing)
    return Ended(name, done.returncode == 0, time.monotonic() - began, done.stdout)


def _say(ended: Ended, *, always: bool = False) -> None:
    if always or not ended.passed:
        print(ended.output.rstrip())
    print(f"{'passed' if ended.passed else 'FAILED'}  {ended.name:10} {ended.seconds:5.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
