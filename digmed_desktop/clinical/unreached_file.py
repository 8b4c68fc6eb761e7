"""The model of ``resources/rules/practices.toml``: practices and other care that electronic messages do not reach."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Id, Text, Texts
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

NAME = "rules/practices.toml"
Form = Annotated[str, Field(pattern=r"^[A-Z0-9#]{3,10}$", description='an ODS code, "#" for a digit')]
Area = Annotated[str, Field(pattern=r"^[A-Z]{1,2}[0-9]{0,2}$", description="a postcode area or district")]


class PlaceWeight(StrEnum):
    """How surely a place is not reached: paper alone is left, or whoever goes on says why."""

    PAPER = "paper"
    WARN = "warn"


class PlaceRow(DataModel):
    """One kind of place: how it is told, and what is said of it."""

    id: Id
    codes: list[Form] = []
    postcodes: list[Area] = []
    names: Texts = []
    weight: Annotated[PlaceWeight, BY_VALUE]
    sentence: Text
    source: Text
    confidence: Annotated[Confidence, BY_VALUE]


class PlacesFile(ReviewedFile):
    """All of them."""

    place: list[PlaceRow]


def cross_check(at: At, file: PlacesFile, _source: DataSource) -> Iterator[Fault]:
    """Yield places that stand there twice, that nothing tells, and that leave paper alone though nobody read why."""
    yield from at.twice("place", "id", [row.id for row in file.place])
    for number, row in enumerate(file.place):
        if not (row.codes or row.postcodes or row.names):
            yield at.fault(("place", number), "nothing identifies this place", "codes, postcodes or names")
        if row.weight is PlaceWeight.PAPER and not row.confidence.is_read:
            wrong = "nobody read the source of the rule that leaves only paper"
            yield at.fault(("place", number, "weight"), wrong, "warn")


KIND = FileKind(NAME, PlacesFile, cross_check, Consequence.FORMS)
