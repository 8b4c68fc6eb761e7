"""Bad input under wine: each ends with a message and a status, and the computer is as it was."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from installer.checking import version_1
from installer.checking.table import Table
from installer.checking.wine import PATIENCE, Result, expect
from installer.making import places
from installer.making.run import need

if TYPE_CHECKING:
    from installer.checking.windows import Trial

NO_SPACE = 13
LONG = 250  # characters of a path
_TINY = "50m"  # of a disk on which nothing fits
TYPO = '[mesh]\nmailbx = "X26OT001"\n'
TYPO_NAMED = ("line 2: mesh.mailbx", "mailbox")  # the line that is wrong, and the setting it comes nearest to
RIGHT = "[counter]\nlock_after_minutes = 5\n[version]\ncurrent = 'C:\\current.txt'\n"
_PARTS = 16  # wine compares no checksums inside a cabinet: it notices only what it cannot unpack, which one place may not be


def run(trial: "Trial", table: Table) -> None:
    """Try bad input beside an installed program."""
    table.line(
        "a typo at the mailbox in IT's file: named, nothing is sent",
        lambda: under_policy(trial, TYPO, lambda: typo_named(trial) or _seen(trial, "typo-in-its-file.png")),
    )
    table.line("IT's file that is right is listed", lambda: under_policy(trial, RIGHT, lambda: listed(trial)))
    table.line("a path of 250 characters with spaces and accents", lambda: long_path(trial))
    table.line("a guide as PDF", lambda: guide(trial))
    table.line("a data folder that cannot be made", lambda: locked(trial))
    table.line("no network at the first start", lambda: _offline(trial))


def damaged_packages(trial: "Trial", table: Table) -> None:
    """Try packages that were damaged on their way."""
    table.line(
        "a damaged setup.exe: refused, the version before runs", lambda: _damaged(trial, trial.newer_setup)
    )
    table.line("a damaged MSI: refused, the version before runs", lambda: _damaged(trial, trial.newer_msi))


def elsewhere(trial: "Trial", table: Table) -> None:
    """Try other places than the usual one, when nothing is installed for all users."""
    table.line("no room on the disk: 13, and nothing is there", lambda: _no_room(trial))
    table.line("a folder with spaces and accents: installed, used, removed", lambda: _accents(trial))


def under_policy(trial: "Trial", text: str, work: Callable[[], str]) -> str:
    """Do something while administrators have this file."""
    trial.policy.write_text(text, encoding="utf-8")
    try:
        return work()
    finally:
        trial.policy.unlink()


def typo_named(trial: "Trial") -> str:
    """Return "" when each command names the typo and does nothing."""
    asked = (("doctor", "--installed"), ("doctor",), ("sync",))
    seen = (expect(trial.console(*words), 1, *TYPO_NAMED) for words in asked)
    return next((one for one in seen if one), "")


def _seen(trial: "Trial", picture: str) -> str:
    """Take a picture of the window as it starts now; return "" or what went wrong."""
    from installer.checking.screen import Screen
    from installer.checking.windows import FOLDER

    with Screen() as screen:
        process = trial.wine.start(f"{FOLDER}\\{places.WINDOW_EXE}", screen=screen.name)
        try:
            screen.settled(trial.pictures / picture)
            return "" if process.poll() is None else f"the window ended with {process.returncode}"
        finally:
            trial.wine.end()
            process.wait(PATIENCE)


def listed(trial: "Trial") -> str:
    """Return "" when what administrators set is listed, with the version that is current."""
    (trial.wine.drive / "current.txt").write_text("99.0.0\n", encoding="utf-8")
    return expect(trial.console("doctor", "--installed"), 0, "time to the lock", "99.0.0 is current")


def long_path(trial: "Trial") -> str:
    """Write a message to a file with a long name and check it; return "" when both went."""
    folder = trial.wine.drive
    while len(trial.wine.windows_path(folder)) < LONG - 40:
        folder = folder / "Apotheke Łódź é ü"
    folder.mkdir(parents=True)
    file = folder / ("x" * (LONG - 5 - len(trial.wine.windows_path(folder))) + ".xml")
    name = trial.wine.windows_path(file)
    if len(name) != LONG:
        return f"the path of this line has {len(name)} characters"
    return expect(trial.console("build", trial.example, "--out", name), 0) or expect(
        trial.console("check", name), 0
    )


def guide(trial: "Trial") -> str:
    """Write a guide; return "" when it is a PDF."""
    file = trial.wine.drive / "Für alle.pdf"
    said = expect(trial.console("paper", "staff", trial.wine.windows_path(file)), 0)
    return said or ("" if file.read_bytes().startswith(b"%PDF") else "no PDF was written")


def locked(trial: "Trial") -> str:
    """Return "" when a folder that cannot be made is named and what lies there stays."""
    home = trial.wine.drive / "locked"
    home.mkdir()
    (home / "pharmacy").write_text("in the way", encoding="utf-8")
    said = expect(trial.console("doctor", home="C:\\locked"), 1, "cannot be made or opened")
    return said or ("" if (home / "pharmacy").is_file() else "what was there has gone")


def _offline(trial: "Trial") -> str:
    """Start the window for the first time without a network: it makes its records and can be asked."""
    from installer.checking.screen import Screen
    from installer.checking.windows import FOLDER, until

    trial.wine.end()
    records = trial.wine.drive / "first" / version_1.RECORDS
    home = {"DIGMED_HOME": "C:\\first"}
    with Screen() as screen:
        window = f"{FOLDER}\\{places.WINDOW_EXE}"
        process = trial.wine.start(window, screen=screen.name, extra=home, offline=True)
        try:
            if not until(records.is_file):
                return "no records were made"
            screen.settled(trial.pictures / "no-network.png")
            return "" if process.poll() is None else f"the window ended with {process.returncode}"
        finally:
            trial.wine.end()
            process.wait(PATIENCE)


def _damaged(trial: "Trial", package: Path) -> str:
    damaged = package.with_stem("damaged")
    shutil.copyfile(package, damaged)
    with damaged.open("r+b") as file:
        for part in range(1, _PARTS):
            file.seek(damaged.stat().st_size * part // _PARTS)
            block = file.read(4096)
            file.seek(-len(block), 1)
            file.write(bytes(byte ^ 0xFF for byte in block))
    try:
        if damaged.suffix == ".msi":
            result = trial.wine.run("msiexec", "/i", damaged, "/qn")
        else:
            result = trial.wine.run(damaged, "/AllUsers", "/S")
        trial.wine.wait()
    finally:
        damaged.unlink()
    if result.status == 0:
        return "a damaged package ended with 0"
    return expect(trial.console("--version"), 0, places.version())


def _no_room(trial: "Trial") -> str:
    disk = trial.wine.prefix.parent / "tiny disk"
    disk.mkdir()
    letter = trial.wine.prefix / "dosdevices" / "t:"
    subprocess.run([need("mount", "mount"), "-t", "tmpfs", "-o", f"size={_TINY}", "none", disk], check=True)
    try:
        letter.symlink_to(disk)
        result = trial.wine.run(trial.setup, "/AllUsers", "/S", "/D=T:\\DigMed")
        trial.wine.wait()
        left = [one.name for one in disk.rglob("*") if one.is_file()]
        return expect(result, NO_SPACE) or (f"left behind: {left[:3]}" if left else "")
    finally:
        letter.unlink(missing_ok=True)
        trial.wine.end()
        subprocess.run([need("umount", "mount"), disk], check=True)


def _accents(trial: "Trial") -> str:
    folder = trial.wine.drive / "Prográmy é ü" / "Dig Med"
    name = trial.wine.windows_path(folder)
    words = f"/D={name}".split(
        " "
    )  # NSIS wants the name without quotation marks, in which wine would put one word
    said = expect(trial.wine.run(trial.setup, "/AllUsers", "/S", *words), 0)
    trial.wine.wait()
    program = f"{name}\\{places.CONSOLE_EXE}"
    said = said or expect(trial.wine.run(program, "doctor", "--installed"), 0, "files are unchanged")
    removed: Result = trial.wine.run(f"{name}\\uninstall.exe", "/AllUsers", "/S", f"_?={name}")
    trial.wine.wait()
    return said or expect(removed, 0) or ("the folder is still there" if folder.exists() else "")
