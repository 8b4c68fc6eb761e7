"""A file that leaves the program is whole or not there, also on a disk that is full."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from digmed_desktop.messaging.whole_file import FileNotWrittenError, whole_file

FULL = """
import resource, signal, sys
from pathlib import Path
from digmed_desktop.messaging.whole_file import whole_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with whole_file(Path(sys.argv[1])) as file:
        for _ in range(100):
            file.write(b"x" * 1000)
except Exception as error:
    print(type(error).__name__, error)
"""


def test_it_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    with whole_file(target) as file:
        file.write(b"whole")
        assert not target.exists()
    assert target.read_bytes() == b"whole"
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_one_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), whole_file(target) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert target.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "list.csv")], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.startswith("FileNotWrittenError There is not enough room on the disk"), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotWrittenError, match="cannot be found, or the name cannot be used"),
        whole_file(tmp_path / "gone" / "a"),
    ):
        pass
