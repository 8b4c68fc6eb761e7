"""What is printed arrives: as UTF-8 in pipes and files, and in a message box where there is no console."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from digmed_desktop import cli
from digmed_desktop.diagnostics import console


def _run(*words: str, closed: bool = False, **env: str) -> "subprocess.CompletedProcess[bytes]":
    import os

    command = [sys.executable, "-m", "digmed_desktop", *words]
    if closed:
        command = ["sh", "-c", 'exec "$0" "$@" >&- 2>&-', *command]
    return subprocess.run(command, capture_output=True, env={**os.environ, **env}, check=False, timeout=120)


def test_a_name_that_the_old_code_page_lacks_goes_through_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "Łódź.xml"
    file.write_bytes(b"no message")
    done = _run("check", str(file), PYTHONIOENCODING="cp1252")
    assert done.returncode == 2
    assert "Łódź.xml" in done.stderr.decode("utf-8")
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="sh")
@pytest.mark.parametrize(
    "words", [("--version",), ("open", "none.json"), ("build", "none.json"), ("--tour", "x")]
)
def test_a_start_without_streams_ends_with_its_status_and_no_fault(words: tuple[str, ...]) -> None:
    assert _run(*words, closed=True).returncode == (0 if words[0] == "--version" else 2)


class _Boxes(list[tuple[str, console.Tone]]):
    def show(self, text: str, tone: console.Tone) -> None:
        self.append((text, tone))


def _windowed(patch: pytest.MonkeyPatch) -> _Boxes:
    """Take the streams away, as Windows starts a windowed program; a list stands for the box that a person closes."""
    made = _Boxes()
    patch.setattr(sys, "stdout", None)
    patch.setattr(sys, "stderr", None)
    patch.setattr(console, "message_box", made.show)
    return made


def test_a_record_that_cannot_be_read_is_shown_in_a_box(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    boxes = _windowed(monkeypatch)
    bad = tmp_path / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    assert cli.main(["open", str(bad)]) == 2
    [(text, tone)] = boxes
    assert "bad.json was not opened" in text
    assert "The format must be" in text
    assert tone is console.Tone.WRONG


def test_words_that_are_not_understood_are_shown_in_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = _windowed(monkeypatch)
    with pytest.raises(SystemExit):
        cli.main(["--nonsense"])
    assert "--nonsense" in boxes[0][0]


def test_an_answer_is_shown_as_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = _windowed(monkeypatch)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert boxes == [(boxes[0][0], console.Tone.ANSWER)]


def test_what_runs_unattended_never_waits_at_a_box(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    boxes = _windowed(monkeypatch)
    cli.main(["sync"])
    assert boxes == []


def test_a_fault_that_nothing_caught_is_named_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = _windowed(monkeypatch)

    def fail(_words: list[str]) -> int:
        raise RuntimeError("9991234553")

    monkeypatch.setattr(cli, "_run", fail)
    with pytest.raises(RuntimeError):
        cli.main([])
    assert "RuntimeError" in boxes[0][0]
    assert "9991234553" not in boxes[0][0]


def test_a_message_as_bytes_has_a_place_to_go_without_a_console() -> None:
    unheard = console.Unheard()
    unheard.output.buffer.write("Łódź".encode())
    shown = _Boxes()
    with unheard.shown(shown.show, answers=True):
        pass
    assert shown == [("Łódź", console.Tone.ANSWER)]


def test_streams_that_are_there_are_kept_and_become_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    old = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", old)
    assert console.prepare() is None
    assert sys.stdout is old
    assert old.encoding == "utf-8"
    assert old.errors == "backslashreplace"
