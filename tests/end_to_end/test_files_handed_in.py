"""Whatever is handed to the command line in place of a file is given up at once, in words, with the right status."""

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from digmed_desktop import cli, maintenance
from digmed_desktop.desk.records import guides
from digmed_desktop.evidence import commands
from digmed_desktop.fhir.parsing import MAX_BYTES
from digmed_desktop.fhir.responses import write_response

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices with names")
NO_FILES = ("pipe", "device", "folder", "nothing", "loop", "long", "null")
SENTENCES = {
    "pipe": "pipe or a device",
    "device": "pipe or a device",
    "folder": "folder",
    "nothing": "not there",
    "loop": "cannot be read",
    "long": "cannot be read",
    "null": "No file can have this name",
}


def odd(folder: Path, kind: str) -> str:
    """Return the name of something that is no file."""
    place = folder / "odd"
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "device":
            return "/dev/zero"
        case "folder":
            place.mkdir()
        case "loop":
            place.symlink_to(place)
        case "long":
            return str(folder / ("x" * 300))
        case "null":
            return "a\0b"
    return str(place)


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Done]]:
    """Run a command of the program; what waits for ever is ended by the clock."""

    def command(*words: str) -> Done:
        status = cli.main(list(words))
        return Done(status, *capfd.readouterr())

    signal.signal(signal.SIGALRM, _waited)
    signal.alarm(30)
    yield command
    signal.alarm(0)


def _waited(*_about: object) -> None:
    raise TimeoutError


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize("command", ["build", "check", "explain", "open"])
def test_what_is_no_file_is_refused_in_words_with_the_status_two(
    run: Callable[..., Done], command: str, kind: str, tmp_path: Path
) -> None:
    done = run(command, odd(tmp_path, kind))
    assert done.status == 2
    assert SENTENCES[kind] in done.err


@pytest.mark.parametrize("command", ["build", "check", "explain", "open"])
def test_a_huge_file_is_refused_unread(run: Callable[..., Done], command: str, tmp_path: Path) -> None:
    file = tmp_path / "huge"
    with file.open("wb") as out:
        out.truncate(50 * MAX_BYTES)
    done = run(command, str(file))
    assert done.status == 2
    assert done.err.strip()


@pytest.mark.parametrize("option", ["--ids", "--out"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_the_options_of_build_take_files_alone(
    run: Callable[..., Done], option: str, kind: str, tmp_path: Path
) -> None:
    record = next(Path("resources/examples").glob("*.json"))
    done = run("build", str(record), option, odd(tmp_path, kind))
    assert done.status == 2
    assert not done.out


RECORD = sorted(Path("resources/examples").glob("influenza-*-given.json"))[0]
WRITERS = {
    "build": ("build", str(RECORD), "--out"),
    "schemas": ("check-data", "--schemas"),
    "tour": ("--demo", "--first", "1", "--tour"),
    "pictures": ("--demo", "--only", "check", "--pictures"),
    "doctor": ("doctor", "--installed", "--out"),
    "paper": ("paper", guides.NAMES[0]),
    "erase": ("erase", "--backup"),
    "patient-file": ("patient-file", "--pdf"),
    "hazards": ("hazards", "--out"),
    "evidence": ("evidence",),
}
"""Every command that writes where it is told to, up to the place."""


def unwritable(folder: Path) -> Iterator[str]:
    """Names at which no command can write a file or make a folder."""
    yield "/proc/nowhere.pdf"
    yield "/proc/nowhere/deeper.pdf"
    yield "/dev/null/x.pdf"
    yield "a\0b.pdf"
    yield str(folder / ("x" * 300 + ".pdf"))
    loop = folder / "loop"
    loop.symlink_to(loop)
    yield str(loop / "x.pdf")
    file = folder / "file"
    file.write_text("as it was")
    yield str(file / "x.pdf")


def test_every_command_that_cannot_write_says_so_in_words(run: Callable[..., Done], tmp_path: Path) -> None:
    for name, words in WRITERS.items():
        folder = tmp_path / name
        folder.mkdir()
        for place in unwritable(folder):
            done = run(*words, place)
            assert done.status in (1, 2), (name, place)
            assert done.err.strip(), (name, place)
            assert "Traceback" not in done.err, (name, place)


def test_every_command_has_been_tried_with_a_place_to_write() -> None:
    """A new command that takes a place joins the table above."""
    for command in (
        *maintenance.COMMANDS,
        *commands.COMMANDS,
        "build",
        "check",
        "explain",
        "check-data",
        "open",
    ):
        assert command in TAKES_NO_PLACE or any(command in words for words in WRITERS.values()), command


TAKES_NO_PLACE = ("check", "explain", "open", "sync", "schedule", "close", "retention")


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--at", "0001-01-01T00:00:00+14:00", "year"),
        ("--at", "9999-12-31T23:59:59-14:00", "year"),
        ("--at", "2026-11-28T12:00:00", "offset"),
        ("--at", "2026-13-28T12:00:00Z", "offset"),
        ("--mailbox", "X 26", "mailbox"),
        ("--mailbox", "x26ot001", "mailbox"),
        ("--mailbox", "X26OT001\n", "mailbox"),
        ("--mailbox", "", "mailbox"),
        ("--edition", "nope", "edition"),
    ],
)
def test_an_argument_of_build_that_cannot_be_is_refused_for_its_reason(
    run: Callable[..., Done], option: str, value: str, told: str
) -> None:
    done = run("build", str(RECORD), option, value)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"{option}: ")
    assert told in done.err


def test_no_nhs_number_stands_in_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["retention", "--hold", "complaint", "--about", "patient 999 000 0018"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "only --about patient" in said
    assert "999 000 0018" not in said


def test_xml_that_is_no_message_is_not_said_to_be_no_xml(run: Callable[..., Done], tmp_path: Path) -> None:
    for number, text in enumerate(("<a/>", "<a></a>", "<Patient xmlns='http://hl7.org/fhir'/>", "<b>x</b>")):
        file = tmp_path / f"{number}.xml"
        file.write_text(text, encoding="utf-8")
        for command, status in (("check", 1), ("explain", 2)):
            done = run(command, str(file))
            assert done.status == status, (command, text)
            assert "not XML" not in done.out + done.err, (command, text)


@pytest.mark.parametrize("sign", ["\u202e", "\x1b[31m", "\x07", "\u2066", "\x9b"])
def test_signs_that_act_on_a_terminal_are_spelt_out(
    run: Callable[..., Done], sign: str, tmp_path: Path
) -> None:
    file = tmp_path / f"report{sign}lmx.xml"
    file.write_bytes(b"<Bundle xmlns='http://hl7.org/fhir'/>")
    for command in ("check", "explain"):
        done = run(command, str(file))
        printed = done.out + done.err
        assert printed.strip()
        assert sign[0] not in printed
        assert f"\\u{ord(sign[0]):04x}" in printed


def test_a_code_with_signs_that_act_is_spelt_out(run: Callable[..., Done], tmp_path: Path) -> None:
    body = write_response(
        response_to=str(uuid4()),
        code="30001",
        sender_ods="A99999",
        mailbox="A99999OT001",
        now=datetime.now(UTC),
        new_id=lambda: str(uuid4()),
    )
    file = tmp_path / "response.xml"
    file.write_bytes(body.replace(b'value="30001"', 'value="3\u202e1000"'.encode()))
    done = run("explain", str(file))
    assert done.status == 1
    assert "\u202e" not in done.out
    assert "3\\u202e1000" in done.out
