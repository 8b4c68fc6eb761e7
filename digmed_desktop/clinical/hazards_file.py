"""The model of ``resources/safety/hazards.toml``."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Text
from digmed_desktop.data_files.source import DataSource

PLACE = "safety/hazards.toml"
GRADES = 5
"""Grades of severity and of likelihood."""


class Standing(StrEnum):
    """State of a control that a review asked for."""

    BUILT = "built"
    PART = "part"
    LATER = "later"
    REFUSED = "refused"


def _two_grades(values: list[int]) -> list[int]:
    if len(values) != 2:
        raise ValueError("is not a severity and a likelihood")
    return values


Rating = Annotated[
    list[Annotated[int, Field(ge=1, le=GRADES)]],
    AfterValidator(_two_grades),
    Field(description="severity and likelihood, each from 1 to 5, such as [4, 2]"),
]
TestId = Annotated[
    str,
    Field(
        pattern=r"^tests/[a-z_/]+\.py::test_[a-z0-9_]+$",
        description="a test as pytest names it, such as tests/clinical/test_dates.py::test_a_date_in_one_piece",
    ),
]
Number = Annotated[str, Field(pattern=r"^H[0-9]{2}$", description="the number of a hazard, such as H01")]
Grades = Annotated[list[Text], Field(min_length=GRADES, max_length=GRADES)]


class ControlRow(DataModel):
    """One control, with a test that fails without it."""

    what: Text
    test: TestId


class WantedRow(DataModel):
    """One further control that a review asked for."""

    what: Text
    standing: Annotated[Standing, BY_VALUE]
    said: Text
    test: TestId | None = None


class HazardRow(DataModel):
    """One hazard."""

    id: Number
    hazard: Text
    cause: Text
    effect: Text
    before: Rating
    after: Rating
    remains: Text
    control: list[ControlRow]
    wanted: list[WantedRow] = []


class HazardsFile(DataModel):
    """The whole log, with the words of its grades."""

    title: Text
    standing: Text
    severity: Grades
    likelihood: Grades
    hazard: list[HazardRow]


def cross_check(at: At, file: HazardsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield hazards that stand there twice, risks that controls raise, and built controls without a test."""
    yield from at.twice("hazard", "id", [row.id for row in file.hazard])
    for place, row in enumerate(file.hazard):
        if any(after > before for before, after in zip(row.before, row.after, strict=True)):
            expected = "no higher grade than without the controls"
            yield at.fault(("hazard", place, "after"), "the controls raise this risk", expected)
        for number, wanted in enumerate(row.wanted):
            if (wanted.standing is Standing.BUILT) != (wanted.test is not None):
                built = wanted.standing is Standing.BUILT
                yield at.fault(
                    ("hazard", place, "wanted", number, "test"),
                    "a control that is built does not name a test"
                    if built
                    else "only a built control has a test",
                    "the test that fails without it" if built else "no such key",
                )


KIND = FileKind(PLACE, HazardsFile, cross_check, Consequence.PART)
