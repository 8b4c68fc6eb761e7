"""See what Windows shows without a window of the program: a message box, a notification beside the clock."""

import re
from typing import TYPE_CHECKING

from installer.checking import version_1
from installer.checking.screen import Screen
from installer.checking.table import Table
from installer.checking.wine import PATIENCE, Result, expect
from installer.making import places

if TYPE_CHECKING:
    from installer.checking.windows import Trial

TITLE = "DigMed Desktop"
LIBRARY = "python/Lib/site-packages/PySide6/Qt6Widgets.dll"
SENTENCE = re.compile(r"Action needed for \d+ notifications?\. Open DigMed Desktop to see which\.")
_BOX, _BALLOON = "#32770", "tooltips_class32"
# Waits for a visible window of this class, prints what it says, leaves it for a picture, and answers OK.
_READ = """
import ctypes, sys, time
from ctypes import wintypes
user = ctypes.WinDLL("user32")
user.FindWindowExW.restype = wintypes.HWND
user.FindWindowExW.argtypes = (wintypes.HWND, wintypes.HWND, wintypes.LPCWSTR, wintypes.LPCWSTR)
user.SendMessageW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
user.PostMessageW.argtypes = user.SendMessageW.argtypes
buffer = ctypes.create_unicode_buffer(4000)
def text(window):
    buffer.value = ""
    user.SendMessageW(window, 13, 4000, ctypes.addressof(buffer))
    return buffer.value
def below(window, kind):
    child = None
    while child := user.FindWindowExW(window, child, kind, None):
        yield child
until, said, found = time.monotonic() + 600, "", None
while not said and time.monotonic() < until:
    time.sleep(0.5)
    for found in below(None, sys.argv[1]):
        if user.IsWindowVisible(found):
            said = " ".join((text(found), *map(text, below(found, "Static"))))
print(" ".join(said.split()) or "nothing was shown", flush=True)
time.sleep(3)
user.PostMessageW(found, 0x111, 1, 0)
"""


def run(trial: "Trial", table: Table) -> None:
    """Start the windowed launcher as Explorer does, without any stream, where it cannot open its window."""
    bad = trial.wine.drive / "bad.digmedrecord"
    bad.write_text("{}", encoding="utf-8")
    table.line(
        "a record that cannot be read, by its file's icon: a box says so, 2",
        lambda: _boxed(trial, "box-bad-record.png", ["open", trial.wine.windows_path(bad)], "was not opened"),
    )
    table.line("Qt is damaged: a box says so and what to do, 2", lambda: _damaged_qt(trial))


def notified(trial: "Trial") -> str:
    """Run the task's command on records in which something is late; return "" when one sentence told of it."""
    result = _read(trial, "notification.png", _BALLOON, ["sync"], home=version_1.HOME)
    return expect(result, 0) or ("" if SENTENCE.fullmatch(result.text) else result.text)


def _damaged_qt(trial: "Trial") -> str:
    library = trial.folder / LIBRARY
    aside = library.with_suffix(".aside")
    library.rename(aside)
    try:
        return _boxed(trial, "box-damaged-qt.png", [], "Qt, which draws", "Install DigMed Desktop again")
    finally:
        aside.rename(library)


def _boxed(trial: "Trial", picture: str, words: list[str], *said: str) -> str:
    return expect(_read(trial, picture, _BOX, words), 2, TITLE, *said)


def _read(trial: "Trial", picture: str, kind: str, words: list[str], *, home: str = "") -> Result:
    """Start the windowed launcher as Explorer does; return its status and what a window of this kind says."""
    from installer.checking.windows import FOLDER

    extra = {"DIGMED_HOME": home} if home else None
    python = trial.core / "python" / "python.exe"
    with Screen() as screen:
        program = ("start", "/wait", f"{FOLDER}\\{places.WINDOW_EXE}", *words)
        process = trial.wine.start(*program, screen=screen.name, extra=extra)
        reader = trial.wine.start(python, "-c", _READ, kind, screen=screen.name)
        try:
            text = reader.stdout.readline() if reader.stdout else ""
            screen.picture(trial.pictures / picture)
            reader.wait(PATIENCE)
            return Result(process.wait(PATIENCE), text.strip())
        finally:
            trial.wine.end()
