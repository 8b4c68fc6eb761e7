"""Records of version 1 of the database, as a pharmacy that skipped every upgrade has them."""

import shutil
from pathlib import Path

from installer.checking.wine import Wine, expect
from installer.making import places

HOME = "C:\\version 1"
_KEPT = places.ROOT / "tests" / "history" / "kept" / "version-1.db"
_KEY = bytes(range(32)).hex()  # of that file, whose patients are invented
_PUT = """
from digmed_desktop.desk.opening import DATABASE_KEY, open_vault
from digmed_desktop.settings import folders
open_vault(folders.prepare(practice=False)).put(DATABASE_KEY, {key!r})
"""


def plant(wine: Wine, core: Path) -> str:
    """Put the records and their key where the program keeps them; return "" or what failed."""
    data = _data(wine)
    data.mkdir(parents=True)
    shutil.copyfile(_KEPT, data / "history.db")
    program = core / "python" / "python.exe"
    result = wine.run(program, "-c", _PUT.format(key=_KEY), extra={"DIGMED_HOME": HOME})
    return expect(result, 0)


def copy_kept(wine: Wine) -> str:
    """Return "" when a copy of before the change of the database lies beside it."""
    return "" if list(_data(wine).glob("*before*.db")) else "no copy was kept"


def _data(wine: Wine) -> Path:
    return wine.drive / HOME[3:] / "pharmacy" / "data"
