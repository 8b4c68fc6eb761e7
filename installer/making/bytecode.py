"""Compile the payload's Python once, by its own Python, so that nobody's first start has to."""

import shutil
from pathlib import Path

from installer.making.python import Python
from installer.making.run import BuildError, need, run


def compile_windows(payload: Path, python: Python, work: Path) -> int:
    """Compile under wine by the very CPython of the payload; return how many files were made.

    Unchecked: installers and summer time move the times of files, and byte code must not be thrown away for that.
    """
    wine = need("wine", "wine wine64")
    prefix = work / "wine"
    env = {
        "WINEPREFIX": str(prefix), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=", "DISPLAY": "",
        "PYTHONHASHSEED": "0",  # the order of a frozenset's items is kept in byte code
    }  # fmt: skip
    interpreter = payload / "python" / "compiling.exe"  # beside its DLL, and gone again below
    shutil.copyfile(python.folder / "python.exe", interpreter)
    paths = (payload / "python" / "python313._pth").read_bytes()
    try:
        (payload / "python" / "python313._pth").unlink()  # with it, Python ignores PYTHONHASHSEED
        env["PYTHONPATH"] = "Z:" + str(payload / "python" / "python313.zip").replace("/", "\\")
        code = _shell(wine, interpreter, payload)
        run(["bash", "-o", "pipefail", "-c", code], env=env)
        run([need("wineserver", "wine wine64"), "-w"], env=env)
    finally:
        interpreter.unlink(missing_ok=True)
        (payload / "python" / "python313._pth").write_bytes(paths)
    return _count(payload)


def _shell(wine: str, interpreter: Path, payload: Path) -> str:
    """Return a pipeline: under wine, CPython aborts when its output is a plain file.

    Folders are named from the payload on: byte code keeps the names of its files, and must not keep those of the
    building computer's folders.
    """
    words = "-m compileall -q -f --invalidation-mode unchecked-hash python/Lib app"
    return f"cd '{payload}' && '{wine}' '{interpreter}' {words} </dev/null 2>&1 | cat"


def compile_linux(payload: Path, python: str) -> int:
    """Compile by the Python that will run it on Debian; return how many files were made."""
    run(
        [python, "-m", "compileall", "-q", "-f", "-s", payload, "-p", "/", "--invalidation-mode", "unchecked-hash",
         payload / "opt"],
        env={"PYTHONHASHSEED": "0"},
    )  # fmt: skip
    return _count(payload)


def _count(payload: Path) -> int:
    made = sum(1 for _ in payload.rglob("*.pyc"))
    sources = sum(1 for _ in payload.rglob("*.py"))
    if made < sources:
        raise BuildError(f"Only {made} of {sources} files were compiled.")
    return made
