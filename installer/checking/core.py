"""The core's own quick tests under the Python of the Windows payload."""

import shutil
from pathlib import Path

from installer.checking.wine import Wine, expect
from installer.making import lock, places
from installer.making.run import need, run

TESTS = ("files", "settings", "clinical", "history/test_kept_anywhere.py", "history/test_store.py")
_INI = "[pytest]\nmarkers =\n  slow: takes minutes\n  secret_service: needs a Secret Service\n"


def folder(work: Path) -> Path:
    """Return where the copy of the payload lies that has an interpreter of its own."""
    return work / "core"


def run_tests(wine: Wine, payload: Path, cpython: Path, work: Path) -> str:
    """Run them beside a copy of the payload, which has no interpreter of its own; return "" or what failed."""
    tried = folder(work)
    shutil.rmtree(tried, ignore_errors=True)
    run(["cp", "-al", payload, tried])
    shutil.copyfile(cpython / "python.exe", tried / "python" / "python.exe")
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
        f"..\\testing\r\n{wine.windows_path(places.ROOT)}\r\n{lines}", encoding="utf-8", newline=""
    )
    ini = work / "core.ini"
    ini.write_text(_INI, encoding="utf-8")
    tests = [wine.windows_path(places.ROOT / "tests" / one) for one in TESTS]
    result = wine.run(
        tried / "python" / "python.exe", "-m", "pytest", "-q", "-c", wine.windows_path(ini), "--rootdir",
        wine.windows_path(places.ROOT), "--import-mode=importlib", "-p", "no:cacheprovider", "-m", "not slow", *tests,
        seconds=420,
    )  # fmt: skip
    print("               " + (result.text.strip().splitlines() or ["nothing was said"])[-1])
    return expect(result, 0, "passed")
