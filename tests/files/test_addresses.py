"""The addresses by which SQLite opens files."""

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
import sqlcipher3.dbapi2 as sqlite

from digmed_desktop.files.addresses import sqlite_address


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (PureWindowsPath(r"C:\Users\Łódź\a b.db"), "file:///C:/Users/%C5%81%C3%B3d%C5%BA/a%20b.db?mode=ro"),
        (PureWindowsPath(r"\\nas\digmed backup\x.db"), "file:////nas/digmed%20backup/x.db?mode=ro"),
        (PurePosixPath("/srv/50%#?.db"), "file:///srv/50%25%23%3F.db?mode=ro"),
    ],
)
def test_each_kind_of_path_keeps_its_beginning_and_escapes_the_rest(
    path: PureWindowsPath, address: str
) -> None:
    assert sqlite_address(path, mode="ro") == address


def test_sqlite_refuses_a_server_as_authority_and_takes_this_form() -> None:
    """The share is not there, so neither opens; only the first is refused for its address."""
    share = PureWindowsPath(r"\\nas\backup\x.db")
    with pytest.raises(sqlite.OperationalError, match="invalid uri authority"):
        sqlite.connect(f"{share.as_uri()}?mode=ro", uri=True)
    with pytest.raises(sqlite.OperationalError, match="unable to open"):
        sqlite.connect(sqlite_address(share, mode="ro"), uri=True)


def test_a_file_with_a_difficult_name_opens(tmp_path: Path) -> None:
    file = tmp_path / (
        "50% #1 Łódź.db" if os.name == "nt" else "50% #1? Łódź.db"
    )  # Windows knows no ? in names
    sqlite.connect(str(file)).execute("CREATE TABLE t (x)")
    found = sqlite.connect(sqlite_address(file, mode="ro"), uri=True)
    assert found.execute("SELECT count(*) FROM t").fetchone() == (0,)
