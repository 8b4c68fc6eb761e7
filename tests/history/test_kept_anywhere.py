"""A file of version 1 opens on every system that the program is installed on."""

import shutil
from pathlib import Path

from digmed_desktop.history.store import Store
from tests.history.samples import KEY, MovedClock

KEPT = Path(__file__).parent / "kept" / "version-1.db"


def test_a_file_of_version_1_opens_with_what_was_recorded_in_it(tmp_path: Path) -> None:
    database = tmp_path / "data" / "history.db"
    database.parent.mkdir(mode=0o700)
    shutil.copy(KEPT, database)
    store = Store.open(database, KEY, MovedClock())
    try:
        assert store.profile.pharmacy() is not None
        assert store.notifications.row(1).id == 1
    finally:
        store.close()
    assert list(database.parent.glob("history-before-*.db")), "no copy was kept before the step"
