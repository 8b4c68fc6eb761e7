"""Makes damaged copies of the program's own data files, for real folders that the checker reads."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w

from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import FileKind
from digmed_desktop.data_files.source import OWN, DataSource
from digmed_desktop.demo import world_files
from digmed_desktop.desk.files import data_check

Place = tuple[str | int, ...]
KINDS = (*data_check.kinds(), *world_files.KINDS)
FILES = [(kind, name) for kind in KINDS for name in kind.names(OWN)]


def faults_of(folder: Path, kind: FileKind, name: str, raw: dict[str, Any]) -> tuple[Fault, ...]:
    """Return the faults of a changed file that lies in a folder of its own.

    What the file holds is handed in as it would be parsed: reading a large file again for each of a thousand faults
    is most of the time, and ``test_what_is_written_is_what_is_read`` proves that it changes nothing.
    """
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    source = DataSource(folder)
    source._raw[name] = raw
    return kind.faults(name, source)


def written(folder: Path, name: str, raw: dict[str, Any]) -> DataSource:
    """Write a changed file into a folder of its own, and return the source that reads it."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(tomli_w.dumps(raw).encode())
    return DataSource(folder)


def changed(raw: dict[str, Any], place: Place, /, value: Any) -> dict[str, Any]:
    """Return a copy with another value at a place; what lies beside the way there is shared with the original."""
    copied, table = _way_to(raw, place)
    table[place[-1]] = value
    return copied


def without(raw: dict[str, Any], place: Place) -> dict[str, Any]:
    """Return a copy without what stands at a place; what lies beside the way there is shared with the original."""
    copied, table = _way_to(raw, place)
    del table[place[-1]]
    return copied


def _way_to(raw: dict[str, Any], place: Place) -> tuple[dict[str, Any], Any]:
    """Return a copy, and in it the table or list of which ``place`` names the last step."""
    copied = copy.copy(raw)
    table: Any = copied
    for step in place[:-1]:
        table[step] = copy.copy(table[step])
        table = table[step]
    return copied, table


def value_at(raw: Any, place: Place) -> Any:
    for step in place:
        raw = raw[step]
    return raw


def tables(value: Any, place: Place = (), *, every_row: bool = False) -> Iterator[Place]:
    """Yield the places of all tables; of a list of tables the first and the last only, unless all are asked for."""
    if isinstance(value, dict):
        yield place
        for key, inner in value.items():
            yield from tables(inner, (*place, key), every_row=every_row)
    elif isinstance(value, list):
        numbers = range(len(value))
        for number in numbers if every_row else sorted({*numbers[:1], *numbers[-1:]}):
            yield from tables(value[number], (*place, number), every_row=every_row)


def named(faults: tuple[Fault, ...], file: str, key: str) -> bool:
    """Whether one of the faults names this file and this key, in one sentence."""
    return any(
        one.file == file and one.key == key and one.sentence.startswith(f"{file}, ") and one.wrong
        for one in faults
    )
