"""Compile the two launchers from one source."""

from pathlib import Path

from installer.making import places
from installer.making.python import LIBRARY
from installer.making.run import need, run

_PACKAGE = "gcc-mingw-w64-x86-64"


def make(payload: Path, work: Path, epoch: int) -> None:
    """Compile the windowed and the console launcher into the payload; the same bytes each time."""
    compiler = need("x86_64-w64-mingw32-gcc", _PACKAGE)
    windres = need("x86_64-w64-mingw32-windres", "binutils-mingw-w64-x86-64")
    source = places.HOME / "launcher"
    env = {"SOURCE_DATE_EPOCH": str(epoch)}
    for name, kind in ((places.WINDOW_EXE, ["-mwindows"]), (places.CONSOLE_EXE, ["-mconsole", "-DCONSOLE"])):
        script, compiled = work / "launcher.rc", work / "launcher.o"
        script.write_text(_resources(source, name), encoding="utf-8")
        run([windres, "--codepage=65001", script, "-O", "coff", "-o", compiled], env=env)
        run(
            [
                compiler, "-O2", "-s", "-Wall", "-Wextra", "-Werror", "-municode", *kind,
                f'-DPYTHON_LIBRARY=L"{LIBRARY}"', "-Wl,--no-insert-timestamp",
                "-Wl,--dynamicbase,--nxcompat,--high-entropy-va",
                "-o", payload / name, source / "launcher.c", compiled, "-lshell32",
            ],
            env=env,
        )  # fmt: skip


def _resources(source: Path, name: str) -> str:
    version = places.version()
    text = (source / "launcher.rc.in").read_text(encoding="utf-8")
    for mark, value in {
        "ICON": (source / "digmed.ico").as_posix(),
        "MANIFEST": (source / "app.manifest").as_posix(),
        "COMMAS": version.replace(".", ","),
        "VERSION": version,
        "PUBLISHER": places.PUBLISHER,
        "PROGRAM": places.PROGRAM,
        "NAME": name,
    }.items():
        text = text.replace(f"@{mark}@", value)
    return text
