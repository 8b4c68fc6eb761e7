"""The command ``installer/check``: a table of everything that was tried, with sizes and times."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from installer.checking import core, debian, papers, windows, wine
from installer.checking.table import Table
from installer.making import packages, places
from installer.making.run import BuildError, megabytes, need, size

BESIDE = ("linux", "core")  # what is tried meanwhile, one after the other
MOST_SETUP, MOST_INSTALLED = 75_000_000, 290_000_000


def main(argv: Sequence[str] | None = None) -> int:
    """Try what a build made; return 0 only when every line passed."""
    grammar = argparse.ArgumentParser(
        prog="installer/check", description="Try what installer/build made in OUT."
    )
    grammar.add_argument("out", type=Path, metavar="OUT", help="the folder that installer/build filled")
    grammar.add_argument(
        "--only", choices=("windows", *BESIDE), action="append", help="try one part; may be given again"
    )
    grammar.add_argument("--keep", type=Path, metavar="DIR", help="folder for the pictures")
    grammar.add_argument(
        "--same",
        type=Path,
        metavar="OTHER",
        help="only compare with what a second build of the same commit made",
    )
    asked = grammar.parse_args(argv)
    began = time.monotonic()
    failed = 0
    if asked.same is not None:
        table = Table("two builds of one commit")
        papers.same(asked.out.resolve(), asked.same.resolve(), table)
        return int(bool(table.end()))
    try:
        with tempfile.TemporaryDirectory(prefix="digmed-check-") as folder:
            work = Path(folder)
            out = asked.out.resolve()
            beside = None if asked.only else _Beside(out, work / "beside.txt")
            try:
                if not asked.only or "windows" in asked.only:
                    failed += _windows(out, work, asked.keep or work / "pictures")
                if asked.only and "linux" in asked.only:
                    failed += _linux(out, work)
                if asked.only and "core" in asked.only:
                    failed += _core(out, work)
                if beside is not None:
                    failed += beside.end()
            finally:
                if beside is not None:
                    beside.stop()
    except BuildError as error:
        print(f"Nothing more was tried. {error}", file=sys.stderr)
        return 1
    print(
        f"\n{time.monotonic() - began:.0f} s in all. {'Every line passed.' if not failed else f'{failed} lines FAILED.'}"
    )
    return int(bool(failed))


class _Beside:
    """The other tables, tried by a process of its own meanwhile; printed when those of Windows are."""

    def __init__(self, out: Path, seen: Path) -> None:
        self._seen = seen
        with seen.open("wb") as file:
            words = [sys.executable, "-m", "installer.checking", str(out)]
            only = [word for name in BESIDE for word in ("--only", name)]
            self._process = subprocess.Popen([*words, *only], stdout=file, stderr=subprocess.STDOUT)

    def end(self) -> int:
        """Wait for it and print what it saw; return 1 when a line failed."""
        status = self._process.wait()
        print(self._seen.read_text(encoding="utf-8"), flush=True)
        return int(status != 0)

    def stop(self) -> None:
        """End it where it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def _one(out: Path, pattern: str) -> Path:
    found = sorted(out.glob(pattern))
    if not found:
        raise BuildError(f"{out} holds no {pattern}. Run installer/build first.")
    return found[0]


def _windows(out: Path, work: Path, pictures: Path) -> int:
    need("wine", "wine wine64")
    payload = out / "windows"
    setup, msi = _one(out, "DigMedDesktop-*-setup.exe"), _one(out, "DigMedDesktop-*.msi")
    table = Table("what was built for Windows")
    print(f"               setup.exe {megabytes(setup)}, MSI {megabytes(msi)}, payload {megabytes(payload)}")
    papers.check(payload, work, table)
    table.line("nothing of the trial's own is in the payload", lambda: _no_stand_ins(payload))
    table.line("setup.exe at most 75 MB (not with --fast)", lambda: _at_most(setup, MOST_SETUP))
    table.line("installed at most 290 MB", lambda: _at_most(payload, MOST_INSTALLED))
    failed = table.end()
    table = Table("Windows packages under wine")
    trials = work / "windows"
    trials.mkdir()
    made: list[wine.Wine] = []

    def windows_made() -> str:
        made.append(wine.make(trials / "prefix", trials))
        return ""

    if not table.line("a Windows of wine's", windows_made):
        return failed + table.end()
    newer = [trials / "newer-setup.exe", trials / "newer.msi"]
    table.line("the same payload packed as the next version", lambda: _newer(payload, newer, trials))
    trial = windows.Trial(
        made[0],
        setup,
        newer[0],
        msi,
        newer[1],
        payload / "app" / "digmed_desktop" / "_resources" / "examples",
        pictures.resolve(),
        core.lay(payload, out / "work" / "cpython", trials),
    )
    try:
        windows.run(trial, table)
    finally:
        windows.shut(trial)
    return failed + table.end()


def _newer(payload: Path, targets: list[Path], work: Path) -> str:
    *head, last = places.version().split(".")
    packing = packages.Packing(
        ".".join((*head, str(int(last) + 1))), int(time.time()), fast=True, stored=True
    )
    packages.setup_exe(payload, targets[0], packing)
    packages.msi(payload, targets[1], work, packing)
    return ""


def _no_stand_ins(payload: Path) -> str:
    names = {"icuuc.dll", "bcryptprimitives.dll", "mscms.dll", "ucrtbase.dll", "python.exe"}
    found = [one.name for one in payload.rglob("*") if one.name.lower() in names]
    return ", ".join(found)


def _at_most(folder: Path, limit: int) -> str:
    return "" if size(folder) <= limit else f"{megabytes(folder)}, at most {limit // 1_000_000} MB"


def _linux(out: Path, work: Path) -> int:
    package = _one(out, "digmed-desktop_*.deb")
    table = Table("the .deb in a clean Debian root")
    print(f"               {package.name} {megabytes(package)}")
    papers.check(out / "linux" / "opt" / places.DISTRIBUTION, work, table)
    debian.try_package(package, work / "root", table)
    shutil.rmtree(work / "root", ignore_errors=True)
    return table.end()


def _core(out: Path, work: Path) -> int:
    table = Table("the core's tests under wine, by the payload's Python")
    (work / "tests").mkdir()
    core.check(out, work / "tests", table)
    return table.end()


if __name__ == "__main__":
    sys.exit(main())
