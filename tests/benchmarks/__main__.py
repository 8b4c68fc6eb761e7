"""Measures the program beside a reference: ``python -m tests.benchmarks NAME``; without a name, lists the benchmarks."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import results
from tests.benchmarks.frame import Asked, benchmarks, table


def main(arguments: list[str]) -> int:
    """Print a table of ratios. Nothing fails here: a missed goal is said, and explained in ``gaps.md``."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", choices=[[], "all", *known], help="a benchmark, or all"
    )
    parser.add_argument("--rounds", type=int, help="how often each pair is run")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="notifications in the history")
    parser.add_argument("--keep", action="store_true", help="keep the figures in tests/benchmarks/kept")
    parser.add_argument(
        "--plot",
        type=Path,
        nargs="?",
        const=results.PICTURE,
        metavar="FILE.png",
        help="draw the kept figures against the size of the history",
    )
    asked = parser.parse_args(arguments)
    if not asked.names and asked.plot is None:
        for name, benchmark in known.items():
            print(f"{name:20} {benchmark.about}")
    for name in known if "all" in asked.names else asked.names:
        benchmark = known[name]
        sizes = tuple(asked.sizes) if asked.sizes else benchmark.sizes
        with tempfile.TemporaryDirectory(prefix=f"benchmark-{name}-", ignore_cleanup_errors=True) as folder:
            rows = list(benchmark.run(Asked(asked.rounds or benchmark.rounds, sizes, Path(folder))))
        print(f"\n{name}: {benchmark.about}", *table(rows), sep="\n", flush=True)
        if asked.keep:
            results.keep(name, rows)
    if asked.plot is not None:
        print(f"{results.plot(asked.plot)} curves in {asked.plot.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
