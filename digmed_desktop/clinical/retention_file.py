"""The model of ``resources/retention/periods.toml``."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from digmed_desktop.clinical.retention_kinds import RecordKind
from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Text
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

PLACE = "retention/periods.toml"
Years = Annotated[int, Field(ge=1, le=100)]


class SourceRow(DataModel):
    """How long one source wants a kind kept."""

    years: Years
    birthday: Years | None = None
    birthday_if_17: Years | None = None
    what: Text
    source: Text
    read: bool
    confidence: Literal["S", "G"]


class PeriodRow(DataModel):
    """One kind of record, with every source for it."""

    id: Annotated[RecordKind, BY_VALUE]
    label: Text
    counts_from: Text
    removed: bool
    why_kept: Text | None = None
    source: list[SourceRow]


class PeriodsFile(ReviewedFile):
    """Every kind."""

    kind: list[PeriodRow]


def cross_check(at: At, file: PeriodsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield kinds that are missing or stand there twice, and what is kept for ever without a reason."""
    ids = [row.id.value for row in file.kind]
    yield from at.twice("kind", "id", ids)
    for missing in sorted({one.value for one in RecordKind} - set(ids)):
        yield at.fault(("kind",), f"there is no period for {missing}", "a [[kind]] for each kind of record")
    for number, row in enumerate(file.kind):
        if not row.removed and row.why_kept is None:
            yield at.fault(("kind", number, "why_kept"), "it does not say why this kind stays", "a sentence")
        for place, one in enumerate(row.source):
            if (one.birthday is None) != (one.birthday_if_17 is None):
                key = "birthday" if one.birthday is None else "birthday_if_17"
                yield at.fault(
                    ("kind", number, "source", place, key), "one of two birthdays is missing", "both"
                )


KIND = FileKind(PLACE, PeriodsFile, cross_check, Consequence.PART)
