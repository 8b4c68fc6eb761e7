"""A folder of the program is its owner's alone."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from digmed_desktop.files.rights import keep_to_owner


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_others_lose_the_rights_that_they_had(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    keep_to_owner(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "nt", reason="rules of access are of Windows")
def test_on_windows_nothing_is_inherited_and_the_owner_can_still_write(tmp_path: Path) -> None:
    keep_to_owner(tmp_path)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"
    said = subprocess.run(["icacls", str(tmp_path)], capture_output=True, check=False).stdout
    assert b"Everyone" not in said
