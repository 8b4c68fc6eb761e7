"""Reads JSON and TOML text that the program did not write itself, or that may have been damaged since.

Python's readers let more through than they promise: deep nesting ends in RecursionError, ``1e999`` becomes an
infinity that no integer takes, and half a surrogate pair fails only when it is stored. Here every fault is one error.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

DEEPEST = 60
"""How many tables and lists of TOML may lie in each other: what is read is written again by a recursive writer."""


class UnreadableError(ValueError):
    """The text cannot be read. The message names the kind of fault and quotes nothing."""


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
    with file.open("rb") as opened:
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
