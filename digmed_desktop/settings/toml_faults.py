"""Faults of a TOML file that people write by hand: file, line, key, and the value that was expected."""

import re
import tomllib
from dataclasses import dataclass

from digmed_desktop import untrusted

_HEADER = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\-\"' ]+?)\s*=")
_PLACE = re.compile(r"at line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class TomlFault:
    """One fault. ``line`` counts from 1, 0 where none can be named; ``key`` is dotted. No value is quoted."""

    file: str
    line: int
    key: str
    expected: str

    @property
    def table(self) -> str:
        """The table that the key lies in, or the table itself."""
        return self.key.split(".")[0]

    @property
    def sentence(self) -> str:
        """The fault in one sentence."""
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.key}: expected {self.expected}." if self.key else f"{where}: {self.expected}."


def syntax_fault(file: str, text: str) -> TomlFault:
    """Return why a text is no TOML, with its line where the reader names one."""
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place else len(text.splitlines())
        return TomlFault(
            file, line, "", "this line cannot be read; text goes in quotation marks, and a key before ="
        )
    return TomlFault(file, 0, "", f"it is larger or deeper than {untrusted.DEEPEST} tables in each other")


def line_of(text: str, key: str) -> int:
    """Return the line in which a dotted key is written, or a table begins; 0 where it is in neither form."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if (header := _HEADER.match(line)) is not None:
            table = _plain(header[1])
            if table == key:
                return number
        elif (found := _KEY.match(line)) is not None:
            name = _plain(found[1])
            if key in (name if not table else f"{table}.{name}", name if table == key else ""):
                return number
    return _mentioned(text, key.rpartition(".")[2])


def _mentioned(text: str, name: str) -> int:
    """Return the first line with a name, for keys of a table that is written in one line."""
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return next((number for number, line in enumerate(text.splitlines(), 1) if word.search(line)), 0)


def _plain(dotted: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in dotted.split("."))
