"""The command ``installer/check``: a table of everything that was tried, with sizes and times."""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.checking import core, debian, papers, upgrades, windows, wine
from installer.checking.table import Table
from installer.making import packages, places
from installer.making.run import BuildError, megabytes, need, size

BESIDE = ("upgrades", "core", "linux")  # what is tried meanwhile, each by a process of its own
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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that each Windows is ended and taken away
    began = time.monotonic()
    failed = 0
    if asked.same is not None:
        table = Table("two builds of one commit")
        papers.same(asked.out.resolve(), asked.same.resolve(), table)
        return int(bool(table.end()))
    try:
        with tempfile.TemporaryDirectory(prefix="digmed-check-") as folder:
            work = Path(folder)
            out, pictures = asked.out.resolve(), (asked.keep or work / "pictures").resolve()
            parts = {"windows": _windows, "upgrades": _upgrades, "core": _core, "linux": _linux}
            beside = [] if asked.only else [_Beside(name, out, work, pictures) for name in BESIDE]
            try:
                for name in asked.only or ["windows"]:
                    failed += parts[name](out, _folder(work, name), pictures)
                failed += sum(one.end() for one in beside)
            finally:
                for one in beside:
                    one.stop()
    except BuildError as error:
        print(f"Nothing more was tried. {error}", file=sys.stderr)
        return 1
    print(
        f"\n{time.monotonic() - began:.0f} s in all. {'Every line passed.' if not failed else f'{failed} lines FAILED.'}"
    )
    return int(bool(failed))


class _Beside:
    """A part that is tried by a process of its own meanwhile; its table is printed when that of Windows is."""

    def __init__(self, name: str, out: Path, work: Path, pictures: Path) -> None:
        self._seen = work / f"{name}.txt"
        words = [
            sys.executable,
            "-m",
            "installer.checking",
            str(out),
            "--only",
            name,
            "--keep",
            str(pictures),
        ]
        with self._seen.open("wb") as file:
            self._process = subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT)

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


def _folder(work: Path, name: str) -> Path:
    made = work / name
    made.mkdir()
    return made


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
    part = _Part("the program under wine", windows.run, with_msi=False)
    return table.end() + _in_wine(part, out, work, pictures)


def _upgrades(out: Path, work: Path, pictures: Path) -> int:
    part = _Part("upgrades under wine", upgrades.run, with_msi=True)
    return _in_wine(part, out, work, pictures)


@dataclass(frozen=True)
class _Part:
    """A table that is made in a Windows of its own."""

    title: str
    run: Callable[[windows.Trial, Table], None]
    with_msi: bool  # the next version is packed as MSI too


def _in_wine(part: _Part, out: Path, work: Path, pictures: Path) -> int:
    table, payload = Table(part.title), out / "windows"
    made: list[wine.Wine] = []

    def windows_made() -> str:
        made.append(wine.make(work / "prefix", work))
        return ""

    if not table.line("a Windows of wine's", windows_made):
        return table.end()
    newer = [work / "newer-setup.exe", work / "newer.msi"]
    wanted = newer if part.with_msi else newer[:1]
    table.line("the same payload packed as the next version", lambda: _newer(payload, wanted, work))
    trial = windows.Trial(
        made[0],
        _one(out, "DigMedDesktop-*-setup.exe"),
        newer[0],
        _one(out, "DigMedDesktop-*.msi"),
        newer[1],
        payload / "app" / "digmed_desktop" / "_resources" / "examples",
        pictures,
        core.lay(payload, out / "work" / "cpython", work),
    )
    try:
        part.run(trial, table)
    finally:
        windows.shut(trial)
    return table.end()


def _newer(payload: Path, targets: list[Path], work: Path) -> str:
    *head, last = places.version().split(".")
    packing = packages.Packing(
        ".".join((*head, str(int(last) + 1))), int(time.time()), fast=True, stored=True
    )
    for target in targets:
        if target.suffix == ".msi":
            packages.msi(payload, target, work, packing)
        else:
            packages.setup_exe(payload, target, packing)
    return ""


def _no_stand_ins(payload: Path) -> str:
    names = {"icuuc.dll", "bcryptprimitives.dll", "mscms.dll", "ucrtbase.dll", "python.exe"}
    found = [one.name for one in payload.rglob("*") if one.name.lower() in names]
    return ", ".join(found)


def _at_most(folder: Path, limit: int) -> str:
    return "" if size(folder) <= limit else f"{megabytes(folder)}, at most {limit // 1_000_000} MB"


def _linux(out: Path, work: Path, _pictures: Path) -> int:
    package = _one(out, "digmed-desktop_*.deb")
    table = Table("the .deb in a clean Debian root")
    print(f"               {package.name} {megabytes(package)}")
    papers.check(out / "linux" / "opt" / places.DISTRIBUTION, work, table)
    debian.try_package(package, work / "root", table)
    return table.end()


def _core(out: Path, work: Path, _pictures: Path) -> int:
    table = Table("the core's tests under wine, by the payload's Python")
    core.check(out, work, table)
    return table.end()


if __name__ == "__main__":
    sys.exit(main())
