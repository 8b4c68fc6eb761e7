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
from digmed_desktop.desk import data_check

Place = tuple[str | int, ...]
KINDS = (*data_check.kinds(), *world_files.KINDS)
FILES = [(kind, name) for kind in KINDS for name in kind.names(OWN)]


def faults_of(folder: Path, kind: FileKind, name: str, raw: dict[str, Any]) -> tuple[Fault, ...]:
    """Return the faults of a changed file that lies in a folder of its own."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(tomli_w.dumps(raw).encode())
    return kind.faults(name, DataSource(folder))


def changed(raw: dict[str, Any], place: Place, /, value: Any) -> dict[str, Any]:
    """Return a copy with another value at a place."""
    copied = copy.deepcopy(raw)
    table: Any = copied
    for step in place[:-1]:
        table = table[step]
    table[place[-1]] = value
    return copied


def without(raw: dict[str, Any], place: Place) -> dict[str, Any]:
    """Return a copy without what stands at a place."""
    copied = copy.deepcopy(raw)
    table: Any = copied
    for step in place[:-1]:
        table = table[step]
    del table[place[-1]]
    return copied


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
