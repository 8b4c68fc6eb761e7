"""Fill a payload with locked wheels and the program's own wheel; know which file belongs to which package."""

import csv
import email
import shutil
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from installer.making import places
from installer.making.lock import Target
from installer.making.run import BuildError, need, run


@dataclass(frozen=True, slots=True)
class Distribution:
    """An installed package: its name, version, metadata, and files relative to its folder."""

    name: str
    version: str
    info: Path
    files: tuple[str, ...]

    def metadata(self) -> "email.message.Message[str, str]":
        """Return the package's core metadata."""
        return email.message_from_string((self.info / "METADATA").read_text(encoding="utf-8"))


def install_locked(target: Target, folder: Path) -> None:
    """Install every locked package into ``folder``, wheels only, each checked against its hash."""
    _uv_install(target, folder, "--require-hashes", "-r", str(target.path))


def install_program(target: Target, folder: Path, work: Path, epoch: int) -> None:
    """Build the program's wheel from the checkout and install it alone into ``folder``."""
    uv = need("uv", "(not in Debian) python3 -m pip install uv")
    wheels = work / "wheel"
    shutil.rmtree(wheels, ignore_errors=True)
    run(
        [uv, "build", "--quiet", "--wheel", "--out-dir", wheels, places.ROOT],
        env={"SOURCE_DATE_EPOCH": str(epoch)},
    )
    made = list(wheels.glob("*.whl"))
    if len(made) != 1 or places.version() not in made[0].name:
        raise BuildError(f"The wheel is not of version {places.version()}: {[one.name for one in made]}")
    _uv_install(target, folder, "--no-deps", str(made[0]))


def _uv_install(target: Target, folder: Path, *words: str) -> None:
    uv = need("uv", "(not in Debian) python3 -m pip install uv")
    folder.mkdir(parents=True, exist_ok=True)
    run(
        [
            uv, "pip", "install", "--quiet", "--python-platform", target.uv_platform, "--python-version", target.python,
            "--only-binary", ":all:", "--link-mode", "copy", "--target", folder, *words,
        ]
    )  # fmt: skip
    for left in ("bin", "Scripts", ".lock"):  # the program is started by its own launchers
        path = folder / left
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for info in folder.glob("*.dist-info"):
        for note in ("REQUESTED", "INSTALLER", "direct_url.json", "uv_cache.json", "uv_build.json"):
            (info / note).unlink(missing_ok=True)  # they name this computer or this moment
        record = info / "RECORD"
        lines = [
            line
            for line in record.read_text(encoding="utf-8").splitlines()
            if (folder / line.split(",")[0]).exists()
        ]
        record.write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")


def distributions(folder: Path) -> tuple[Distribution, ...]:
    """Return the packages installed in ``folder`` with the files that each brought."""
    found = []
    for info in sorted(folder.glob("*.dist-info")):
        head = email.message_from_string((info / "METADATA").read_text(encoding="utf-8"))
        with (info / "RECORD").open(encoding="utf-8", newline="") as file:
            files = tuple(row[0].replace("\\", "/") for row in csv.reader(file) if row)
        found.append(Distribution(canonicalize_name(head["Name"]), head["Version"], info, files))
    return tuple(found)
