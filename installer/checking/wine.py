"""A Windows of wine's for trying: its folder, what wine lacks, and how programs are run in it."""

import os
import shutil
import struct
import subprocess
import threading
import tomllib
from dataclasses import dataclass
from pathlib import Path

from installer.making import places
from installer.making.run import BuildError, need, run

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/ucrtbase.dll")
# Parts of complex numbers that numpy asks of Windows' C library while it is imported; wine 8 has stubs that stop it.
_COMPLEX = {
    "crealf": "66 0f 6e c1 c3",  # movd xmm0, ecx; ret
    "cimagf": "48 c1 e9 20 66 0f 6e c1 c3",  # shr rcx, 32; movd xmm0, ecx; ret
    "creal": "f2 0f 10 01 c3",  # movsd xmm0, [rcx]; ret
    "cimag": "f2 0f 10 41 08 c3",  # movsd xmm0, [rcx+8]; ret
}


_LAST_WORDS = 5.0  # seconds for what a program printed to come through after its end
PATIENCE = 900.0  # seconds that a step may take on a busy computer; a quiet one needs a twentieth


@dataclass(frozen=True, slots=True)
class Result:
    """The traces of a program."""

    status: int
    text: str


def expect(result: Result, status: int, *words: str) -> str:
    """Return "" when a result has this status and these words, else what was seen."""
    if result.status != status:
        return f"status {result.status}, expected {status}: {result.text[-250:]}"
    missing = [word for word in words if word not in result.text]
    return f"'{missing[0]}' is not in: {result.text[-250:]}" if missing else ""


@dataclass(frozen=True, slots=True)
class Wine:
    """One Windows folder."""

    prefix: Path

    @property
    def drive(self) -> Path:
        """Drive C."""
        return self.prefix / "drive_c"

    @property
    def home(self) -> Path:
        """The folder of the Windows account."""
        return next(one for one in (self.drive / "users").iterdir() if one.name != "Public")

    def environment(self, extra: dict[str, str] | None = None, *, screen: str = "") -> dict[str, str]:
        """Return the variables that programs run with; wine renames those that begin with QT_."""
        env = {
            **os.environ,
            "WINEPREFIX": str(self.prefix),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=;ucrtbase,mscms=n",
        }
        for name in ("DISPLAY", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "QT_QPA_PLATFORM", "DIGMED_HOME"):
            env.pop(name, None)
        env |= extra or {}
        if screen:
            return {**env, "DISPLAY": screen}
        return {**env, "WINEQT_QPA_PLATFORM": "offscreen"}

    def start(
        self,
        *words: str | Path,
        extra: dict[str, str] | None = None,
        screen: str = "",
        listens: bool = False,
        offline: bool = False,
    ) -> "subprocess.Popen[str]":
        """Start a program; its output goes through a pipe, since CPython stops under wine when it is a file.

        ``listens``: it waits for input, as the practice MESH does, and ends with it. ``offline``: without any network,
        when nothing else runs in this Windows, since wine's server opens the connections of all.
        """
        apart = [need("unshare", "util-linux"), "--net"] if offline else []
        return subprocess.Popen(
            [*apart, need("wine", "wine wine64"), *(str(word) for word in words)],
            env=self.environment(extra, screen=screen),
            stdin=subprocess.PIPE if listens else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def run(
        self,
        *words: str | Path,
        seconds: float = PATIENCE,
        extra: dict[str, str] | None = None,
        screen: str = "",
    ) -> Result:
        """Run a program to its end; status -1 when it takes longer than it may.

        Its end counts, not that of its output: wine's services may hold that open as long as another program runs.
        """
        process = self.start(*words, extra=extra, screen=screen)
        said: list[str] = []

        def read() -> None:
            for line in process.stdout or ():
                said.append(line)  # noqa: PERF402 - what was said so far is wanted, also when there is no end

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            self.end()
            return Result(-1, f"not ended after {seconds:.0f} s")
        reader.join(_LAST_WORDS)
        return Result(process.returncode, "".join(said))

    def wait(self) -> None:
        """Wait until every program in this Windows has ended."""
        subprocess.run([need("wineserver", "wine wine64"), "-w"], env=self.environment(), check=False)

    def end(self) -> None:
        """End every program in this Windows; no other Windows is touched."""
        subprocess.run([need("wineserver", "wine wine64"), "-k"], env=self.environment(), check=False)

    def windows_path(self, path: Path) -> str:
        """Return a path of this computer as programs in wine see it."""
        if path.is_relative_to(self.drive):
            return "C:\\" + str(path.relative_to(self.drive)).replace("/", "\\")
        return "Z:" + str(path).replace("/", "\\")

    def copy(self, to: Path) -> "Wine":
        """Return a copy of this Windows."""
        shutil.rmtree(to, ignore_errors=True)
        run(["cp", "-a", self.prefix, to])
        return Wine(to)


def make(folder: Path, work: Path) -> Wine:
    """Make a fresh Windows 10 of wine's, with what it lacks."""
    shutil.rmtree(folder, ignore_errors=True)
    made = Wine(folder)
    first = {"WINEDLLOVERRIDES": "mscoree,mshtml="}
    made.run("wineboot", "-i", extra=first)
    made.run("winecfg", "-v", "win10", extra=first)
    made.wait()
    system = made.drive / "windows" / "system32"
    for name, entry in tomllib.loads(
        (places.HOME / "wine" / "stubs.toml").read_text(encoding="utf-8")
    ).items():
        source = work / f"{name}.c"
        exports = "\n".join(
            f"__declspec(dllexport) void *{one}(void) {{ return 0; }}" for one in entry["functions"]
        )
        source.write_text(f"{exports}\n{entry.get('code', '')}", encoding="utf-8")
        compiler = need("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64")
        library = work / f"{name}.dll"
        run([compiler, "-O2", "-s", "-shared", "-o", library, source, *entry.get("libraries", [])])
        shutil.copyfile(library, system / library.name)
    (system / "ucrtbase.dll").unlink(missing_ok=True)
    (system / "ucrtbase.dll").write_bytes(_mended(LIBRARY.read_bytes()))
    return made


def _mended(library: bytes) -> bytes:
    """Return wine's C library with the parts of complex numbers that it only has stubs for."""
    data = bytearray(library)
    header = struct.unpack_from("<I", data, 0x3C)[0]
    count, optional = (
        struct.unpack_from("<H", data, header + 6)[0],
        struct.unpack_from("<H", data, header + 20)[0],
    )
    base = struct.unpack_from("<Q", data, header + 48)[0]
    sections = [
        struct.unpack_from("<8sIIII", data, header + 24 + optional + 40 * number) for number in range(count)
    ]
    listed = run([need("x86_64-w64-mingw32-nm", "binutils-mingw-w64-x86-64"), LIBRARY])
    addresses = {
        line.split()[-1]: int(line.split()[0], 16) for line in listed.splitlines() if len(line.split()) == 3
    }
    for name, code in _COMPLEX.items():
        address = addresses.get(f"__wine_stub_{name}")
        if address is None:
            continue  # this wine has the function
        for _name, virtual, start, raw, position in sections:
            if start <= address - base < start + max(virtual, raw):
                place = position + address - base - start
                break
        else:
            raise BuildError(f"wine's ucrtbase.dll is not built as expected: {name} lies in no section.")
        patch = bytes.fromhex(code.replace(" ", ""))
        data[place : place + len(patch)] = patch
    data[0x40:0x60] = bytes(32)  # the mark of wine's own libraries, which it would load in place of this file
    return bytes(data)
