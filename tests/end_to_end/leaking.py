"""Plays the tour with patients of unique strings, fails in many ways and crashes: ``python -m tests.end_to_end.leaking``.

It is started in a folder of its own, in which everything lies that the program may write. Arguments: how many chapters
of the tour, and the name of a protection of :data:`PROTECTIONS` that is taken out first, or ``none``.
"""

import dataclasses
import gc
import json
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from digmed_desktop import cli
from digmed_desktop.clinical.record import Patient, PersonName
from digmed_desktop.demo import world as world_room
from digmed_desktop.diagnostics import crash, log, memory
from digmed_desktop.history import cipher
from digmed_desktop.tour import play
from digmed_desktop.tour.moves import Moves
from digmed_desktop.tour.player import pause
from tests.end_to_end.unique import ADDRESS, FAMILY, GIVEN, TOKENS

OWN = logging.getLogger("digmed_desktop.outbox.leaking")
LIBRARY = logging.getLogger("urllib3.connectionpool")
EVERYTHING = " | ".join(TOKENS)
NUMBER = "9991234553"


# ---- what protects, and how it is taken out


def _raw(error: BaseException) -> list[str]:
    return "".join(traceback.format_exception(error)).splitlines()


def _print_trace(self: crash.CrashWatch, error: BaseException, thread: str) -> None:
    traceback.print_exception(error)
    _REPORT(self, error, thread)


def _whole_qt(level: str, text: str, category: str = "") -> None:
    del level, category
    logging.getLogger(f"{log.OWN}.qt").warning("Qt %s", log._Told(text))


class _Plain:
    """The encrypted database's driver, but for the key."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_SQLCIPHER, name)

    @staticmethod
    def connect(*args: Any, **more: Any) -> Any:
        class Connection(_SQLCIPHER.Connection):
            def execute(self, statement: str, *values: Any) -> Any:
                return super().execute("SELECT 1" if "PRAGMA key" in statement else statement, *values)

        return _SQLCIPHER.connect(*args, factory=Connection, **more)


_SQLCIPHER: Any = sqlcipher3.dbapi2
_REPORT = crash.CrashWatch._report


def _dataclass_repr(kind: type) -> None:
    def shown(self: object) -> str:
        return f"{kind.__name__}({[getattr(self, field.name) for field in dataclasses.fields(self)]})"  # type: ignore[arg-type]

    kind.__repr__ = shown  # type: ignore[assignment]


PROTECTIONS: dict[str, Callable[[], None]] = {
    "only literals are logged": lambda: setattr(log, "_is_literal", lambda *_a: True),
    "arguments of a log are judged": lambda: setattr(log, "_safe", lambda value: log._Told(str(value))),
    "a line of the log is gone over": lambda: setattr(log, "redact", lambda text: text),
    "an error in the log has no message": lambda: setattr(log, "described", _raw),
    "an error in a report has no message": lambda: setattr(crash, "described", _raw),
    "a report names own threads only": lambda: setattr(crash, "_own_name", lambda name: name),
    "Qt's texts are not logged": lambda: setattr(log, "qt_message", _whole_qt),
    "a log that fails prints nothing": lambda: delattr(log._LogFile, "handleError"),
    "what fails while it is let go is not printed": lambda: setattr(
        crash.CrashWatch, "_from_nowhere", lambda _self, args: sys.__unraisablehook__(args)
    ),
    "standard error gets the kind of a fault": lambda: setattr(crash.CrashWatch, "_report", _print_trace),
    "no dump holds memory": lambda: setattr(memory, "keep_out_of_dumps", lambda: None),
    "a repr says nothing": lambda: _dataclass_repr(PersonName),
    "the records are encrypted": lambda: setattr(cipher, "sqlcipher", _Plain()),
}


# ---- the failures


def _slot() -> None:
    raise ValueError(f"{EVERYTHING} in a slot")


def _thread() -> None:
    name = GIVEN
    raise KeyError(f"{name} {EVERYTHING}")


class _Careless:
    def __del__(self) -> None:
        raise ValueError(EVERYTHING)


def _logged() -> None:
    try:
        try:
            int(EVERYTHING)
        except ValueError as error:
            raise RuntimeError(f"for {EVERYTHING}") from error
    except RuntimeError as error:
        OWN.exception("this failed: %s", error)
        LIBRARY.exception("gave up after %s", error)
    for token in TOKENS:
        OWN.warning("sent %s to %s", token, [token])
        OWN.warning(token)
        LIBRARY.warning(f"connection for {token} lost")
        log.qt_message("warning", f'QLabel(0x55, name = "{token}"): cannot draw {token}')
    OWN.warning("the number is %s", NUMBER)
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one, log._LogFile)]
    stream = handler.stream

    class Full:
        def write(self, _text: str) -> None:
            raise OSError(28, "No space left on device")

        def __getattr__(self, name: str) -> Any:
            return getattr(stream, name)

    handler.stream = Full()  # type: ignore[assignment]
    OWN.warning("the disk is full at %s", EVERYTHING)
    handler.stream = stream


def failures(moves: Moves, seen: dict[str, list[str]]) -> None:
    """Everything fails once, with the patient in hand."""
    _logged()
    QTimer.singleShot(0, _slot)
    thread = threading.Thread(target=_thread, name=f"sender of {GIVEN} {FAMILY}")
    thread.start()
    thread.join()
    _Careless()
    answered: list[str] = []
    moves.office.failed.connect(lambda error: answered.append(str(error)))
    moves.office.ask(lambda _desk: _thread(), lambda _none: None)
    moves.player.wait_for("the desk's failure", lambda: bool(answered))
    pause(200)
    moves.window.lock()
    pause(200)
    gc.unfreeze()  # the program takes what it has loaded out of the collector's sight
    gc.collect()
    seen["office"] = answered
    seen["repr"] = [text for found in gc.get_objects() if (text := _printed(found))]
    seen["clipboard"] = [QApplication.clipboard().text()]


def _printed(found: object) -> str:
    kind = type(found)
    if not str(kind.__module__).startswith("digmed_desktop") or not dataclasses.is_dataclass(kind):
        return ""
    text = repr(found)
    return text if any(token in text for token in TOKENS) else ""


def scene(count: int) -> Callable[[Moves], tuple[Callable[[], None], ...]]:
    """Return the chapters: so many of the tour, then the failures, then the crash."""
    real = play.chapters

    def chapters(moves: Moves) -> tuple[Callable[[], None], ...]:
        seen: dict[str, list[str]] = {"titles": [], "environment": []}

        def look() -> None:
            for window in QApplication.topLevelWindows():
                if window.title() not in seen["titles"]:
                    seen["titles"].append(window.title())

        timer = QTimer(moves.window, interval=50)
        timer.timeout.connect(look)
        timer.start()

        def fail() -> None:
            """Everything fails."""
            failures(moves, seen)
            seen["environment"] = [f"{key}={value}" for key, value in os.environ.items()]

        def fall() -> None:
            """The program crashes."""
            print("SEEN " + json.dumps(seen), flush=True)
            os.kill(os.getpid(), signal.SIGSEGV)

        return (*real(moves)[:count], fail, fall)

    return chapters


def _unique_world() -> world_room.World:
    def made(place: int, one: world_room.FictionalPatient) -> world_room.FictionalPatient:
        patient: Patient = dataclasses.replace(
            one.patient,
            name=dataclasses.replace(
                one.patient.name, given=GIVEN, family=f"{chr(65 + place)}{FAMILY.lower()}"
            ),
            address=dataclasses.replace(one.patient.address, lines=(ADDRESS,)),
        )
        return dataclasses.replace(one, patient=patient)

    return dataclasses.replace(
        _WORLD, patients=tuple(made(place, one) for place, one in enumerate(_WORLD.patients))
    )


_WORLD = world_room.load_world()

if __name__ == "__main__":
    if sys.argv[2] != "none":
        PROTECTIONS[sys.argv[2]]()
    unique = _unique_world()
    world_room.load_world = lambda: unique  # type: ignore[assignment]
    setattr(play, "chapters", scene(int(sys.argv[1])))  # noqa: B010 - a function of its own for this run
    Path("asked").mkdir()
    sys.exit(cli.main(["--demo", "--tour", "asked"]))
