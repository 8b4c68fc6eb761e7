"""Reads the tables of a settings file: whatever is unknown or of another kind is named, nothing is passed over."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from digmed_desktop.settings.toml_faults import TomlFault, line_of

Known = Mapping[tuple[str, str], str]
"""The name of each value by its table and key."""


class TableReader:
    """Reads one file and notes what is wrong with each key."""

    def __init__(
        self,
        file: str,
        text: str,
        known: Known,
        value_of: Callable[[str, object], Any],
        expected: Mapping[str, str],
    ) -> None:
        """``value_of`` returns a value of a name, or raises ValueError; ``expected`` says what each name takes."""
        self._file, self._text, self._value_of, self._expected = file, text, value_of, expected
        self._known: dict[str, dict[str, str]] = {}
        for (table, key), name in known.items():
            self._known.setdefault(table, {})[key] = name
        self._faults: list[TomlFault] = []

    def read(self, raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[TomlFault, ...]]:
        """Return the values by their names, and the faults in the order of the lines."""
        values: dict[str, Any] = {}
        for table, content in raw.items():
            if table not in self._known:
                self._fault(table, f"a table that is known: {_nearest(table, self._known)}")
            elif not isinstance(content, dict):
                self._fault(table, f"a table: [{table}] with its keys in the lines below")
            else:
                self._read_table(table, content, values)
        return values, tuple(sorted(self._faults, key=lambda fault: fault.line))

    def knows(self, table: str) -> bool:
        """Say whether there is such a table."""
        return table in self._known

    def _read_table(self, table: str, content: Mapping[str, Any], values: dict[str, Any]) -> None:
        for key, found in content.items():
            name = self._known[table].get(key)
            if name is None:
                self._fault(f"{table}.{key}", self._place_of(table, key))
                continue
            try:
                values[name] = self._value_of(name, found)
            except ValueError:
                self._fault(f"{table}.{key}", self._expected.get(name, "a text in quotation marks"))

    def _place_of(self, table: str, key: str) -> str:
        """Return what is expected in the place of an unknown key."""
        elsewhere = [f"[{other}]" for other, keys in self._known.items() if key in keys]
        if elsewhere:
            return f"this key in the table {' or '.join(elsewhere)}"
        return f"a key that is known: {_nearest(key, self._known[table])}"

    def _fault(self, key: str, expected: str) -> None:
        self._faults.append(TomlFault(self._file, line_of(self._text, key), key, expected))


def _nearest(word: str, known: Mapping[str, object]) -> str:
    """Return the names that a misspelt one may stand for, else all of them."""
    return ", ".join(difflib.get_close_matches(word, known, n=2) or sorted(known))
