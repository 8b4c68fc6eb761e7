"""Settings that administrators choose for every account of a computer, in a file that only they can write.

The file has the tables and keys of the settings file, ``[backup] folder``, and ``[version] current``. It locks what it
sets. A fault never passes in silence: it is named, and while it leaves mailbox or environment in doubt nothing is sent.
"""

import difflib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from digmed_desktop import untrusted
from digmed_desktop.files import rights
from digmed_desktop.settings.settings import (
    AMBER_HOURS,
    ANSWER_DAYS,
    LATE_HOURS,
    LOCK_MINUTES,
    PLACES,
    TEXT_PERCENT,
    Addressing,
    MeshEnvironment,
    Settings,
    Theme,
    from_file,
)
from digmed_desktop.settings.toml_faults import TomlFault, line_of, syntax_fault

FILE = "policy.toml"
MOST_BYTES = 100_000
SET_BY_IT = "Set by your IT"
REMEDY = "Ask your IT to correct the file; 'digmed-desktop doctor' shows whether it is right."

_NONE: Mapping[str, Any] = MappingProxyType({})
_TEXTS = {("backup", "folder"): "backup_folder", ("version", "current"): "version_source"}
"""Keys that the settings file does not have, and their names in Policy."""
_SENDING = ("mesh", "messages")
"""Tables that decide which mailbox is used and where messages go."""


def _number(allowed: range) -> str:
    return f"a whole number from {allowed[0]} to {allowed[-1]}"


_EXPECTED = {
    "theme": f"one of {', '.join(Theme)}",
    "text_percent": _number(TEXT_PERCENT),
    "lock_after_minutes": _number(LOCK_MINUTES),
    "amber_hour": _number(AMBER_HOURS),
    "late_hour": _number(LATE_HOURS),
    "answer_days": _number(ANSWER_DAYS),
    "addressing": f"one of {', '.join(Addressing)}",
    "mesh_environment": f"one of {', '.join(MeshEnvironment)}",
    "privacy": "true or false",
    "mailbox": 'the id of a mailbox, such as "X26OT001"',
    "agreed_programmes": "a list of texts",
    "editions": "a table of texts",
    "own_products": "a list of products with id, programme and display",
    "backup_folder": "the name of a folder, as a text",
    "version_source": "the name of a file or an https address, as a text",
}
_A_TEXT = "a text in quotation marks"


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
    return _Reader(file, text).read(raw)


def _in_doubt(file: Path, fault: TomlFault) -> Policy:
    return Policy(faults=(fault,), doubt=f"Nothing is sent: {fault.sentence}", file=str(file))


class _Reader:
    """Reads the tables of one file and notes what is wrong with each key."""

    def __init__(self, file: Path, text: str) -> None:
        self._file, self._text = str(file), text
        self._faults: list[TomlFault] = []
        self._known: dict[str, dict[str, str]] = {}
        for name, (table, key, _words) in PLACES.items():
            self._known.setdefault(table, {})[key] = name
        for (table, key), name in _TEXTS.items():
            self._known.setdefault(table, {})[key] = name

    def read(self, raw: Mapping[str, Any]) -> Policy:
        """Return the policy of a file that is TOML."""
        values: dict[str, Any] = {}
        for table, content in raw.items():
            if table not in self._known:
                self._fault(table, f"a table that is known: {_nearest(table, self._known)}")
            elif not isinstance(content, dict):
                self._fault(table, f"a table: [{table}] with its keys in the lines below")
            else:
                self._read_table(table, content, values)
        faults = tuple(sorted(self._faults, key=lambda fault: fault.line))
        texts = {name: values.pop(name, "") for name in _TEXTS.values()}
        unsure = [one for one in faults if one.table in _SENDING or one.table not in self._known]
        doubt = f"Nothing is sent: {unsure[0].sentence}" if unsure else ""
        return Policy(MappingProxyType(values), **texts, faults=faults, doubt=doubt, file=self._file)

    def _read_table(self, table: str, content: Mapping[str, Any], values: dict[str, Any]) -> None:
        for key, found in content.items():
            name = self._known[table].get(key)
            if name is None:
                self._fault(f"{table}.{key}", f"a key that is known: {_nearest(key, self._known[table])}")
                continue
            try:
                values[name] = _value(name, found)
            except ValueError:
                self._fault(f"{table}.{key}", _EXPECTED.get(name, _A_TEXT))

    def _fault(self, key: str, expected: str) -> None:
        self._faults.append(TomlFault(self._file, line_of(self._text, key), key, expected))


def _value(name: str, found: object) -> Any:
    if name in _TEXTS.values() or name == "mailbox":
        if not isinstance(found, str) or not found.strip():
            raise ValueError("a text is missing")
        return found.strip()
    value = from_file(name, found)
    Settings(**{name: value})  # its own check of ranges
    return value


def _nearest(word: str, known: Mapping[str, object]) -> str:
    """Return the names that a misspelt one may stand for, else all of them."""
    return ", ".join(difflib.get_close_matches(word, known, n=2) or sorted(known))
