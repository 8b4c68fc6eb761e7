"""Settings that administrators choose for every account of a computer, in a file that only they can write.

The file has the tables and keys of the settings file, ``[backup] folder`` and ``[version] current``.
It locks what it sets. A fault never passes in silence: it is named, and while it leaves mailbox or environment in doubt
nothing is sent.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from digmed_desktop import untrusted
from digmed_desktop.files import own_place, rights
from digmed_desktop.settings import shapes, web_address
from digmed_desktop.settings.sending_keys import SENDING, concerns_mesh
from digmed_desktop.settings.settings import EXPECTED, PLACES, MeshEnvironment, Settings, from_file
from digmed_desktop.settings.tables import TableReader
from digmed_desktop.settings.toml_faults import TomlFault, line_of, syntax_fault

FILE = "policy.toml"
MOST_BYTES = 100_000
SET_BY_IT = "Set by your IT support"
REMEDY = "Ask your IT support to correct the file; 'digmed-desktop doctor' shows whether it is right."

_NONE: Mapping[str, Any] = MappingProxyType({})
_TEXTS = {
    ("backup", "folder"): "backup_folder",
    ("version", "current"): "version_source",
}
"""Keys that the settings file does not have, and their names in Policy."""
_USED_BY = {"mesh_url": MeshEnvironment.THIS_COMPUTER, "mesh_folder": MeshEnvironment.CLIENT}
"""Values that one environment uses; beside another one of the two is wrong."""
_NO_VARIABLES = "from its drive, share or root on, without variables"
_EXPECTED = {
    **EXPECTED,
    "mailbox": '3 or more capital letters and digits, the id of a mailbox such as "X26OT001"',
    "mesh_url": 'the address of a MESH on this computer, such as "https://localhost:8700"',
    "mesh_folder": f"the full name of the folder of a mailbox at the MESH client, {_NO_VARIABLES}",
    "directory": "an https address with nothing behind ? or # in it",
    "scanner_prefix": "a character that no typed word begins with, such as ]d2",
    "scanner_separator": "a character that no pack barcode contains, such as |",
    "backup_folder": f"the full name of a folder, {_NO_VARIABLES}",
    "data_folder": f"the full name of a folder with newer data files, {_NO_VARIABLES}",
    "version_source": f"an https address, or the full name of a file {_NO_VARIABLES}",
}
_SHAPES: Mapping[str, Callable[[str], bool]] = {
    "mailbox": shapes.is_mailbox,
    "mesh_url": web_address.is_on_this_computer,
    "mesh_folder": shapes.is_whole_path,
    "directory": lambda text: not text or not web_address.fault_of(text),
    "scanner_prefix": lambda text: not shapes.prefix_fault(text),
    "scanner_separator": lambda text: not shapes.separator_fault(text),
    "backup_folder": shapes.is_whole_path,
    "data_folder": shapes.is_whole_path,
    "version_source": shapes.is_file_or_address,
}
"""Shapes that Settings asks of a typed text, by name of Settings or Policy."""
_KNOWN = {**{(table, key): name for name, (table, key, _words) in PLACES.items()}, **_TEXTS}


@dataclass(frozen=True, slots=True)
class Policy:
    """The administrators' choices. ``doubt`` says why nothing may be sent or collected, ``""`` when it may."""

    values: Mapping[str, Any] = field(default_factory=lambda: _NONE)  # by name of Settings
    backup_folder: str = ""
    version_source: str = ""  # a file or an https address that holds the number of the current version
    faults: tuple[TomlFault, ...] = ()
    doubt: str = ""
    file: str = ""  # "" where there is none
    lines: Mapping[str, int] = field(default_factory=lambda: _NONE)  # of each value, by name of Settings

    def without(self, name: str, expected: str) -> Self:
        """Return the choices without a value that the program's data does not know, and that fault."""
        table, key, _words = PLACES[name]
        fault = TomlFault(self.file, self.lines.get(name, 0), f"{table}.{key}", expected)
        values = {one: value for one, value in self.values.items() if one != name}
        doubt = self.doubt or (_doubt(fault) if table in SENDING else "")
        return replace(self, values=MappingProxyType(values), faults=(*self.faults, fault), doubt=doubt)

    def over(self, settings: Settings) -> Settings:
        """Return settings with the administrators' choices in the place of the account's own."""
        return replace(settings, **self.values)

    def locks(self, name: str) -> bool:
        """Whether a value of Settings is the administrators' to choose."""
        return name in self.values

    @property
    def sentence(self) -> str:
        """Name the file's faults for the window; ``""`` without any."""
        if not self.faults:
            return self.doubt
        more = f" There are {len(self.faults) - 1} more faults." if len(self.faults) > 1 else ""
        told = f"The settings of your IT support have a fault. {self.faults[0].sentence}{more}"
        return f"{told} Nothing is sent or collected until that is corrected." if self.doubt else told

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that are locked, in words."""
        named = [PLACES[name][2] for name in PLACES if name in self.values]
        extra = (
            ("folder of the daily backup", self.backup_folder),
            ("current version", self.version_source),
        )
        return (*named, *(words for words, value in extra if value))


NO_POLICY = Policy()


def place() -> Path | None:
    """Return where the file lies; None where no installer put the program here."""
    if sys.platform == "win32":  # no variable of the account names the place, so no account can move it
        folder = own_place.installation()
        return folder / FILE if folder else None
    return Path("/etc/digmed-desktop", FILE)


def read(file: Path | None, is_protected: Callable[[Path], bool] = rights.is_administrators) -> Policy:
    """Return the administrators' choices; none when there is no file. ``is_protected``: nobody else can write it."""
    if file is None:
        return NO_POLICY
    try:
        content = untrusted.read_bytes(file, MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return NO_POLICY
    except (OSError, ValueError):
        return _in_doubt(file, TomlFault(str(file), 0, "", "the file cannot be read by this account"))
    if not is_protected(file):
        what = "others than administrators can write this file, so the program ignores it"
        return _in_doubt(file, TomlFault(str(file), 0, "", what))
    try:
        text = content.decode("utf-8-sig")
        raw = untrusted.read_toml(text, most=MOST_BYTES)
    except UnicodeDecodeError:
        return _in_doubt(file, TomlFault(str(file), 0, "", "the file is not text in UTF-8"))
    except ValueError:
        return _in_doubt(file, syntax_fault(str(file), content.decode("utf-8-sig")))
    return _read(file, text, raw)


def _in_doubt(file: Path, fault: TomlFault) -> Policy:
    return Policy(faults=(fault,), doubt=f"Nothing is sent: {fault.sentence}", file=str(file))


def _read(file: Path, text: str, raw: Mapping[str, Any]) -> Policy:
    """Return the policy of a file that is TOML."""
    reader = TableReader(str(file), text, _KNOWN, _value, _EXPECTED)
    values, faults = reader.read(raw)
    lines = {name: line_of(text, ".".join(PLACES[name][:2])) for name in values if name in PLACES}
    for name, user in _USED_BY.items():
        if name in values and values.get("mesh_environment", user) is not user:
            key = ".".join(PLACES[name][:2])
            expected = f"no such key, or the environment {user.value} that uses it"
            faults = (*faults, TomlFault(str(file), lines[name], key, expected))
            del values[name]
    texts = {name: values.pop(name, "") for name in _TEXTS.values()}
    unsure = [
        one
        for one in faults
        if one.table in SENDING or not reader.knows(one.table) or concerns_mesh(one, raw, _KNOWN)
    ]
    doubt = _doubt(unsure[0]) if unsure else ""
    return Policy(MappingProxyType(values), **texts, faults=faults, doubt=doubt, file=str(file), lines=lines)


def _doubt(fault: TomlFault) -> str:
    return f"Nothing is sent: {fault.sentence}"


def _value(name: str, found: object) -> Any:
    value: Any = found if name in _TEXTS.values() else from_file(name, found)
    if name in _SHAPES:
        if not isinstance(value, str):
            raise ValueError("a text is missing")
        value = value.strip()
        if not _SHAPES[name](value):
            raise ValueError("the text has another shape")
    else:
        Settings(**{name: value})  # its own check of ranges
    return value
