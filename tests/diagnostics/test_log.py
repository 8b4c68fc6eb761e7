"""The log keeps what support needs and leaves out what it must not know."""

import logging
import os
import re
import stat
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import pytest
from _pytest.logging import LogCaptureHandler

from digmed_desktop.diagnostics import log
from digmed_desktop.messaging.errors import OfflineError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State

OWN = logging.getLogger("digmed_desktop.mesh.test")


class Vaccine(StrEnum):
    FLU = "flu"


@pytest.fixture
def lines(tmp_path: Path):
    file = log.start(tmp_path)
    yield lambda: file.read_text(encoding="utf-8").splitlines()
    log.stop()


def last(lines) -> str:
    return lines()[-1].partition("digmed_desktop.mesh.test ")[2]


@pytest.mark.parametrize(
    ("args", "written"),
    [
        (("20261122101010123456_ABCDEF",), "20261122101010123456_ABCDEF"),
        (("FA123_0f8fad5bd9cb469fa16570867728950e",), "FA123_0f8fad5bd9cb469fa16570867728950e"),
        (("0f8fad5b-d9cb-469f-a165-70867728950e",), "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ((UUID("0f8fad5b-1234-4456-8901-123456789012"),), "0f8fad5b-1234-4456-8901-123456789012"),
        ((State.CHECKING,), "checking"),
        ((Kind.VACCINATION,), "DIGMED_FLU_VAC"),
        ((42,), "42"),
        ((1.5,), "1.5"),
        ((None,), "None"),
        (("Rose",), "[str]"),
        (("smith",), "[str]"),
        (("O'Neill",), "[str]"),
        (("Rose Neill 2",), "[str]"),
        (([1],), "[list]"),
        ((b"9991234553",), "[bytes]"),
        ((Path("/home/rose/1.xml"),), "[PosixPath]" if os.name == "posix" else "[WindowsPath]"),
        ((OfflineError("Rose"),), "digmed_desktop.messaging.errors.OfflineError"),
        ((OfflineError,), "digmed_desktop.messaging.errors.OfflineError"),
        ((9991234553,), "[number]"),
        ((19470329,), "[date]"),
        (("GPPROVIDER_9991234553_19470329_Smith",), "[address]"),
        (("LS14AB",), "[postcode]"),
    ],
)
def test_what_becomes_of_an_argument(lines, args, written) -> None:
    OWN.info("Got %s.", *args)
    assert last(lines) == (f"Got {written}." if written != "[address]" else "Got [address]")


def test_named_and_mismatched_arguments(lines, monkeypatch) -> None:
    monkeypatch.setattr(LogCaptureHandler, "handleError", lambda *_: None)  # it would raise
    OWN.info("%(a)s and %(b)s", {"a": "Rose", "b": 2})
    assert last(lines) == "[str] and 2"
    OWN.info("%d of %d", "Rose", 2)
    assert last(lines) == "%d of %d"


def test_text_that_is_no_literal_is_a_place_only(lines) -> None:
    name = "".join(["Ro", "se"])
    OWN.info(name)
    OWN.info(f"{name} %s", 1)
    OWN.info("hello " + name)
    OWN.info(OfflineError(name))
    assert name not in "\n".join(lines())
    assert [one for one in lines() if re.search(r"diagnostics/test_log\.py:\d+$", one)] == lines()[-4:]


def test_one_record_is_one_line(lines) -> None:
    before = len(lines())
    OWN.info("a\nb %s", "c_1\nd")
    assert len(lines()) == before + 1


def test_libraries_are_heard_from_warning_on_and_without_arguments(lines) -> None:
    library = logging.getLogger("urllib3.connectionpool")
    library.info("hello")
    library.warning("Retrying %s after %r", "Rose", ValueError("Rose"))
    library.warning(f"{'Rose'.upper()} was not found")
    text = "\n".join(lines())
    assert "hello" not in text
    assert "Retrying %s after %r" in text
    assert "ROSE" not in text.upper()
    assert len(re.findall(r"diagnostics/test_log\.py:\d+", text)) == 2


def test_an_exception_is_types_and_places(lines) -> None:
    def inner() -> None:
        raise KeyError("Rose")

    try:
        try:
            inner()
        except KeyError as error:
            raise OfflineError("Rose", "Rose") from error
    except OfflineError:
        OWN.exception("No connection")
    text = "\n".join(lines())
    assert "Rose" not in text
    assert text.index("builtins.KeyError") < text.index("led to") < text.index("errors.OfflineError")
    assert re.search(r"test_log\.py:\d+ in inner", text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('QLabel(0x1, name = "Rose"): cannot draw', "Qt QLabel"),
        ("QObject::startTimer: Timers cannot be started from another thread", "Qt QObject::startTimer"),
        ("QTextBrowser: No document for rose.html", "Qt QTextBrowser"),
        ("qt.qpa.plugin: Could not load Rose", "Qt qt.qpa.plugin"),
        ("Rose: no", "Qt [text]"),
        ("", "Qt [text]"),
    ],
)
def test_what_qt_says(lines, text, written) -> None:
    log.qt_message("warning", text)
    assert lines()[-1].partition("digmed_desktop.qt ")[2] == written


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")
def test_the_files_are_private_and_turn_over(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(log, "FILE_BYTES", 2_000)
    monkeypatch.setattr(log, "FILES_KEPT", 2)
    log.start(tmp_path)
    for number in range(200):
        OWN.info("Number %d", number)
    log.stop()
    files = sorted(tmp_path.iterdir())
    assert [f.name for f in files] == [log.FILE_NAME, f"{log.FILE_NAME}.1", f"{log.FILE_NAME}.2"]
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    assert all(f.stat().st_size <= 2_000 for f in files)
    assert "Number 199" in files[0].read_text()


def test_a_full_disk_stops_nothing_and_prints_nothing(lines, capsys, monkeypatch) -> None:
    (handler,) = (h for h in logging.getLogger().handlers if isinstance(h, log._LogFile))

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(handler.stream, "write", full, raising=False)
    OWN.error("Lost %s", "Rose")
    assert capsys.readouterr().err == ""


def test_started_twice_it_writes_once(tmp_path) -> None:
    log.start(tmp_path)
    file = log.start(tmp_path)
    OWN.info("once_1")
    log.stop()
    OWN.warning("after the end")
    assert file.read_text().count("once_1") == 1
    assert "after the end" not in file.read_text()


def test_what_qt_says_without_a_speaker_is_filed_under_its_category(lines) -> None:
    log.qt_message("warning", "Populating font family aliases took 100 ms", "qt.qpa.fonts")
    assert lines()[-1].partition("digmed_desktop.qt ")[2] == "Qt qt.qpa.fonts"


def test_programs_side_by_side_have_files_of_their_own(tmp_path) -> None:
    assert log.start(tmp_path).name != log.start(tmp_path, name=log.UNATTENDED).name
    OWN.info("unattended_1")
    log.stop()
    assert "unattended_1" in (tmp_path / log.UNATTENDED).read_text(encoding="utf-8")
    assert "unattended_1" not in (tmp_path / log.FILE_NAME).read_text(encoding="utf-8")
