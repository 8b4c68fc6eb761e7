"""Names what nothing in the package uses. What may stay stands in pyproject.toml, [tool.vulture], with its reason.

A field of a model of data files is no dead code: it says what a file may hold, and pages read it by its key.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIELD_OF_A_DATA_FILE = re.compile(r"^digmed_desktop/(data_files/\S+|\S+_files?)\.py:\d+: unused variable ")


def main() -> int:
    """Print what is dead; return 1 where something is, or where vulture could not look."""
    done = subprocess.run(["vulture"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - as installed
    dead = [line for line in done.stdout.splitlines() if not FIELD_OF_A_DATA_FILE.match(line)]
    print(*dead, done.stderr.strip(), sep="\n", end="")
    return int(bool(dead) or done.returncode not in (0, 3))  # 3: something was found


if __name__ == "__main__":
    sys.exit(main())
