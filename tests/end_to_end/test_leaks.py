"""The tour with failures and a crash leaves nothing of a patient anywhere; without a protection it would."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.leaking import PROTECTIONS
from tests.end_to_end.unique import TOKENS
from tests.long.registry import ROOT, drawn, sized

NUMBER = b"9991234553"  # logged as an id would be
WHOLE = 99  # chapters: all that the tour has
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads /proc and core dumps")


def spellings() -> dict[bytes, str]:
    """Return the tokens as they may be written, in small letters where that makes no difference."""
    found: dict[bytes, str] = {NUMBER: "NHS number"}
    for token in TOKENS:
        for text in (token, token.casefold(), token.upper()):
            raw = text.encode()
            found |= {
                raw: token,
                text.encode("utf-16-le"): f"{token} in UTF-16",
                raw.hex().encode(): f"{token} in hex",
            }
            for shift in range(3):  # in base64 it looks another way at each third place
                inside = base64.b64encode(b"\0" * shift + raw)[(0, 2, 3)[shift] :].rstrip(b"=")[:-1]
                found[inside] = f"{token} in base64"
    return found


def held(raw: bytes) -> list[str]:
    return [words for spelling, words in spellings().items() if spelling in raw]


def processes(parent: int) -> Iterator[tuple[str, bytes]]:
    """Yield arguments and environment of a process and of those that it started."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(folder.name) == parent or int(status[1]) == parent:
                yield "arguments", (folder / "cmdline").read_bytes()
                yield "environment", (folder / "environ").read_bytes()
        except (OSError, ValueError, IndexError):
            continue


def play(folder: Path, chapters: int, without: str) -> list[str]:
    """Play in a folder that holds all that may be written; return where something of a patient was found."""
    folder.mkdir()
    places = {name: str(folder / name) for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR")}
    places |= {f"XDG_{name}_HOME": str(folder / name) for name in ("DATA", "CONFIG", "CACHE", "STATE")}
    for place in places.values():
        Path(place).mkdir(mode=0o700)
    kept = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    child = subprocess.Popen(
        [
            *("/bin/sh", "-c", 'ulimit -c unlimited; exec "$0" "$@"', sys.executable),
            *("-m", "tests.end_to_end.leaking", str(chapters), without),
        ],
        cwd=folder,
        env={**kept, **places, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        stdout=(folder / "stdout").open("wb"),
        stderr=(folder / "stderr").open("wb"),
    )
    found: list[str] = []
    end = time.monotonic() + 1500  # of a slow machine with other work
    while child.poll() is None and time.monotonic() < end:
        for what, raw in processes(child.pid):
            found += [f"{what}: {words}" for words in held(raw)]
        time.sleep(0.2)
    child.kill()
    child.wait()
    said = (folder / "stdout").read_text(encoding="utf-8")
    seen = [line for line in said.splitlines() if line.startswith("SEEN ")]
    assert seen, (
        f"the scene did not come to its end: {said[-1500:]} {(folder / 'stderr').read_text()[-3000:]}"
    )
    for what, texts in json.loads(seen[0][5:]).items():
        found += [f"{what}: {words}" for words in held("\n".join(texts).encode())]
    logs = [one for one in folder.rglob("*.log") if one.stat().st_size]
    assert logs, "there is no log to look at"
    assert list(folder.rglob("crash-*.txt")), "there is no crash report to look at"
    assert list(folder.rglob("history.db")), "there are no records to look at"
    for file in sorted(folder.rglob("*")):
        if file.is_relative_to(folder / "asked") or file == folder / "stdout":
            continue  # pictures and messages that were asked for, and what a tour says of its own patients
        found += [f"the name of {file.name}: {words}" for words in held(file.name.encode())]
        if file.is_file() and not file.is_symlink():
            found += [f"{file.relative_to(folder)}: {words}" for words in held(file.read_bytes())]
    return sorted(set(found))


@linux_only
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nothing_of_a_patient_is_left_anywhere(tmp_path: Path) -> None:
    assert play(tmp_path / "whole", sized(WHOLE, 4), "none") == []


@linux_only
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("without", drawn(list(PROTECTIONS), sized(len(PROTECTIONS), 2)))
def test_each_protection_is_needed(tmp_path: Path, without: str) -> None:
    found = play(tmp_path / "without", 2 if "records" in without else 1, without)
    print(f"without {without!r}: {found[:3]}")
    assert found, f"nothing is found although this protection is out: {without}"
