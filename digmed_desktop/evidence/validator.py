"""HL7's validator, where the computer has it: a command that judges files against the published profiles.

The command prints ``PASS`` or ``FAIL``, a number and the file for each file, and its findings below it, indented.
"""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "DIGMED_VALIDATOR"
"""The variable of the environment that names the command."""
_LIMIT = 1800  # seconds for all files together
_VERDICT = re.compile(r"(PASS|FAIL)\s+\d+ (.+)$")


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """The validator's result for one file."""

    passed: bool
    findings: tuple[str, ...]


def command(named: Path | None) -> Path | None:
    """Return the validator that was named, else that of the environment, None where there is none."""
    found = named or Path(os.environ.get(VARIABLE, "") or ".")
    return found if found.is_file() else None


def judged(validator: Path, files: Sequence[Path]) -> dict[str, Verdict]:
    """Return the verdict on each file by its name, all in one run; a file may be missing where the run fails."""
    try:
        done = subprocess.run(  # noqa: S603  # the command that whoever asked for the evidence named
            [str(validator), *map(str, files)], capture_output=True, text=True, check=False, timeout=_LIMIT
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    found: dict[str, Verdict] = {}
    name, passed = "", False
    said: list[str] = []
    for line in [*done.stdout.splitlines(), ""]:
        start = _VERDICT.match(line)
        if start or not line:
            if name:
                found[name] = Verdict(passed, tuple(said))
            name, passed, said = (Path(start[2]).name, start[1] == "PASS", []) if start else ("", False, [])
        elif line.startswith(" "):
            said.append(line.strip())
    return found
