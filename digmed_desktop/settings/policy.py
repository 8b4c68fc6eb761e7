"""Settings that administrators choose for every account of a computer, in a file that only they can write.

The file has the tables and keys of the settings file, ``[backup] folder``, and ``[version] current``. It locks what it
sets. A fault never passes in silence: it is named, and while it leaves mailbox or environment in doubt nothing is sent.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from digmed_desktop import untrusted
from digmed_desktop.files import rights
from digmed_desktop.settings.settings import EXPECTED, PLACES, Settings, from_file
from digmed_desktop.settings.tables import TableReader
from digmed_desktop.settings.toml_faults import TomlFault, syntax_fault

FILE = "policy.toml"
MOST_BYTES = 100_000
SET_BY_IT = "Set by your IT"
REMEDY = "Ask your IT to correct the file; 'digmed-desktop doctor' shows whether it is right."

_NONE: Mapping[str, Any] = MappingProxyType({})
_TEXTS = {("backup", "folder"): "backup_folder", ("version", "current"): "version_source"}
"""Keys that the settings file does not have, and their names in Policy."""
_SENDING = ("mesh", "messages")
"""Tables that decide which mailbox is used and where messages go."""


_EXPECTED = {
    **EXPECTED,
    "backup_folder": "the name of a folder, as a text",
    "version_source": "the name of a file or an https address, as a text",
}
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

    def over(self, settings: Settings) -> Settings:
        """Return settings with the administrators' choices in the place of the account's own."""
        return replace(settings, **self.values)

    def locks(self, name: str) -> bool:
        """Whether a value of Settings is the administrators' to choose."""
        return name in self.values

    @property
    def sentence(self) -> str:
        """What is wrong with the file, for whoever looks at the window; ``""`` when nothing is."""
        if not self.faults:
            return self.doubt
        more = f" There are {len(self.faults) - 1} more faults." if len(self.faults) > 1 else ""
        told = f"The settings of your IT have a fault. {self.faults[0].sentence}{more}"
        return f"{told} Nothing is sent or collected until that is corrected." if self.doubt else told

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that are locked, in words."""
        named = [PLACES[name][2] for name in PLACES if name in self.values]
        extra = (("folder of the daily backup", self.backup_folder), ("current version", self.version_source))
        return (*named, *(words for words, value in extra if value))


NO_POLICY = Policy()


def place() -> Path | None:
    """Return where the file lies; None where no installer put the program here."""
    if sys.platform == "win32":  # no variable of the account names the place, so no account can move it
        root = Path(__file__).resolve().parents[3]
        return root / FILE if (root / "manifest.sha256").is_file() else None
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
    texts = {name: values.pop(name, "") for name in _TEXTS.values()}
    unsure = [one for one in faults if one.table in _SENDING or not reader.knows(one.table)]
    doubt = f"Nothing is sent: {unsure[0].sentence}" if unsure else ""
    return Policy(MappingProxyType(values), **texts, faults=faults, doubt=doubt, file=str(file))


def _value(name: str, found: object) -> Any:
    if name in _TEXTS.values() or name == "mailbox":
        if not isinstance(found, str) or not found.strip():
            raise ValueError("a text is missing")
        return found.strip()
    value = from_file(name, found)
    Settings(**{name: value})  # its own check of ranges
    return value
