"""The file of the settings: TOML, read whatever is wrong with it, and written whole.

A file that cannot be read never stops the program: it is kept aside, the defaults hold, and a sentence says so. Whatever
in it is unknown or of the wrong kind is named; while that leaves mailbox or environment in doubt nothing is sent.
"""

import contextlib
import os
import re
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digmed_desktop import untrusted
from digmed_desktop.files.replacing import replace
from digmed_desktop.settings.sending_keys import concerns_mesh
from digmed_desktop.settings.settings import EXPECTED, PLACES, Settings, from_file, to_file
from digmed_desktop.settings.tables import TableReader
from digmed_desktop.settings.toml_faults import TomlFault

MOST_BYTES = 1_000_000
"""Most bytes of the settings file; one with a hundred products of one's own has 30 kB."""

CHANGED = (
    "The settings file was changed outside the program, or the disk damaged it. The program still uses its values: check "
    "the mailbox, the connection and the deadlines in Settings, and save them."
)

NOT_SENT = "Nothing is sent or collected until you check and save the connection in Settings, Connection."

_MESH = "mesh"
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as they were found; ``sentence`` says what could not be read and what was done.

    ``doubt`` says why nothing may be sent or collected until a person has saved the connection, ``""`` when it may.
    """

    settings: Settings
    sentence: str = ""
    doubt: str = ""


_KNOWN = {(table, key): name for name, (table, key, _words) in PLACES.items()}
_TABLES = {table for table, _key in _KNOWN}


def load(file: Path) -> Loaded:
    """Return the settings in ``file``; the defaults when there is no such file yet.

    A value that is not one of those allowed falls back to its default alone. A file that is no TOML is
    renamed to ``settings.broken.toml`` beside it. One that was changed since the program wrote it holds, and is told.
    """
    try:
        content = untrusted.read_bytes(file, MOST_BYTES)
        raw = untrusted.read_toml(content, most=MOST_BYTES)
    except FileNotFoundError:
        return Loaded(Settings())
    except OSError as error:
        why = (
            f"The settings could not be read, so the program starts with its own. {untrusted.why_unread(error)} Check "
            f"{file.name} and its rights."
        )
        return Loaded(Settings(), why, f"{NOT_SENT} {file.name} cannot be read.")
    except ValueError:  # no TOML, or not even text
        kept = _keep_aside(file)
        where = f" The program saved the old file as {kept.name}." if kept else ""
        why = f"The settings file is damaged, so the program starts with its own settings.{where}"
        return Loaded(Settings(), why, f"{NOT_SENT} {file.name} was damaged." if kept else "")
    reader = TableReader(file.name, content.decode("utf-8-sig"), _KNOWN, _value, EXPECTED)
    values, faults = reader.read(raw)
    doubt = next((f"{NOT_SENT} {one.sentence}" for one in faults if _concerns_mesh(one, raw)), "")
    if faults:
        sentence = f"The settings file has faults. {_told(faults)} Check Settings, and save them."
    else:
        sentence = "" if _is_as_written(content) else CHANGED
    return Loaded(Settings(**values), f"{NOT_SENT if doubt else ''} {sentence}".strip(), doubt)


def _value(name: str, found: object) -> Any:
    value = from_file(name, found)
    Settings(**{name: value})  # its own check of ranges
    return value


def _told(faults: Sequence[TomlFault]) -> str:
    """Return the first faults in words; of a value that is not taken, what starts afresh."""
    words = {f"{table}.{key}": words for table, key, words in PLACES.values()}
    tables: dict[str, list[str]] = {}
    for table, _key, named in PLACES.values():
        tables.setdefault(table, []).append(named)
    told = []
    for fault in faults[:_MOST_TOLD]:
        named = words.get(fault.key) or ", ".join(tables.get(fault.key, ()))
        told.append(
            f"{fault.sentence} Starts again: {named}." if named else f"{fault.sentence} It has no effect."
        )
    more = len(faults) - len(told)
    return " ".join([*told, *([f"There are {more} more."] if more else [])])


def _concerns_mesh(fault: TomlFault, raw: Mapping[str, Any]) -> bool:
    """Whether a fault leaves mailbox or environment in doubt."""
    mesh = raw.get(_MESH)
    if fault.table == _MESH:
        return True
    if fault.table in _TABLES:
        return concerns_mesh(fault, raw, _KNOWN)
    is_stated = isinstance(mesh, dict) and {"mailbox", "environment"} <= set(mesh)
    return not is_stated or concerns_mesh(fault, raw, _KNOWN)


def save(file: Path, settings: Settings) -> None:
    """Write ``settings`` in one step: after a power cut there is the old file or the new one. Raises
    ``OSError``.

    Comments written by hand are lost; keys that are not known here are kept, but for those that leave mailbox or
    environment in doubt: then the old file is kept aside.
    """
    import tomli_w

    try:
        raw = _read(file)
    except FileNotFoundError:
        raw = {}
    except ValueError:
        _keep_aside(file)
        raw = {}
    _clear_doubt(file, raw)
    for name, (table, key, _words) in PLACES.items():
        if not isinstance(raw.get(table), dict):
            raw[table] = {}
        raw[table][key] = to_file(getattr(settings, name))
    handle, temporary = tempfile.mkstemp(prefix=".settings-", suffix=".toml", dir=file.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as out:
            content = tomli_w.dumps(raw).encode()
            out.write(_check_line(content) + content)
            out.flush()
            os.fsync(out.fileno())
        replace(Path(temporary), file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _clear_doubt(file: Path, raw: dict[str, Any]) -> None:
    """Take out what leaves mailbox or environment in doubt; the file as it was is kept beside."""
    _values, faults = TableReader(file.name, "", _KNOWN, _value, EXPECTED).read(raw)
    doubted = [one.key for one in faults if _concerns_mesh(one, raw)]
    if not doubted:
        return
    _keep_aside(file)
    for table, _, key in (one.partition(".") for one in doubted):
        if key and table != _MESH:
            del raw[table][key]
        else:
            raw.pop(table, None)


def _read(file: Path) -> dict[str, Any]:
    return untrusted.read_toml(untrusted.read_bytes(file, MOST_BYTES), most=MOST_BYTES)


def _check_line(content: bytes) -> bytes:
    """Return the first line of the file: it shows whether the rest is as the program wrote it."""
    return b"# check: %08x. The program writes this file; change it in Settings.\n" % zlib.crc32(content)


def _is_as_written(content: bytes) -> bool:
    """Whether the file is as it was written; a file without the line of an earlier version, or by hand, counts as such."""
    first, _, rest = content.partition(b"\n")
    told = re.match(rb"# check: ([0-9a-f]{8})\.", first)
    return told is None or told[1] == b"%08x" % zlib.crc32(rest)


def _keep_aside(file: Path) -> Path | None:
    """Rename a damaged file so that nothing overwrites it; None when even that fails."""
    number = 1
    kept = file.with_suffix(f".broken{file.suffix}")
    while kept.exists():
        number += 1
        kept = file.with_suffix(f".broken-{number}{file.suffix}")
    try:
        return replace(file, kept)
    except OSError:
        return None
