"""The core's own quick tests under the Python of the Windows payload."""

import shutil
from pathlib import Path

from installer.checking import wine
from installer.checking.table import Table
from installer.checking.wine import PATIENCE, Wine, expect
from installer.making import lock, places
from installer.making.run import need, run

TESTS = ("files", "settings", "clinical", "history/test_kept_anywhere.py", "history/test_store.py")
_PATIENCE = 4 * PATIENCE  # thousands of tests, two minutes of a quiet processor
_INI = "[pytest]\nmarkers =\n  slow: takes minutes\n  secret_service: needs a Secret Service\n"


def lay(payload: Path, cpython: Path, work: Path) -> Path:
    """Make a copy of the payload with an interpreter, which the payload itself has not; return where it lies."""
    tried = work / "core"
    shutil.rmtree(tried, ignore_errors=True)
    run(["cp", "-al", payload, tried])
    shutil.copyfile(cpython / "python.exe", tried / "python" / "python.exe")
    return tried


def other_source(payload: Path, checkout: Path = places.ROOT) -> str:
    """Return "" when a checkout holds the program that the payload was built from, else the first files that differ.

    The tests read it: they say nothing of a payload of another commit.
    """
    own = payload / places.APP / "digmed_desktop"
    pairs = {"": checkout / "digmed_desktop", "_resources": checkout / "resources"}
    differ: set[str] = set()
    for name, source in pairs.items():
        skipped = () if name else ("_resources/", "_results/")
        sides = [_source(own / name, skipped), _source(source, ())]
        differ |= {f"{name}/{one}".lstrip("/") for one, _bytes in sides[0].items() ^ sides[1].items()}
    return f"{len(differ)} files are of another commit: {sorted(differ)[:3]}" if differ else ""


def _source(folder: Path, skipped: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files of a folder without byte code and without what ``skipped`` begins."""
    names = {one.relative_to(folder).as_posix(): one for one in folder.rglob("*") if one.is_file()}
    return {
        name: one.read_bytes()
        for name, one in names.items()
        if "__pycache__" not in name and not name.startswith(skipped)
    }


def check(out: Path, work: Path, table: Table) -> None:
    """Run the tests in a Windows of their own."""
    made: list[Wine] = []

    def windows_made() -> str:
        made.append(wine.make(work / "prefix", work))
        return ""

    same = table.line("this checkout is the one that was built", lambda: other_source(out / "windows"))
    if same and table.line("a Windows of wine's", windows_made):
        tried = lay(out / "windows", out / "work" / "cpython", work)
        table.line("the core's quick tests", lambda: _tests(made[0], tried, work))
        made[0].end()


def _tests(windows: Wine, tried: Path, work: Path) -> str:
    """Run them by the copy's interpreter; return "" or what failed."""
    extra = tried / "testing"
    run(
        [need("uv", "(not in Debian) python3 -m pip install uv"), "pip", "install", "--quiet", "--python-platform",
         lock.WINDOWS.uv_platform, "--python-version", lock.WINDOWS.python, "--only-binary", ":all:", "--target", extra,
         "pytest>=8.4,<10", "hypothesis>=6.130"],
    )  # fmt: skip
    paths = tried / "python" / "python313._pth"
    lines = paths.read_text(encoding="utf-8")
    paths.unlink()  # the copy is a hard link: the payload's own must not change
    paths.write_text(
        f"..\\testing\r\n{windows.windows_path(places.ROOT)}\r\n{lines}", encoding="utf-8", newline=""
    )
    ini = work / "core.ini"
    ini.write_text(_INI, encoding="utf-8")
    tests = [windows.windows_path(places.ROOT / "tests" / one) for one in TESTS]
    result = windows.run(
        tried / "python" / "python.exe", "-m", "pytest", "-q", "-c", windows.windows_path(ini), "--rootdir",
        windows.windows_path(places.ROOT), "--import-mode=importlib", "-p", "no:cacheprovider", "-m", "not slow", *tests,
        seconds=_PATIENCE,
    )  # fmt: skip
    print("               " + (result.text.strip().splitlines() or ["nothing was said"])[-1])
    return expect(result, 0, "passed")
