"""The model of ``resources/mesh/reports.toml``."""

from collections.abc import Iterator
from typing import Literal

from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import DataModel, Flag, Text
from digmed_desktop.data_files.source import DataSource


class CodeRow(DataModel):
    """A code of MESH in words."""

    kind: Literal["report", "refusal"]
    title: Text
    meaning: Text
    remedy: Text
    account: Flag = False


class ReportsFile(DataModel):
    """All codes of MESH in words."""

    codes: dict[str, CodeRow]
    unknown: CodeRow


def cross_check(at: At, file: ReportsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield codes that no message of MESH can have."""
    for code in file.codes:
        if code != code.strip().upper() or not code:
            yield at.fault(
                ("codes", code), f"{shown(code)} is not a code of MESH", "capital letters and digits"
            )


KIND = FileKind("mesh/reports.toml", ReportsFile, cross_check, Consequence.SENDING)
