"""The last output of each long check, kept in ``tests/results`` with its date and commit."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.long.registry import ROOT, LongCheck, Outcome, Size

FOLDER = ROOT / "tests" / "results"
MOST_NAMED = 50
"""Cases that are named in a result; the rest is counted."""


@dataclass(frozen=True)
class Run:
    """One run of a check, with what makes it repeatable."""

    name: str
    check: LongCheck
    size: Size
    seconds: float
    outcome: Outcome

    @property
    def kept(self) -> bool:
        """Whether the promise was kept by every case."""
        return not self.outcome.broken

    def report(self, now: datetime) -> str:
        """Return the text that is printed and kept."""
        figures = {
            "cases asked for": f"{self.size.count:,}" if self.size.count else "all",
            **self.outcome.figures,
        }
        width = max(map(len, figures))
        broken = self.outcome.broken
        lines = [
            f"{self.name}: {self.check.promise}",
            f"made:   {now:%Y-%m-%d %H:%M} UTC in {self.seconds:.0f} s, seed {self.size.seed}",
            f"commit: {commit()}",
            f"on:     Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores",
            "",
            *(f"{name:{width}}  {_number(value)}" for name, value in figures.items()),
            *(["", self.outcome.details.strip()] if self.outcome.details else []),
            "",
            *(f"broken by {case}" for case in broken[:MOST_NAMED]),
            *([f"and by {len(broken) - MOST_NAMED:,} more"] if len(broken) > MOST_NAMED else []),
            f"RESULT: {'kept' if self.kept else f'BROKEN by {len(broken):,}'}",
        ]
        return "\n".join(line.rstrip() for line in lines) + "\n"


def keep(run: Run, folder: Path = FOLDER) -> str:
    """Write the result over that of the run before, and return it. A smaller run than the full one is not kept."""
    text = run.report(datetime.now(UTC))
    if run.size.count >= run.check.full.count > 0 or run.size.count == run.check.full.count == 0:
        folder.mkdir(exist_ok=True)
        (folder / f"{run.name}.txt").write_text(text, encoding="utf-8")
    return text


def _number(value: float | str) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}" if isinstance(value, float) else value


def commit() -> str:
    """Return the commit that is checked out, and whether anything was changed after it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = [line for line in git("status", "--porcelain").splitlines() if "tests/results/" not in line]
    return f"{git('log', '-1', '--format=%h %cs %s') or 'unknown'}{', with uncommitted changes' if changed else ''}"
