"""Crash reports: what kind of fault, where in the source, with which versions. Nothing typed and nothing
stored.

A report is kept until the next start, when the window shows it and offers to keep it for support.
"""

import contextlib
import faulthandler
import logging
import os
import platform
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from digmed_desktop import __version__
from digmed_desktop.diagnostics.faults import described, short_place
from digmed_desktop.files.replacing import replace

_NATIVE = "native-fault.txt"
_LOG = logging.getLogger(__name__)
MOST_REPORTS = 20
"""Most reports of one run: a fault that repeats must not fill the disk, nor the page that shows it."""
_FRAME_FILE = re.compile(r'File "([^"]*)"')


@dataclass(frozen=True, slots=True, repr=False)
class CrashReport:
    """One report of an earlier run."""

    file: Path
    at: datetime
    text: str


class CrashWatch:
    """Catches what nothing else caught, on any thread, and faults of native code.

    ``on_crash`` is called with the new report's file, None where it could not be written, on the thread that failed;
    it must not fail itself and, for a window, only pass a signal on.
    """

    def __init__(self, folder: Path, on_crash: Callable[[Path | None], None] | None = None) -> None:
        self._folder = folder
        self._on_crash = on_crash
        self._native: TextIO | None = None
        self._written: list[Path] = []
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """Watch from now on. A native fault of the run before becomes a report first."""
        self._keep_native_fault()
        sys.excepthook = self._from_main
        threading.excepthook = self._from_thread
        sys.unraisablehook = self._from_nowhere
        handle = os.open(self._folder / _NATIVE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._native = os.fdopen(handle, "w", encoding="utf-8")
        faulthandler.enable(self._native, all_threads=True)

    def remove(self) -> None:
        """Stop watching; at a proper end of the program."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            self._native = None
            (self._folder / _NATIVE).unlink(missing_ok=True)

    def _from_main(
        self, kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            return
        self._report(error.with_traceback(where), threading.current_thread().name)

    def _from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._report(args.exc_value, args.thread.name if args.thread else "unknown")

    def _from_nowhere(self, args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            _LOG.error("A fault while letting go of something", exc_info=args.exc_value)

    def _report(self, error: BaseException, thread: str) -> None:
        _LOG.critical("A fault that nothing caught", exc_info=error)
        text = "\n".join([*_heading(thread), *described(error), ""])
        file: Path | None = None
        if len(self._written) >= MOST_REPORTS:
            file = self._written[-1]
        else:
            with contextlib.suppress(OSError):  # the disk may be full; the person is told all the same
                file = _write(self._folder, text)
                self._written.append(file)
        if file is not None and sys.stderr is not None:  # None in a Windows program without a console
            sys.stderr.write(
                f"DigMed Desktop met a fault ({type(error).__qualname__}). "
                f"A report without patient data is in {file}\n"
            )
        if self._on_crash is not None:
            self._on_crash(file)

    def _keep_native_fault(self) -> None:
        left = self._folder / _NATIVE
        try:
            found = left.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        if found.strip():
            lines = [
                _FRAME_FILE.sub(lambda m: f'File "{short_place(m[1])}"', line) for line in found.splitlines()
            ]
            _write(self._folder, "\n".join([*_heading("native code, in the run before"), *lines, ""]))
        left.unlink()


def left_from_before(folder: Path) -> tuple[CrashReport, ...]:
    """Return the reports that nobody has seen yet, the oldest first."""
    found = []
    for file in sorted(folder.glob("crash-*.txt"))[-MOST_REPORTS:]:
        with contextlib.suppress(OSError):  # one that cannot be read must not keep the program from its start
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            found.append(CrashReport(file, at, file.read_text(encoding="utf-8", errors="replace")))
    return tuple(found)


def seen(report: CrashReport) -> Path:
    """Note that a report was shown: it stays in the folder under another name, which is returned."""
    return replace(report.file, report.file.with_name(f"seen-{report.file.name}"))


def _heading(thread: str) -> list[str]:
    qt = sys.modules.get("PySide6")
    versions = [
        f"DigMed Desktop {__version__}",
        f"Python {platform.python_version()}",
        *([f"PySide6 {qt.__version__}"] if qt is not None else []),
        f"{platform.system()} {platform.release()} {platform.machine()}",
    ]
    return [
        "; ".join(versions),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, thread: {_own_name(thread)}",
        "",
    ]


def _own_name(thread: str) -> str:
    """Return the name of a thread if the program or Python gave it."""
    return thread if re.fullmatch(r"MainThread|Thread-\d+|[a-z][a-z ,-]*", thread) else "a thread"


def _write(folder: Path, text: str) -> Path:
    stem = f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    file = folder / f"{stem}.txt"
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    return file
