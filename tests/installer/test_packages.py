"""What administrators build on: exit codes, fixed ids, and a launcher that starts the program and nothing else."""

import re
import struct
import uuid
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from digmed_desktop.mesh.account import INTEGRATION_URL, LIVE_URL
from digmed_desktop.reference import ods_api
from installer.making import packages, places
from installer.making.run import BuildError

NSI = (places.HOME / "windows" / "digmed.nsi").read_text(encoding="utf-8")
PACKAGE = uuid.UUID(int=0x5C5C5C5C)
README = (places.HOME / "README.md").read_text(encoding="utf-8")


def test_every_exit_code_of_setup_is_in_the_readme() -> None:
    codes = set(re.findall(r"!define RC_\w+ (\d+)", NSI))
    assert codes
    assert codes <= set(re.findall(r"^\| (\d+) \|", README, flags=re.MULTILINE))


def test_the_readme_names_every_computer_that_the_program_speaks_to() -> None:
    for address in (INTEGRATION_URL, LIVE_URL, ods_api.LIVE):
        assert f"`{urlsplit(address).hostname}`" in README


def test_every_test_that_the_readme_names_is_there() -> None:
    named = re.findall(r"`(\w+/test_\w+)`", README)
    assert named
    assert [name for name in named if not (places.ROOT / "tests" / f"{name}.py").is_file()] == []


def test_a_refusal_says_that_nothing_was_changed_or_what_stays() -> None:
    texts = re.findall(r'!insertmacro Refuse \$\{\w+\} "([^"]+)"', NSI)
    assert len(texts) >= 6
    assert all("Nothing was changed" in text or "as it was" in text for text in texts)


def test_uninstalling_touches_no_folder_of_an_account() -> None:
    section = NSI.split('Section "Uninstall"')[1].replace("$PROGRAMFILES", "")
    assert not re.search(r"\$(LOCALAPPDATA|APPDATA|PROFILE|DOCUMENTS)", section)
    assert re.findall(r"RMDir /r (.*)", section) == ['"$INSTDIR\\python"', '"$INSTDIR\\app"']


def test_the_ids_of_a_file_in_the_msi_follow_from_its_path_alone(tmp_path: Path) -> None:
    for number in range(2):
        folder = tmp_path / str(number) / "a & b"
        folder.mkdir(parents=True)
        (folder / "ü.txt").write_text(str(number), encoding="utf-8")
    one, other = (packages.harvest(tmp_path / str(number)) for number in range(2))
    assert one == other
    ids = [node.get("Id") for node in ET.fromstring(one).iter() if node.get("Id")]
    assert "INSTALLDIR" in ids


def test_the_launcher_isolates_python_and_runs_this_program() -> None:
    source = (places.HOME / "launcher" / "launcher.c").read_text(encoding="utf-8")
    words = re.search(r"OWN_WORDS\[\] = \{([^}]+)\}", source)
    assert words is not None
    assert re.findall(r'L"([^"]+)"', words[1]) == ["-I", "-X", "utf8", "-m", "digmed_desktop"]


def summary(code: uuid.UUID, ticks: int) -> bytes:
    """Return the part of an MSI that wixl writes anew each time, among other bytes."""
    time = b"\x40\x00\x00\x00" + struct.pack("<Q", ticks)
    other = f"{{{uuid.UUID(int=7)}}}".upper().encode()
    return (
        b"\x00" * 900
        + other
        + b"\x05" * 900
        + f"{{{code}}}".upper().encode()
        + b"\0\0"
        + time
        + time
        + b"\x01" * 300
    )


def test_an_msi_carries_the_code_of_its_content_and_the_time_of_the_commit() -> None:
    now = 0x01DD_0000_0000_5C40
    one, other = (
        packages.settled(summary(uuid.uuid4(), now + n * 92), PACKAGE, 1_700_000_000) for n in (0, 1)
    )
    assert one == other
    assert str(PACKAGE).upper().encode() in one
    assert len(one) == len(summary(PACKAGE, now))
    with pytest.raises(BuildError, match="summaries"):
        packages.settled(summary(PACKAGE, 5), PACKAGE, 1_700_000_000)
