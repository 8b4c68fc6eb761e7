"""The model of ``resources/medicines/controlled-drugs.toml``."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.emergency_supply import NEVER_SUPPLIED
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Text, Texts
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

ONLY_5 = "5"


def _has_a_word(name: str) -> str:
    if not any(c.isascii() and c.isalnum() for c in name):
        raise ValueError("has no letter and no digit")
    return name


class NameRow(DataModel):
    """One name: of a substance, a brand, a combination, or of what only looks like one."""

    name: Annotated[Text, AfterValidator(_has_a_word)]
    of: Text | None = None
    kind: Literal["substance", "synonym", "combination", "brand", "not-controlled"]
    schedules: list[Literal["1", "2", "3", "4", "5"]] = []
    lower_as: Texts | None = None
    never_as: Texts | None = None
    lower_up_to: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]+(\.[0-9]+)?$",
            description="milligrams in 1 ml; a product with more is never in 4 or 5",
        ),
    ] = None
    confidence: Annotated[Confidence, BY_VALUE]
    source: Annotated[str, Field(description="the key of a source in the table of sources")]


class ControlledDrugsFile(ReviewedFile):
    """All names, and their sources."""

    names: list[NameRow]
    ranges: Texts
    sources: dict[str, Text]


def cross_check(at: At, file: ControlledDrugsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield names that stand there twice, without a source, and without a schedule although controlled."""
    seen: set[str] = set()
    for number, row in enumerate(file.names):
        place = ("names", number)
        if row.name.casefold() in seen:
            yield at.fault(
                (*place, "name"), f"{shown(row.name)} appears twice", "a different name in each row"
            )
        seen.add(row.name.casefold())
        yield from at.unknown((*place, "source"), [row.source], file.sources, "a source")
        if bool(row.schedules) == (row.kind == "not-controlled"):
            wrong = "the schedules do not fit the kind"
            yield at.fault(
                (*place, "schedules"), wrong, "none if it is not controlled, otherwise one or more"
            )
        mixed = bool(set(row.schedules) & NEVER_SUPPLIED) and not set(row.schedules) <= NEVER_SUPPLIED
        if (row.lower_as or row.never_as or row.lower_up_to) and not mixed:
            wrong = "forms have no effect here"
            yield at.fault((*place, "lower_as"), wrong, "only with a schedule of 1 to 3 and one of 4 or 5")
        if row.schedules != sorted(set(row.schedules)):
            yield at.fault((*place, "schedules"), "appear twice or out of order", "each once, in order")
    for number, name in enumerate(file.ranges):
        members = (row for row in file.names if row.schedules == [ONLY_5])
        if not any(row.name.casefold().startswith(f"{name.casefold()} ") for row in members):
            yield at.fault(
                ("ranges", number), f"no product in {shown(name)} is in Schedule 5", "a range of the names"
            )


KIND = FileKind(
    "medicines/controlled-drugs.toml",
    ControlledDrugsFile,
    cross_check,
    Consequence.SUPPLY,
    may_be_empty=frozenset({"schedules"}),
)
