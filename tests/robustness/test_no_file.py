"""Whatever is chosen in place of a file is given up at once with a sentence, whichever door it comes in by."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.desk.connections.connection import _bytes_of
from digmed_desktop.history.backup import contents_of
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.whole_file import whole_file
from digmed_desktop.reference import current_version, dmd, ods_file
from digmed_desktop.settings import settings_file

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices with names")

DOORS: dict[str, Callable[[Path], object]] = {
    "the list of practices": lambda file: list(ods_file.read(file)),
    "dm+d": lambda file: dmd.Release(file),
    "a backup": lambda file: contents_of(file, "copper lantern seven"),
    "a certificate": _bytes_of,
    "the current version": lambda file: current_version.read(str(file)),
    "a file that is written": lambda file: whole_file(file).__enter__(),
}


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    def waited(*_about: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, waited)
    signal.alarm(20)
    yield
    signal.alarm(0)


def odd(folder: Path, kind: str) -> Path:
    if kind == "device":
        return Path("/dev/zero")
    place = folder / "odd"
    if kind == "pipe":
        os.mkfifo(place)
    return place


@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("door", DOORS)
def test_a_pipe_or_a_device_is_refused_with_a_sentence(door: str, kind: str, tmp_path: Path) -> None:
    with pytest.raises(DigMedError) as found:
        DOORS[door](odd(tmp_path, kind))
    assert str(found.value)


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_settings_that_are_no_file_are_told(kind: str, tmp_path: Path) -> None:
    found = settings_file.load(odd(tmp_path, kind))
    assert found.sentence


def test_a_data_file_that_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "responses").mkdir()
    os.mkfifo(tmp_path / "responses" / "codes.toml")
    with pytest.raises(DataFileError, match="not a file"):
        DataSource(tmp_path).raw("responses/codes.toml")
