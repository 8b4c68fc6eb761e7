"""The Windows packages under wine: upgraded, refused, damaged, removed, by setup.exe and by MSI."""

from pathlib import Path

from installer.checking import on_screen, version_1, windows_faults
from installer.checking.table import Table
from installer.checking.windows import FOLDER, Trial, install, registered
from installer.checking.wine import Result, expect
from installer.making import places

RUNNING, NEWER = 10, 11
MSI_FAILED = 1603 % 256  # what of the status is left on Linux
_BEGIN = """
from digmed_desktop.desk.upkeep.opening import open_store, open_vault
from digmed_desktop.messaging.clock import SystemClock
from digmed_desktop.settings import folders
place = folders.prepare(practice=False)
open_store(place, open_vault(place), SystemClock(), create=True).close()
"""


def run(trial: Trial, table: Table) -> None:
    """Try what an administrator does over the years, in that order."""
    install(trial, table)
    table.line("records are begun", lambda: begun(trial))
    windows_faults.damaged_packages(trial, table)
    _upgrade(trial, table)
    _remove(trial, table)
    _msi(trial, table)
    _one_user(trial, table)
    windows_faults.elsewhere(trial, table)


def begun(trial: Trial) -> str:
    """Begin the records of the Windows account; return "" when they are there."""
    return expect(trial.wine.run(trial.core / "python" / "python.exe", "-c", _BEGIN), 0) or _kept(trial)


def _upgrade(trial: Trial, table: Table) -> None:
    def refused() -> str:
        process = trial.wine.start(f"{FOLDER}\\{places.CONSOLE_EXE}", "practice-mesh", "1", "0", listens=True)
        try:
            if not any('"port"' in line for line in process.stdout or ()):
                return "the program did not start"
            return expect(trial.wine.run(trial.newer_setup, "/AllUsers", "/S"), RUNNING)
        finally:
            process.kill()
            trial.wine.end()

    def upgraded() -> str:
        said = expect(trial.wine.run(trial.newer_setup, "/AllUsers", "/S"), 0)
        trial.wine.wait()
        left = [name for name in ("before", "unfinished") if (trial.folder / name).exists()]
        return said or (f"{left[0]} was left" if left else "")

    table.line(
        "records of version 1 of the database are there", lambda: version_1.plant(trial.wine, trial.core)
    )
    table.line("an upgrade over a running program that does not close: 10", refused)
    table.line("upgrade, silent; nothing left over", upgraded)
    table.line(
        "the records open after the upgrade", lambda: expect(trial.console("doctor"), 0, "The records open")
    )
    table.line(
        "records of version 1 open after the upgrade, and a copy of before is kept",
        lambda: (
            version_1.opened(trial.console("doctor", home=version_1.HOME)) or version_1.copy_kept(trial.wine)
        ),
    )
    table.line(
        "the daily backup on another drive, tried by restoring",
        lambda: version_1.back_up(trial.wine, trial.core),
    )
    table.line(
        "the task's command where something is late: a notification that names nobody",
        lambda: on_screen.notified(trial),
    )
    table.line(
        "an older version is refused: 11",
        lambda: expect(trial.wine.run(trial.setup, "/AllUsers", "/S"), NEWER),
    )


def _remove(trial: Trial, table: Table) -> None:
    def removed() -> str:
        said = expect(trial.wine.run(f"{FOLDER}\\uninstall.exe", "/AllUsers", "/S", f"_?={FOLDER}"), 0)
        trial.wine.wait()
        return said or ("the folder is still there" if trial.folder.exists() else "") or _kept(trial)

    table.line("uninstall: the program goes, records, settings and keys stay", removed)


def _kept(trial: Trial) -> str:
    return "" if trial.records.is_file() else "the records are gone"


def _msi(trial: Trial, table: Table) -> None:
    def msi(*words: str | Path) -> Result:
        result = trial.wine.run("msiexec", *words, "/qn")
        trial.wine.wait()
        return result

    def task_there() -> str:
        return registered(trial)

    table.line("MSI, silent", lambda: expect(msi("/i", trial.msi, "SYNC=15"), 0))
    table.line("MSI: the start menu, the ending and the task are there", task_there)
    table.line(
        "MSI: doctor opens the records of before",
        lambda: expect(trial.console("doctor"), 0, "The records open"),
    )
    table.line(
        "MSI: upgrade", lambda: expect(msi("/i", trial.newer_msi), 0) or expect(trial.console("--version"), 0)
    )
    table.line("MSI: an older version is refused: 1603", lambda: expect(msi("/i", trial.msi), MSI_FAILED))
    table.line(
        "MSI: removed, the records stay",
        lambda: (
            expect(msi("/x", trial.newer_msi), 0)
            or ("still there" if (trial.folder / places.WINDOW_EXE).exists() else "")
            or _kept(trial)
        ),
    )


def _one_user(trial: Trial, table: Table) -> None:
    def installed() -> str:
        said = expect(trial.wine.run(trial.setup, "/CurrentUser", "/S"), 0)
        folder = trial.wine.home / "AppData/Local/Programs/DigMed Desktop"
        program = trial.wine.windows_path(folder / places.CONSOLE_EXE)
        return said or expect(trial.wine.run(program, "--version"), 0, places.version())

    table.line("setup.exe for one user, without administrator", installed)
