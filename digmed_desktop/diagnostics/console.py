"""Standard output and error on every system: UTF-8 always, and a message box where there is no console.

A program that Windows starts from the Start menu or by a file has neither stream: what it prints would be lost, and a
start that fails would show nothing at all.
"""

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, TextIO, cast

from digmed_desktop import untrusted

TITLE = "DigMed Desktop"
_LONGEST = 3000  # characters that a message box shows in full


class Tone(IntEnum):
    """The kind of a text, as Windows numbers the icons of message boxes."""

    WRONG = 0x10
    ANSWER = 0x40


def prepare() -> "Unheard | None":
    """Make both streams fit to print on; return what collects their text where they are missing.

    Called before anything is printed. Windows gives pipes and files its old code page, which lacks most letters of
    the world's names.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if sys.stdout is not None and sys.stderr is not None:
        return None
    unheard = Unheard()
    sys.stdout = sys.stdout or unheard.output
    sys.stderr = sys.stderr or unheard.errors
    return unheard


@contextlib.contextmanager
def visible() -> Iterator[None]:
    """Print with every sign spelt out that acts on a terminal: files, names and answers of others hold such."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", _Visible(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class _Visible:
    """A stream of text like another, but for the signs that are spelt out. Bytes go to its ``buffer`` as they are."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; return its length as it was given."""
        self._stream.write(untrusted.visible(text, keep="\n\t"))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Unheard:
    """Text that was printed although nobody can see it."""

    def __init__(self) -> None:
        self.output: TextIO = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        self.errors: TextIO = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)

    @contextlib.contextmanager
    def shown(self, show: Callable[[str, Tone], None], *, answers: bool) -> Iterator[None]:
        """Show at the end of the block what was printed in it: errors always, other text where ``answers`` says so.

        ``show`` gets the text and what it is. A fault that nothing caught is named and goes on.
        """
        try:
            yield
        except Exception as error:
            self.errors.write(f"{TITLE} met a fault ({type(error).__qualname__}). Start it again.\n")
            raise
        finally:
            if wrong := _text(self.errors):
                show(wrong, Tone.WRONG)
            elif answers and (said := _text(self.output)):
                show(said, Tone.ANSWER)


def message_box(text: str, tone: Tone) -> None:
    """Show a text in a message box of Windows and wait until it is closed; elsewhere there is none."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, TITLE, tone)


def _text(stream: TextIO) -> str:
    stream.flush()
    raw = stream.buffer.getvalue() if isinstance(stream.buffer, io.BytesIO) else b""
    text = raw.decode("utf-8", errors="replace").strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
