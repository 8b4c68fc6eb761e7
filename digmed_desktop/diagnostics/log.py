"""The log: a rotating file that holds ids, states, counts and places in the source, and nothing about a
person.

Three rules make that so. A record's text is written when it is a literal of the code that logged it; else
only the place. Of the arguments of the program's own records those are written that are numbers, enumeration
members or look like an id, and of a library's none. Of an exception the types and places are written, never
its message. What is left then goes through :mod:`.redaction`.
"""

import logging
import os
import re
import sys
from enum import Enum
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType
from uuid import UUID

from digmed_desktop.diagnostics.faults import described, short_place
from digmed_desktop.diagnostics.redaction import redact

OWN = "digmed_desktop"
FILE_NAME = "digmed-desktop.log"
UNATTENDED = "digmed-desktop-unattended.log"  # of sync and doctor, which run beside an open window
FILE_BYTES = 1_000_000
FILES_KEPT = 5

_ID = re.compile(r"(?=.*[0-9_])[A-Za-z0-9_.:+/-]{1,120}")
_QT_SPEAKER = re.compile(r"(?:Q[A-Z]\w*|Qt)(?:::\w+)*(?=[:(])|qt(?:\.\w+)+(?=:)")
_PYTHON_NAME = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt)")


def start(folder: Path, *, level: int = logging.INFO, name: str = FILE_NAME) -> Path:
    """Write the log into ``folder`` from now on, and return its file (0600). Libraries are heard from WARNING
    on.

    Programs that run side by side write to files of their own ``name``: Windows cannot rename a full one while
    another program has it open.
    """
    stop()
    file = folder / name
    handler = _LogFile(file)
    handler.setFormatter(_Formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(level)
    return file


def stop() -> None:
    """Close the log."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, _LogFile):
            root.removeHandler(handler)
            handler.close()


def qt_message(level: str, text: str, category: str = "") -> None:
    """Log one message of Qt; ``level`` is debug, info, warning, critical or fatal.

    Only the class or function that speaks is written (``QObject::startTimer``), else the category that Qt files the
    message under (``qt.qpa.fonts``): Qt quotes names and texts freely.
    """
    number = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}.get(
        level, logging.ERROR
    )
    speaker = _QT_SPEAKER.match(text)
    logging.getLogger(f"{OWN}.qt").log(
        number, "Qt %s", _Told(speaker[0] if speaker else category or "[text]")
    )


class _Told(str):
    """Text that this module has made safe itself."""

    __slots__ = ()


class _LogFile(RotatingFileHandler):
    """A rotating file for this account only. A disk that is full must not stop a notification, nor print
    records.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(
            file, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8", errors="replace"
        )

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return TextIOWrapper(os.fdopen(handle, "ab"), encoding=self.encoding, errors=self.errors)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
        """Say nothing: the usual way prints the record, with all its arguments, to standard error."""


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}"
        text = _text(record)
        line = re.sub(r"\s+", " ", redact(text))
        lines = [f"{time} {record.levelname} {record.name} {line}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines += [f"    {one}" for one in described(record.exc_info[1])]
        return "\n".join(lines)


def _text(record: logging.LogRecord) -> str:
    place = f"{short_place(record.pathname)}:{record.lineno}"
    if not isinstance(record.msg, str) or not _is_literal(record.msg, record):
        return place
    if record.name != OWN and not record.name.startswith(f"{OWN}."):
        return f"{place} {record.msg}"
    args = record.args
    try:
        if isinstance(args, dict):
            return record.msg % {key: _safe(value) for key, value in args.items()}
        return record.msg % tuple(_safe(value) for value in args) if args else record.msg
    except (TypeError, ValueError, KeyError):  # %d with text, or too few arguments
        return record.msg


def _is_literal(text: str, record: logging.LogRecord) -> bool:
    """Whether the code that logs holds this text as a constant: no text that anyone typed does."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # handlers run below the call that logs
    while frame is not None:
        if frame.f_code.co_filename == record.pathname and frame.f_code.co_name == record.funcName:
            return text in frame.f_code.co_consts
        frame = frame.f_back
    return False


def _safe(value: object) -> "_Told | int | float":
    """Return an argument if it cannot be about a person, else what kind of thing it is."""
    match value:
        case _Told():
            return value
        case Enum():
            return _Told(value.value)
        case bool() | None | UUID():
            return _Told(value)
        case int() | float():
            return value
        case BaseException():
            return _Told(f"{type(value).__module__}.{type(value).__qualname__}")
        case type():
            return _Told(f"{value.__module__}.{value.__qualname__}")
        case str() if _looks_like_id(value):
            return _Told(value)
    return _Told(f"[{type(value).__name__}]")


def _looks_like_id(text: str) -> bool:
    """Whether text is no word of any language: ids hold a digit or an underscore, names of people do not."""
    return bool(_ID.fullmatch(text) or _PYTHON_NAME.fullmatch(text))
