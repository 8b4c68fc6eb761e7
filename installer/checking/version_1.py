"""Records of version 1 of the database, as a pharmacy that skipped every upgrade has them."""

import shutil
from pathlib import Path

from installer.checking.wine import Result, Wine, expect
from installer.making import places

HOME = "C:\\version 1"
RECORDS = "pharmacy/data/history.db"  # below the folder of all that the program keeps
KEPT = places.ROOT / "tests" / "history" / "kept" / "version-1.db"
_KEY = bytes(range(32)).hex()  # of that file, whose patients are invented
_PUT = """
import sys
from digmed_desktop.desk.upkeep.opening import DATABASE_KEY, open_vault
from digmed_desktop.settings import folders
open_vault(folders.prepare(practice=False)).put(DATABASE_KEY, sys.argv[1])
"""
_BACK_UP = """
import pathlib, sys
from digmed_desktop.clinical.record import PersonName, Professional, Regulator
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.upkeep.opening import open_store, open_vault
from digmed_desktop.history import backup
from digmed_desktop.messaging.clock import SystemClock
from digmed_desktop.messaging.people import Access
from digmed_desktop.settings import folders
place, clock = folders.prepare(practice=False), SystemClock()
vault = open_vault(place)
store = open_store(place, vault, clock, create=False)
desk = BackupDesk(store, vault, clock)
name = Professional(PersonName("Ada", "Trial"), None, Regulator.NONE, "")
with acting(store.people.add(name, "no PIN", Access(manager=True))):
    state = desk.begin_daily(pathlib.Path(sys.argv[1]), "copper lantern seven", "copper lantern seven")
store.close()
held = backup.contents_of(pathlib.Path(state.last_file), "copper lantern seven")
print("trouble:", state.trouble, "notifications:", held.notifications)
"""


def plant(wine: Wine, core: Path) -> str:
    """Put the records and their key where the program keeps them; return "" or what failed."""
    data = _data(wine)
    data.mkdir(parents=True)
    shutil.copyfile(KEPT, data / Path(RECORDS).name)
    program = core / "python" / "python.exe"
    result = wine.run(program, "-c", _PUT, _KEY, extra={"DIGMED_HOME": HOME})
    return expect(result, 0)


def opened(doctor: Result) -> str:
    """Return "" when doctor says that the records open, and no more is wrong than can be."""
    # status 1: the key of the register of that time is not on this computer, and doctor says so
    return expect(doctor, 1, "The records open", "links are unchanged")


def copy_kept(wine: Wine) -> str:
    """Return "" when a copy of before the change of the database lies beside it."""
    return "" if list(_data(wine).glob("*before*.db")) else "no copy was kept"


def back_up(wine: Wine, core: Path) -> str:
    """Begin the daily backup of the records on another drive; return "" when the one made there opens."""
    drive = wine.prefix.parent / "drive of the backups"
    folder = drive / "Apotheke Łódź"
    folder.mkdir(parents=True)
    letter = wine.prefix / "dosdevices" / "r:"
    letter.symlink_to(drive)
    program = core / "python" / "python.exe"
    result = wine.run(program, "-c", _BACK_UP, f"R:\\{folder.name}", extra={"DIGMED_HOME": HOME})
    said = expect(result, 0, "trouble:  notifications: ")
    if said or "notifications: 0" in result.text:
        return said or "the backup holds nothing"
    return "" if list(folder.glob("*.digmedbackup")) else "no backup is there"


def _data(wine: Wine) -> Path:
    return (wine.drive / HOME[3:] / RECORDS).parent
