"""Run commands, time steps, measure folders."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 1_000_000


class BuildError(Exception):
    """The build cannot go on; the text says what is missing and what to do."""


def run(words: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it printed; BuildError with its last lines when it fails."""
    done = subprocess.run(  # a build runs the tools that it names, without a shell
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        raise BuildError(f"{Path(str(words[0])).name} failed with status {done.returncode}:\n{tail}")
    return done.stdout


def need(tool: str, package: str) -> str:
    """Return the path of a tool; BuildError names the Debian package that brings it."""
    found = shutil.which(tool)
    if found is None:
        raise BuildError(f"{tool} is missing. On Debian: apt-get install --no-install-recommends {package}")
    return found


def size(folder: Path) -> int:
    """Return the bytes of all files in a folder or of one file."""
    if folder.is_file():
        return folder.stat().st_size
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def megabytes(folder: Path) -> str:
    """Return the size as text, in MB of a million bytes."""
    return f"{size(folder) / MEGABYTE:.1f} MB"


@dataclass
class Steps:
    """The steps of a build with what each took, printed as they end."""

    began: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Time a step; what the block appends is printed beside its time."""
        started, notes = time.monotonic(), list[str]()
        yield notes
        print(f"{time.monotonic() - started:7.1f} s  {name:34} {'; '.join(notes)}", flush=True)

    def total(self) -> float:
        """Return the seconds since the first step began."""
        return time.monotonic() - self.began
