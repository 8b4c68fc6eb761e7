"""The command ``installer/build``: from a clean checkout to setup.exe, MSI and .deb."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from installer.making import (
    bom,
    bytecode,
    keep,
    launchers,
    lock,
    manifest,
    packages,
    places,
    python,
    signing,
    wheels,
)
from installer.making.run import BuildError, Steps, megabytes, run

SITE = "python/Lib/site-packages"
LINUX_SITE = f"lib/python{lock.LINUX.python}/site-packages"


@dataclass(frozen=True, slots=True)
class Build:
    """One build: where it works, what it was asked for."""

    out: Path
    work: Path
    epoch: int
    asked: argparse.Namespace
    steps: Steps


def grammar() -> argparse.ArgumentParser:
    """Return the command's grammar."""
    made = argparse.ArgumentParser(
        prog="installer/build",
        description="Build setup.exe, MSI and .deb, with SBOM and NOTICE, from this checkout.",
        epilog="Without --python the build takes a test copy of CPython from PyPI and says 'test' in the names of its "
        "files: such a build is for trying, never for a pharmacy.",
    )
    made.add_argument("out", nargs="?", type=Path, metavar="OUT", help="folder for what is built")
    made.add_argument(
        "--lock", action="store_true", help="resolve the dependencies anew, write both lock files, stop"
    )
    made.add_argument(
        "--python", type=Path, metavar="ZIP", help="python.org's embeddable CPython 3.13 for 64 bits"
    )
    made.add_argument("--sha256", default="", metavar="HASH", help="what --python's checksum must be")
    made.add_argument("--sign", default="", metavar="HOOK", help="program that signs the file it is given")
    made.add_argument("--only", choices=("windows", "linux"), help="build for one system")
    made.add_argument("--fast", action="store_true", help="pack faster and larger (zlib, zstd); for trying")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run the build; return the exit status."""
    asked = grammar().parse_args(argv)
    try:
        if asked.lock:
            for target in lock.TARGETS:
                print(f"{target.path.relative_to(places.ROOT)}: {lock.renew(target)} packages")
            return 0
        if asked.out is None:
            grammar().error("name the folder for what is built")
        _build(asked)
    except BuildError as error:
        print(f"Nothing was finished. {error}", file=sys.stderr)
        return 1
    return 0


def _build(asked: argparse.Namespace) -> None:
    out = asked.out.resolve()
    work = out / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for old in (*out.glob("DigMedDesktop-*"), *out.glob("digmed-desktop_*")):
        old.unlink()
    build = Build(out, work, _epoch(), asked, Steps())
    print(f"{places.PROGRAM} {places.version()}, built in {out}")
    said = [
        one
        for target in lock.TARGETS
        for one in lock.disagreements(target, target.path.read_text(encoding="utf-8"))
    ]
    if said:
        raise BuildError("\n".join(said))
    if asked.only != "linux":
        _windows(build)
    if asked.only != "windows":
        _linux(build)
    print(f"{build.steps.total():7.1f} s  in all")
    for file in sorted((*out.glob("DigMedDesktop-*"), *out.glob("digmed-desktop_*"))):
        print(f"{megabytes(file):>12}  {file.name}")


def _windows(build: Build) -> None:
    step, payload = build.steps.step, build.out / "windows"
    shutil.rmtree(payload, ignore_errors=True)
    payload.mkdir()
    with step("CPython") as notes:
        found = python.obtain(build.work, build.asked.python, build.asked.sha256)
        python.place(found, payload)
        signer = python.signed_by(found.folder / python.LIBRARY)
        if not signer:
            raise BuildError(f"{python.LIBRARY} is not signed, or was changed after it was signed.")
        notes += [megabytes(payload), f"{python.LIBRARY} signed by {signer}"]
    with step("locked wheels") as notes:
        wheels.install_locked(lock.WINDOWS, payload / SITE)
        notes += [megabytes(payload / SITE)]
    with step("keep-list") as notes:
        gone = keep.apply(payload / SITE, keep.read("windows"))
        notes += [megabytes(payload / SITE), f"left out whole: {', '.join(gone)}"]
    with step("the program's own wheel") as notes:
        wheels.install_program(lock.WINDOWS, payload / places.APP, build.work, build.epoch)
        notes += [megabytes(payload / places.APP)]
    with step("byte code, by wine"):
        manifest.same_times(payload, build.epoch)
        bytecode.compile_windows(payload, found, build.work)
    with step("launchers"):
        launchers.make(payload, build.work, build.epoch)
    bare = signing.unsigned(payload)
    with step("signatures") as notes:
        if build.asked.sign:
            notes += [f"{signing.sign(bare, build.asked.sign)} files signed by the hook"]
        else:
            notes += [f"no signing hook: {len(bare)} files carry no signature"]
    _finish(build, payload, "windows", (SITE, places.APP))
    test = "-test" if found.test_only else ""
    packing = packages.Packing(places.version(), build.epoch, build.asked.fast, build.asked.sign)
    setup = build.out / f"DigMedDesktop-{places.version()}{test}-setup.exe"
    with step("setup.exe") as notes:
        packages.setup_exe(payload, setup, packing)
        notes += [megabytes(setup)]
    installer = build.out / f"DigMedDesktop-{places.version()}{test}.msi"
    with step("MSI") as notes:
        packages.msi(payload, installer, build.work, packing)
        if build.asked.sign:
            run([build.asked.sign, installer])
        notes += [megabytes(installer)]


def _linux(build: Build) -> None:
    step, tree = build.steps.step, build.out / "linux"
    shutil.rmtree(tree, ignore_errors=True)
    payload = tree / "opt" / places.DISTRIBUTION
    with step("Linux: locked wheels") as notes:
        wheels.install_locked(lock.LINUX, payload / LINUX_SITE)
        notes += [megabytes(payload)]
    with step("Linux: keep-list") as notes:
        keep.apply(payload / LINUX_SITE, keep.read("linux"))
        notes += [megabytes(payload)]
    with step("Linux: the program's own wheel"):
        wheels.install_program(lock.LINUX, payload / places.APP, build.work, build.epoch)
        packages.linux_python(payload, lock.LINUX.python, LINUX_SITE)
    with step("Linux: byte code") as notes:
        manifest.same_times(payload, build.epoch)
        bytecode.compile_linux(tree, f"python{lock.LINUX.python}")
        notes += [megabytes(payload)]
    _finish(build, payload, "linux", (LINUX_SITE, places.APP))
    package = build.out / f"{places.DISTRIBUTION}_{places.version()}_amd64.deb"
    with step(".deb") as notes:
        packages.deb(tree, package, build.epoch, fast=build.asked.fast)
        notes += [megabytes(package)]


def _finish(build: Build, payload: Path, system: str, folders: tuple[str, str]) -> None:
    """Write NOTICE, SBOM and manifest; the order matters: each names what lies there by then."""
    with build.steps.step(f"NOTICE, SBOM, manifest ({system})") as notes:
        parts = bom.parts_of(payload, *folders) + bom.others(payload, system)
        parts += bom.compiled_in(payload, folders[0], parts)
        if silent := [one.name for one in parts if not one.licence and not one.texts]:
            raise BuildError(f"{silent[0]} states no licence. Add it to licences/more.toml.")
        (payload / "NOTICE.txt").write_text(bom.notice(parts), encoding="utf-8", newline="\n")
        files = bom.write(payload, parts, payload / "sbom.cdx.json", build.epoch)
        shutil.copyfile(
            payload / "sbom.cdx.json", build.out / f"DigMedDesktop-{places.version()}-{system}.cdx.json"
        )
        manifest.write(payload)
        manifest.same_times(payload, build.epoch)
        notes += [f"{len(parts)} parts, {files} files", megabytes(payload)]


def _epoch() -> int:
    """Return the time of the commit: the same checkout gives the same bytes at any hour."""
    return int(
        subprocess.run(
            ["git", "-C", str(places.ROOT), "log", "-1", "--format=%ct"],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    )


if __name__ == "__main__":
    sys.exit(main())
