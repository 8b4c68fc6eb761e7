"""Names what nothing in the package uses. What may stay stands in pyproject.toml, [tool.vulture], with its reason.

Neither a field of a model of data files is dead code, which pages read by its key, nor an attribute of the record, which
questions and rows name by its path.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAMED_BY_DATA = re.compile(
    r"^digmed_desktop/(data_files/\S+|\S+_(files?|rows?)|clinical/(record|emergency_supply))\.py:\d+: unused variable "
)


def main() -> int:
    """Print what is dead; return 1 where something is, or where vulture could not look."""
    done = subprocess.run(["vulture"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - as installed
    dead = [line for line in done.stdout.splitlines() if not NAMED_BY_DATA.match(line)]
    print(*dead, done.stderr.strip(), sep="\n", end="")
    return int(bool(dead) or done.returncode not in (0, 3))  # 3: something was found


if __name__ == "__main__":
    sys.exit(main())
