"""Change the program a little and see whether a test notices: ``python -m tests.mutants FOLDER``.

FOLDER keeps what was done, so that a run which was ended goes on where it was. Survivors are printed with what was
changed; those that no test can notice stand in ``explained.toml`` with the reason. Needs ``pip install ".[test]"``.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

from tests.long.registry import ROOT, SEED
from tests.mutants.covering import Covering, cover
from tests.mutants.drawing import Mutant, draw

HERE = Path(__file__).parent
_LONGEST = 240
"""Seconds after which a test counts as one that hangs, which is noticed."""
KILLED, SURVIVED, NOT_RUN = "killed", "survived", "not run"


def main(arguments: list[str]) -> int:
    """Print the score and the survivors; 1 where more than one in twenty survived without an explanation."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("folder", type=Path, help="where to keep what was done")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument(
        "--anew", action="store_true", help="try the survivors once more, with the tests as they are"
    )
    asked = parser.parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    rooms = tomllib.loads((HERE / "rooms.toml").read_text(encoding="utf-8"))
    trees = [_copied(asked.folder / f"tree-{number}") for number in range(asked.at_once)]
    covering = cover(trees[0], rooms["tests"], rooms["modules"], asked.folder / "covering.json")
    drawn = draw(trees[0], rooms["modules"], asked.count, asked.seed)
    results = Results(asked.folder / "results.jsonl", anew=asked.anew)
    free: Queue[Path] = Queue()
    for tree in trees:
        free.put(tree)

    def one(mutant: Mutant) -> None:
        if mutant.name in results.ended:
            return
        tree = free.get()
        try:
            results.add(mutant, *_try(tree, mutant, covering))
        finally:
            free.put(tree)

    with ThreadPoolExecutor(asked.at_once) as pool:
        list(pool.map(one, drawn))
    return report(drawn, results, trees[0])


class Results:
    """What became of each mutant, one line of a file each."""

    def __init__(self, file: Path, *, anew: bool) -> None:
        self._file = file
        self._lock = threading.Lock()
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        found = [json.loads(line) for line in lines]
        self.ended: dict[str, dict[str, Any]] = {
            row["mutant"]: row for row in found if not anew or row["end"] == KILLED
        }

    def add(self, mutant: Mutant, end: str, by: str) -> None:
        """Store one end at once."""
        row = {"mutant": mutant.name, "end": end, "by": by}
        with self._lock:
            self.ended[mutant.name] = row
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        print(f"{len(self.ended):4} {end:8} {mutant.name} {by}", flush=True)


def report(drawn: list[Mutant], results: Results, tree: Path) -> int:
    """Print what survived and the score."""
    explained = tomllib.loads((HERE / "explained.toml").read_text(encoding="utf-8")).get("mutant", [])
    ends: Counter[str] = Counter()
    for mutant in drawn:
        row = results.ended[mutant.name]
        end = row["end"]
        if end != KILLED:
            before, after = _change(tree, mutant)
            reason = next(
                (
                    e["reason"]
                    for e in explained
                    if (e["module"], e["before"], e["after"]) == (mutant.module, before, after)
                ),
                "",
            )
            end = "explained" if reason else end
            print(f"\n{end}: {mutant.module}:{mutant.lines[0]}\n  - {before}\n  + {after}")
            print(f"  {reason}" if reason else f"  {row['by']}")
        ends[end] += 1
    unexplained = ends[SURVIVED] + ends[NOT_RUN]
    print(
        f"\n{len(drawn)} mutants: {dict(ends)}; {100 * unexplained / max(len(drawn), 1):.1f} % survive unexplained"
    )
    return int(unexplained * 20 > len(drawn))


def _change(tree: Path, mutant: Mutant) -> tuple[str, str]:
    """Return the changed lines before and after, without what stands around them."""
    source = (tree / mutant.module).read_text(encoding="utf-8")
    lines = list(
        difflib.unified_diff(source.splitlines(), mutant.code(source).splitlines(), n=0, lineterm="")
    )[3:]

    def signed(sign: str) -> str:
        return " ".join(line[1:].strip() for line in lines if line.startswith(sign))

    return signed("-"), signed("+")


def _try(tree: Path, mutant: Mutant, covering: Covering) -> tuple[str, str]:
    tests = covering.tests(mutant.module, mutant.lines)
    if not tests:
        return NOT_RUN, "no test runs the line"
    with _changed(tree / mutant.module, mutant):
        words = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-m",
            "not slow",
            *tests,
        ]
        try:
            played = subprocess.run(
                words,
                cwd=tree,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=_LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return KILLED, "a test that hangs"
    if played.returncode == 0:
        return SURVIVED, f"{len(tests)} tests run the line"
    failed = [line for line in played.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return KILLED, failed[0][:120] if failed else f"pytest ended with status {played.returncode}"


@contextmanager
def _changed(file: Path, mutant: Mutant) -> Iterator[None]:
    source = file.read_text(encoding="utf-8")
    file.write_text(mutant.code(source), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(source, encoding="utf-8")


def _copied(tree: Path) -> Path:
    """Return a copy of the tracked files as they are now, in which code may be changed."""
    if tree.exists():
        shutil.rmtree(tree)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            target = tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    return tree


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
