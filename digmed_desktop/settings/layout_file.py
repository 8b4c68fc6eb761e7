"""Keep how the window stood on this computer: its size, and the widths of columns that each person chose.

No patient is in it, and nothing depends on it: a file that cannot be read counts as none.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digmed_desktop.files.replacing import replace
from digmed_desktop.untrusted import UnreadableError, read_bytes, read_json_object, whole_number

MOST_BYTES = 64 * 1024
LEAST_PIXELS, MOST_PIXELS = 320, 20_000
MOST_COLUMNS = 100
MOST_TENTHS = 5_000
"""Of a letter, for one column."""
Widths = dict[int, int]
"""By the place of a column: tenths of a letter, so that they follow the size of text."""


@dataclass
class WindowLayout:
    """Size and state of the window, and widths of columns by table and person."""

    size: tuple[int, int] | None = None
    maximized: bool = False
    columns: dict[str, Widths] = field(default_factory=dict)
    file: Path | None = None  # None: it lasts as long as the program runs

    def widths(self, table: str, person: int | None) -> Widths:
        """Return the widths that a person chose for a table."""
        return self.columns.get(_key(table, person), {})

    def keep_width(self, table: str, person: int | None, column: int, tenths: int) -> None:
        """Remember a width; it reaches the disk with :meth:`save`."""
        self.columns.setdefault(_key(table, person), {})[column] = max(0, min(tenths, MOST_TENTHS))

    def forget_widths(self, table: str, person: int | None) -> None:
        """Let the program choose the widths again."""
        self.columns.pop(_key(table, person), None)

    def save(self) -> None:
        """Write it; where that is not possible, the next start has the size of before."""
        if self.file is None:
            return
        kept = {"size": self.size, "maximized": self.maximized, "columns": self.columns}
        beside = self.file.with_suffix(".new")
        with contextlib.suppress(OSError):
            beside.write_text(json.dumps(kept), encoding="utf-8")
            replace(beside, self.file)


def _key(table: str, person: int | None) -> str:
    return f"{table}/{person or 0}"


def load(file: Path) -> WindowLayout:
    """Return how it stood, as far as the file says so."""
    try:
        raw = read_json_object(read_bytes(file, MOST_BYTES), most=MOST_BYTES)
        return WindowLayout(_size(raw.get("size")), raw.get("maximized") is True, _columns(raw), file)
    except (OSError, UnreadableError, ValueError, TypeError, AttributeError):
        return WindowLayout(file=file)


def _size(raw: Any) -> tuple[int, int] | None:
    if not isinstance(raw, list) or len(raw) != 2:
        return None
    width, height = (whole_number(one, MOST_PIXELS) for one in raw)
    return (width, height) if min(width, height) >= LEAST_PIXELS else None


def _columns(raw: Mapping[str, Any]) -> dict[str, Widths]:
    return {
        str(table): {
            whole_number(int(place), MOST_COLUMNS): whole_number(tenths, MOST_TENTHS)
            for place, tenths in widths.items()
        }
        for table, widths in raw.get("columns", {}).items()
    }
