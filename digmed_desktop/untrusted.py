"""Reads files, JSON and TOML that the program did not write itself, or that may have been damaged since.

Python's readers let more through than they promise: deep nesting ends in RecursionError, ``1e999`` becomes an
infinity that no integer takes, and half a surrogate pair fails only when it is stored. Here every fault is one error.
"""

import json
import os
import stat
import tomllib
import unicodedata
from pathlib import Path
from typing import Any, BinaryIO

DEEPEST = 60
"""How many tables and lists of TOML may lie in each other: what is read is written again by a recursive writer."""


_JOINERS = "\u200c\u200d"
"""They join letters of some scripts and the parts of a picture; nothing else moves."""


class UnreadableError(ValueError):
    """The text cannot be read. The message names the kind of fault and quotes nothing."""


class NotAFileError(OSError):
    """The name belongs to a folder, a pipe or a device: opening it could wait for ever."""


def open_file(file: Path) -> BinaryIO:
    """Open a file for reading without ever waiting. Raises OSError, NotAFileError for what is none."""
    _refuse_no_file(file.stat().st_mode)
    at_once = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    handle = os.open(file, os.O_RDONLY | at_once)
    try:
        _refuse_no_file(os.fstat(handle).st_mode)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def why_unread(error: OSError, what: str = "The file") -> str:
    """Return why a file cannot be read, as a sentence."""
    why = ""
    if isinstance(error, NotAFileError):
        why = f": it is {error}"
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        why = ": it is not there"
    elif isinstance(error, PermissionError):
        why = ": this account cannot read it"
    return f"{what} cannot be read{why}."


def visible(text: str, keep: str = "") -> str:
    """Return somebody else's text with signs that act on the screen spelt out: controls, and changes of direction.

    ``keep``: signs of these kinds that stay, such as line ends.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign if sign in keep or not _acts(sign) else f"\\u{ord(sign):04x}" for sign in text)


def _acts(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") and sign not in _JOINERS


def _refuse_no_file(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise NotAFileError("a folder, not a file")
    if not stat.S_ISREG(mode):
        raise NotAFileError("a pipe or a device, not a file")


def read_json(raw: bytes | str, *, most: int) -> Any:
    """Read JSON of at most ``most`` bytes or characters in UTF-8. Raises UnreadableError."""
    text = _text(raw, most)
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_no_constant)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair fails here
    except (ValueError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None
    return value


def read_json_object(raw: bytes | str, *, most: int) -> dict[str, Any]:
    """Read JSON that must be an object. Raises UnreadableError."""
    value = read_json(raw, most=most)
    if not isinstance(value, dict):
        raise UnreadableError("no object")
    return value


def read_toml(raw: bytes | str, *, most: int) -> dict[str, Any]:
    """Read TOML of at most ``most`` bytes or characters in UTF-8. Raises UnreadableError."""
    try:
        found = tomllib.loads(_text(raw, most))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None
    if _depth(found) > DEEPEST:
        raise UnreadableError("too deep")
    return found


def read_bytes(file: Path, most: int) -> bytes:
    """Return the content of a file of at most ``most`` bytes. Raises OSError, and UnreadableError for a longer one."""
    with open_file(file) as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise UnreadableError("too long")
    return content


def whole_number(value: object, most: int) -> int:
    """Return a whole number from 0 to ``most``. Raises UnreadableError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise UnreadableError("no such number")
    return value


def _text(raw: bytes | str, most: int) -> str:
    if len(raw) > most:
        raise UnreadableError("too long")
    try:
        return raw if isinstance(raw, str) else raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("no text") from None


def _depth(value: object) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return deepest


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError
    return value


def _no_constant(_name: str) -> float:
    raise ValueError


def a_table(found: Any) -> dict[str, Any]:
    """Return what was read if it is a JSON object. Raises TypeError."""
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def a_text(found: Any) -> str:
    """Return what was read if it is a text. Raises TypeError."""
    if not isinstance(found, str):
        raise TypeError("not a text")
    return found
