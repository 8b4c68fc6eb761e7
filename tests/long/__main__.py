"""Runs a long check in its full size: ``python -m tests.long NAME``; without a name, lists them."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.long import results
from tests.long.registry import Size, checks


def main(arguments: list[str]) -> int:
    """Return 0 where every promise was kept, 1 where one was broken, 2 for a name that is none."""
    known = checks()
    parser = argparse.ArgumentParser(prog="python -m tests.long", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", choices=[[], "all", *known], help="a check, or all"
    )
    parser.add_argument("--count", type=int, help="how many cases; fewer than the full number is not kept")
    parser.add_argument("--seed", type=int, help="another draw")
    asked = parser.parse_args(arguments)
    if not asked.names:
        for name, check in known.items():
            print(f"{name:28} {check.full.count or 'all':>9}  {check.promise}")
        return 0
    broken = False
    for name in known if "all" in asked.names else asked.names:
        check = known[name]
        size = Size(asked.count or check.full.count, asked.seed or check.full.seed)
        print(f"{name}: {size.count:,} cases, seed {size.seed} ...", flush=True)
        with tempfile.TemporaryDirectory(prefix=f"long-{name}-") as folder:
            began = time.monotonic()
            outcome = check.run(size, Path(folder))
        run = results.Run(name, check, size, time.monotonic() - began, outcome)
        print(results.keep(run), flush=True)
        broken |= not run.kept
    return int(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
