"""The model of ``resources/codes/units.toml``."""

from collections.abc import Iterator

from digmed_desktop.clinical.data_types import Concept
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import DataModel, Text, Texts
from digmed_desktop.data_files.source import DataSource


class UnitRow(DataModel):
    """One unit: the words for it, and its code where it has one."""

    words: Texts
    code: Concept | None = None
    display: Text | None = None
    source: Text


class UnitsFile(DataModel):
    """All units."""

    unit: list[UnitRow]


def cross_check(at: At, file: UnitsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what two units share, and codes without a term."""
    words: dict[str, int] = {}
    codes: dict[str, int] = {}
    for number, unit in enumerate(file.unit):
        for word in unit.words:
            folded = word.casefold()
            if words.setdefault(folded, number) != number:
                yield at.fault(
                    ("unit", number, "words"), f"{shown(word)} is also a word for another unit", ""
                )
        if unit.code and codes.setdefault(unit.code, number) != number:
            yield at.fault(
                ("unit", number, "code"), f"{shown(unit.code)} is also the code of another unit", ""
            )
        if (unit.code is None) != (unit.display is None):
            key = "code" if unit.code is None else "display"
            yield at.fault(("unit", number, key), "this key is missing", "a code and its term, or neither")


KIND = FileKind("codes/units.toml", UnitsFile, cross_check, Consequence.MESSAGES)
