"""Pack a payload: setup.exe by NSIS, MSI by wixl, .deb by dpkg-deb."""

import hashlib
import re
import shutil
import struct
import uuid
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from installer.making import places
from installer.making.manifest import same_times
from installer.making.run import BuildError, need, run, size

_SPACE = uuid.UUID("5b6f3f0e-0f0e-4d0c-8c62-94a57c2d8d10")
_CODE = re.compile(rb"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
_TIME_TYPE = b"\x40\x00\x00\x00"  # VT_FILETIME
_TIME = re.compile(rb"\x40\x00{3}[\x00-\xff]{6}[\xd0-\xef]\x01")  # a time of Windows from 2015 to 2080
_TIMES, _NEAR = 2, 200  # made and last saved; bytes around the code of the package
_EPOCH_OF_WINDOWS = 11_644_473_600  # seconds from 1601 to 1970
_RESERVE_MB = 100  # beside two copies of the program, the old and the new


@dataclass(frozen=True, slots=True)
class Packing:
    """How Windows packages are made."""

    version: str
    epoch: int  # the time that every file carries, in seconds since 1970
    fast: bool = False  # zlib in place of lzma, for trying
    stored: bool = False  # setup.exe holds its files as they are, for trying an upgrade
    hook: str = ""  # signs what is packed


def setup_exe(payload: Path, target: Path, packing: Packing) -> None:
    """Pack setup.exe."""
    room = size(payload) // 1_000_000 * 2 + _RESERVE_MB
    words = {
        "PROGRAM": places.PROGRAM, "PUBLISHER": places.PUBLISHER, "VERSION": packing.version, "PAYLOAD": payload,
        "OUT": target, "ICON": places.HOME / "launcher" / "digmed.ico", "WINDOW_EXE": places.WINDOW_EXE,
        "CONSOLE_EXE": places.CONSOLE_EXE, "SIZE_KB": size(payload) // 1024, "NEEDS_MB": room,
        "COMPRESSOR": "zlib" if packing.fast else "/SOLID lzma", **({"SIGN": packing.hook} if packing.hook else {}),
        **({"STORED": ""} if packing.stored else {}),
    }  # fmt: skip
    given = [f"-D{name}={value}" for name, value in words.items()]
    run(
        [need("makensis", "nsis"), "-V2", "-WX", *given, places.HOME / "windows" / "digmed.nsi"],
        env={"SOURCE_DATE_EPOCH": str(packing.epoch)},
    )


def msi(payload: Path, target: Path, work: Path, packing: Packing) -> None:
    """Pack the MSI. Its ids follow from its content, so that equal payloads make equal packages."""
    manifest = (payload / places.MANIFEST).read_bytes()
    content = hashlib.sha256(manifest).hexdigest()
    script, files = work / "digmed.wxs", work / "files.wxs"
    text = (places.HOME / "windows" / "digmed.wxs.in").read_text(encoding="utf-8")
    for mark, value in {
        "PRODUCT": str(uuid.uuid5(_SPACE, f"product {packing.version} {content}")).upper(),
        "VERSION": packing.version,
        "PUBLISHER": places.PUBLISHER,
        "CONSOLE_FILE": _id("f", places.CONSOLE_EXE),
    }.items():
        text = text.replace(f"@{mark}@", value)
    script.write_text(text, encoding="utf-8")
    files.write_text(harvest(payload), encoding="utf-8")
    run(
        [need("wixl", "wixl"), "-a", "x64", "-o", target, script, files],
        cwd=payload,  # sources are named relative to it: wixl finds no absolute ones
        env={"SOURCE_DATE_EPOCH": str(packing.epoch)},
    )
    package = uuid.uuid5(_SPACE, f"package {packing.version} {content}")
    target.write_bytes(settled(target.read_bytes(), package, packing.epoch))


def settled(made: bytes, package: uuid.UUID, epoch: int) -> bytes:
    """Return an MSI with this code and time in its summary, where wixl writes a random one and the present.

    Raises BuildError when the summary is not where and as wixl writes it.
    """
    found = list(_CODE.finditer(made))
    summary = [
        one for one in found if len(_TIME.findall(made[one.start() - _NEAR : one.end() + _NEAR])) == _TIMES
    ]
    if len(summary) != 1:
        raise BuildError(f"The MSI has {len(summary)} summaries as wixl writes them, not one.")
    place = slice(max(summary[0].start() - _NEAR, 0), summary[0].end() + _NEAR)
    ticks = (epoch + _EPOCH_OF_WINDOWS) * 10_000_000
    settled_time = _TIME_TYPE + struct.pack("<Q", ticks)
    near = _TIME.sub(lambda _found: settled_time, made[place])
    near = near.replace(summary[0][0], f"{{{str(package).upper()}}}".encode())
    return made[: place.start] + near + made[place.stop :]


def harvest(payload: Path) -> str:
    """Return the payload as WiX components; a file's ids depend on its path alone, in every build."""
    lines: list[str] = []
    ids: list[str] = []

    def walk(folder: Path) -> None:
        for path in sorted(folder.iterdir()):
            name = path.relative_to(payload).as_posix()
            if path.is_dir():
                lines.append(f'<Directory Id="{_id("d", name)}" Name={quoteattr(path.name)}>')
                walk(path)
                lines.append("</Directory>")
                continue
            ids.append(_id("c", name))
            guid = str(uuid.uuid5(_SPACE, f"file {name}")).upper()
            lines.append(
                f'<Component Id="{ids[-1]}" Guid="{guid}" Win64="yes">'
                f'<File Id="{_id("f", name)}" KeyPath="yes" Name={quoteattr(path.name)} Source={quoteattr(name)}/>'
                "</Component>"
            )

    walk(payload)
    references = "\n".join(f'<ComponentRef Id="{one}"/>' for one in ids)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">\n'
        '<Fragment><DirectoryRef Id="INSTALLDIR">\n' + "\n".join(lines) + "\n</DirectoryRef></Fragment>\n"
        f'<Fragment><ComponentGroup Id="Payload">\n{references}\n</ComponentGroup></Fragment>\n</Wix>\n'
    )


def _id(kind: str, name: str) -> str:
    return kind + hashlib.sha256(name.encode()).hexdigest()[:32]


def linux_python(payload: Path, python: str, site: str) -> None:
    """Lay a virtual environment around Debian's Python, so that the program can start itself again by ``-m``."""
    interpreter = payload / "bin" / "python3"
    interpreter.parent.mkdir()
    interpreter.symlink_to(f"/usr/bin/python{python}")
    (payload / "pyvenv.cfg").write_text(
        "home = /usr/bin\ninclude-system-site-packages = false\n", encoding="utf-8"
    )
    (payload / site / "digmed-desktop.pth").write_text("../../../app\n", encoding="utf-8")


def deb(tree: Path, target: Path, epoch: int, *, fast: bool) -> None:
    """Pack the .deb of a tree that has opt/digmed-desktop filled. ``fast``: zstd in place of xz, for trying."""
    linux, version = places.HOME / "linux", places.version()
    for name, folder in (
        ("digmed-desktop.desktop", "usr/share/applications"),
        ("digmed-desktop-practice.desktop", "usr/share/applications"),
        ("digmed-desktop-open.desktop", "usr/share/applications"),
        ("digmed-record.xml", "usr/share/mime/packages"),
    ):
        (tree / folder).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(linux / name, tree / folder / name)
    icons = tree / "usr/share/icons/hicolor/scalable/apps"
    icons.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(places.ROOT / "resources/icons/digmed.svg", icons / "digmed-desktop.svg")
    starter = tree / "usr/bin" / places.DISTRIBUTION
    starter.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(linux / "digmed-desktop", starter)
    (tree / "var/lib/digmed-desktop/counters").mkdir(parents=True, exist_ok=True)
    control = tree / "DEBIAN"
    control.mkdir(exist_ok=True)
    qt = ", ".join((places.ROOT / "resources/linux/qt-packages.txt").read_text(encoding="utf-8").split())
    text = (linux / "control.in").read_text(encoding="utf-8")
    for mark, value in {
        "VERSION": version,
        "KB": str(size(tree) // 1024),
        "QT": qt,
        "PUBLISHER": places.PUBLISHER,
    }.items():
        text = text.replace(f"@{mark}@", value)
    (control / "control").write_text(text, encoding="utf-8")
    for path in tree.rglob("*"):
        if path.is_symlink():
            continue  # its target is Debian's own Python
        path.chmod(0o755 if path.is_dir() or path == starter else 0o644)
    (tree / "var/lib/digmed-desktop/counters").chmod(
        0o1777
    )  # each account leaves its own name, and no other's
    same_times(tree, epoch)
    run(
        [
            need("dpkg-deb", "dpkg"),
            "--root-owner-group",
            *(["-Zzstd", "-z3"] if fast else ["-Zxz", "-z6"]),
            "--build",
            tree,
            target,
        ],
        env={"SOURCE_DATE_EPOCH": str(epoch)},
    )
