"""The installed program under wine: used as a pharmacy does, given bad input, damaged."""

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installer.checking import on_screen, version_1, windows_faults
from installer.checking.table import Table
from installer.checking.wine import PATIENCE, Result, Wine, expect
from installer.making import places
from installer.making.run import megabytes

FOLDER = "C:\\Program Files\\DigMed Desktop"
HOME = "AppData/Local/DigMed Desktop"
TASK = "DigMed Desktop sync"
SEEN_AFTER = 6  # pictures of the tour, before the screen itself is taken


@dataclass
class Trial:
    """One Windows with the packages of two versions."""

    wine: Wine
    setup: Path
    newer_setup: Path
    msi: Path
    newer_msi: Path
    examples: Path
    pictures: Path
    core: Path  # a copy of the payload with an interpreter of its own

    @property
    def folder(self) -> Path:
        """Return the folder of an installation for all users."""
        return self.wine.drive / "Program Files" / "DigMed Desktop"

    @property
    def records(self) -> Path:
        """The records of the Windows account."""
        return self.wine.home / HOME / version_1.RECORDS

    @property
    def policy(self) -> Path:
        """The administrators' file."""
        return self.folder / "policy.toml"

    @property
    def example(self) -> str:
        """A record that is sent, as programs in wine see its file."""
        names = sorted(self.examples.glob("*influenza*given*.json"))
        return self.wine.windows_path(names[0])

    def console(self, *words: str, home: str = "") -> Result:
        """Run the installed console launcher; ``home``: with all that it keeps in another folder."""
        extra = {"DIGMED_HOME": home} if home else None
        return self.wine.run(f"{FOLDER}\\digmed-desktop.exe", *words, extra=extra)


def run(trial: Trial, table: Table) -> None:
    """Try the program, in the order in which a pharmacy would meet it."""
    _install(trial, table)
    _use(trial, table)
    windows_faults.run(trial, table)
    on_screen.run(trial, table)
    _damage(trial, table)


def install(trial: Trial, table: Table) -> None:
    """Install setup.exe for all users, with the task."""

    def installed() -> str:
        said = expect(trial.wine.run(trial.setup, "/AllUsers", "/S", "/SYNC=15"), 0)
        trial.wine.wait()
        missing = [
            name
            for name in (places.WINDOW_EXE, places.CONSOLE_EXE, "uninstall.exe")
            if not (trial.folder / name).is_file()
        ]
        return said or (f"{missing[0]} is missing" if missing else "")

    table.line("setup.exe for all users, silent", installed)


def _install(trial: Trial, table: Table) -> None:
    install(trial, table)
    print(f"               installed: {megabytes(trial.folder)}")
    table.line("version", lambda: expect(trial.console("--version"), 0, places.version()))
    table.line(
        "doctor --installed: every file as built",
        lambda: expect(trial.console("doctor", "--installed"), 0, "files are unchanged"),
    )
    table.line("doctor and sync before the first start: nothing is wrong", lambda: unused(trial))
    table.line("the start menu, the ending and the task are there", lambda: registered(trial))


def unused(trial: Trial) -> str:
    """Return "" when doctor says that nothing was recorded, and sync has nothing to do."""
    said = expect(trial.console("doctor"), 0, "Nothing has been recorded")
    return said or expect(trial.console("sync"), 0, "nothing to send")


def registered(trial: Trial) -> str:
    """Return "" when start menu, ending and task are there, else what is not."""
    links = {one.name for one in trial.wine.drive.rglob("*.lnk")}
    if not {"DigMed Desktop.lnk", "DigMed Desktop practice mode.lnk"} <= links:
        return f"start menu: {sorted(links)}"
    registry = (trial.wine.prefix / "system.reg").read_text(encoding="utf-8", errors="replace")
    if ".digmedrecord]" not in registry or "DigMedDesktop.Record\\\\shell\\\\open\\\\command" not in registry:
        return "the ending .digmedrecord is not registered"
    tasks = [one for one in (trial.wine.drive / "windows").rglob(f"{TASK}*") if one.is_file()]
    if not tasks:
        return "no task"
    text = tasks[0].read_text(encoding="utf-8-sig", errors="replace")  # wine keeps neither trigger nor action
    return "" if "every 15 minutes" in text else "the task is not the one that was asked for"


def _use(trial: Trial, table: Table) -> None:
    table.line("a message of a record, with letters of every name", lambda: message(trial))
    table.line(
        "a record that cannot be read: one sentence", lambda: expect(bad_record(trial), 2, "was not opened")
    )
    tour = trial.pictures / "tour"
    words = ("--demo", "--tour", trial.wine.windows_path(tour), "--first", "3")
    table.line(
        "the tour's first part, offscreen",
        lambda: expect(trial.console(*words), 0, "all as expected"),
    )
    table.line("the tour's first part, in a window on a screen", lambda: _tour_on_screen(trial))
    table.line("a window on a screen, second start, hand-over, closed when asked", lambda: _window(trial))


def _tour_on_screen(trial: Trial) -> str:
    from installer.checking.screen import COLOURS, Screen, colours

    with Screen() as screen:
        out = trial.wine.windows_path(trial.pictures / "tour-on-screen")
        process = trial.wine.start(
            f"{FOLDER}\\{places.CONSOLE_EXE}", "--demo", "--tour", out, "--first", "3", screen=screen.name
        )
        until(lambda: process.poll() is not None or len(_taken(trial)) > SEEN_AFTER)
        picture = trial.pictures / "tour-in-a-window.png"
        screen.picture(picture)
        seen = process.poll() is None and colours(picture) > COLOURS
        try:
            text, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            trial.wine.end()
            return "not ended"
        said = expect(Result(process.returncode, text), 0, "all as expected")
        return said or ("" if seen else "no window was on the screen")


def _taken(trial: Trial) -> list[Path]:
    return list((trial.pictures / "tour-on-screen").glob("*.png"))


def message(trial: Trial) -> str:
    """Write the message of a record and check it; return "" when both went."""
    out = trial.wine.drive / "Łódź é.xml"
    said = expect(trial.console("build", trial.example, "--out", trial.wine.windows_path(out)), 0)
    return said or expect(
        trial.console("check", trial.wine.windows_path(out)), 0, "Łódź é.xml", "nothing found"
    )


def bad_record(trial: Trial) -> Result:
    """Open a file that is no record."""
    bad = trial.wine.drive / "bad.digmedrecord"
    bad.write_text("{}", encoding="utf-8")
    return trial.console("open", trial.wine.windows_path(bad))


def _window(trial: Trial) -> str:
    from installer.checking.screen import Screen

    with Screen() as screen:
        process = trial.wine.start(f"{FOLDER}\\{places.WINDOW_EXE}", screen=screen.name)
        try:
            if not until(trial.records.is_file):
                return "no records were made"
            screen.settled(trial.pictures / "first-window.png")
            console = f"{FOLDER}\\{places.CONSOLE_EXE}"
            second = trial.wine.run(console, screen=screen.name)
            if said := expect(second, 0, "brought to the front"):
                return f"second start: {said}"
            example = trial.wine.windows_path(sorted(trial.examples.glob("*.json"))[0])
            handed = trial.wine.run(console, "open", example, screen=screen.name)
            if said := expect(handed, 0, "the open window shows the record"):
                return f"hand-over: {said}"
            if said := expect(trial.wine.run(trial.newer_setup, "/AllUsers", "/S"), 0):
                return f"upgrade over an idle window: {said}"
            return "" if until(lambda: process.poll() is not None) else "the window did not close when asked"
        finally:
            if process.poll() is None:
                process.kill()
            trial.wine.end()


def _damage(trial: Trial, table: Table) -> None:
    library = trial.folder / "python" / "Lib" / "site-packages" / "PySide6" / "Qt6Widgets.dll"

    def without(path: Path) -> str:
        aside = path.with_suffix(".aside")
        path.rename(aside)
        try:
            return expect(trial.console("doctor", "--installed"), 0)
        finally:
            aside.rename(path)

    def changed(path: Path) -> str:
        kept = path.read_bytes()
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        try:
            return expect(trial.console("doctor", "--installed"), 0)
        finally:
            path.write_bytes(kept)

    table.mutant("a DLL is gone", lambda: without(library))
    table.mutant("a file was changed", lambda: changed(trial.folder / "app" / "digmed_desktop" / "cli.py"))
    table.mutant("the list of files is gone", lambda: without(trial.folder / places.MANIFEST))
    table.mutant("the task is missing", lambda: _without_task(trial))


def _without_task(trial: Trial) -> str:
    tasks = [one for one in (trial.wine.drive / "windows").rglob(f"{TASK}*") if one.is_file()]
    for task in tasks:
        task.rename(task.with_name("aside"))
    try:
        return registered(trial)
    finally:
        for task in tasks:
            task.with_name("aside").rename(task)


def until(done: Callable[[], object]) -> bool:
    """Wait until something holds; return whether it did within all patience."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(1)
    return False


def shut(trial: Trial) -> None:
    """End this Windows and take it away."""
    trial.wine.end()
    shutil.rmtree(trial.wine.prefix, ignore_errors=True)
