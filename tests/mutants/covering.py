"""Say which tests run a line: one run of the quick tests under coverage, each test a context of its own."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

_MOST_SECONDS = 40.0
"""Of tests that are run against one mutant: the quickest of those that run its lines."""
_LIKELY = 60


@dataclass(frozen=True)
class Covering:
    """The tests by the lines that they run, and how many seconds each takes."""

    by_line: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def tests(self, module: str, lines: Iterable[int]) -> list[str]:
        """Return tests that run one of the lines, the quickest first, within the time for one mutant."""
        found = {test for line in lines for test in self.by_line.get(module, {}).get(line, [])}
        chosen: list[str] = []
        spent = 0.0
        for test in sorted(found, key=lambda one: (self.seconds.get(one, 1.0), one)):
            spent += self.seconds.get(test, 1.0)
            if chosen and spent > _MOST_SECONDS:
                break
            chosen.append(test)
        return chosen


def cover(tree: Path, folders: Sequence[str], modules: Collection[str], kept: Path) -> Covering:
    """Run the quick tests of some folders under coverage in ``tree``, or read what an earlier run found."""
    if not kept.exists():
        data, report = kept.with_suffix(".data"), kept.with_suffix(".xml")
        settings = kept.with_suffix(".coveragerc")
        settings.write_text(
            f"[run]\ndynamic_context = test_function\nsource = digmed_desktop\ndata_file = {data}\n",
            encoding="utf-8",
        )
        words = f"-m coverage run --rcfile={settings} -m pytest -q -p no:cacheprovider -p no:randomly".split()
        subprocess.run(
            [sys.executable, *words, "-m", "not slow", f"--junitxml={report}", *folders],
            cwd=tree,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        kept.write_text(json.dumps(_read(tree, data, report, modules)), encoding="utf-8")
    read = json.loads(kept.read_text(encoding="utf-8"))
    by_line = {
        module: {int(line): tests for line, tests in lines.items()}
        for module, lines in read["by_line"].items()
    }
    return Covering(by_line, read["seconds"])


def _read(tree: Path, data: Path, report: Path, modules: Collection[str]) -> dict[str, object]:
    seconds: dict[str, float] = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        name = _test(tree, f"{case.get('classname')}.{str(case.get('name')).split('[')[0]}")
        if name:
            seconds[name] = seconds.get(name, 0.0) + float(case.get("time", "0"))
    covered = CoverageData(str(data))
    covered.read()
    by_line: dict[str, dict[int, list[str]]] = {}
    for module in modules:
        contexts = covered.contexts_by_lineno(str(tree / module))
        by_line[module] = {
            line: sorted({test for one in found if (test := _test(tree, one))})
            for line, found in contexts.items()
        }
    return {"by_line": by_line, "seconds": seconds}


def _test(tree: Path, dotted: str) -> str:
    """Return the test that pytest knows by a dotted name, ``""`` where it is none."""
    words = dotted.split(".")
    for end in range(len(words), 1, -1):
        file = Path(*words[:end]).with_suffix(".py")
        if (tree / file).is_file():
            return "::".join([file.as_posix(), *words[end:]]) if len(words) > end else ""
    return ""
