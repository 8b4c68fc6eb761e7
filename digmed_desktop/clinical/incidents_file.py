"""The model of ``resources/incidents/kinds.toml``."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Id, Text
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

PLACE = "incidents/kinds.toml"


class When(StrEnum):
    """How soon a step is due."""

    AT_ONCE = "at-once"
    TODAY = "today"
    SOON = "soon"


class PlaceRow(DataModel):
    """A place that incidents are reported to."""

    id: Id
    label: Text
    how: Text
    source: Text
    confidence: Annotated[Confidence, BY_VALUE]


class StepRow(DataModel):
    """One thing to do or to report."""

    id: Id
    when: Annotated[When, BY_VALUE]
    what: Text
    to: Id | None = None
    source: Text
    confidence: Annotated[Confidence, BY_VALUE]


class IncidentKindRow(DataModel):
    """One kind of incident. ``person`` is what its person is asked as; without it nobody is asked for."""

    id: Id
    label: Text
    hint: Text
    person: Text | None = None
    batches: Flag
    step: list[StepRow]


class IncidentsFile(ReviewedFile):
    """Every kind, and every place."""

    whens: dict[str, Text]
    place: list[PlaceRow]
    kind: list[IncidentKindRow]


def cross_check(at: At, file: IncidentsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what stands there twice, unknown and unused places, and steps that are out of order."""
    yield from at.exactly(("whens",), file.whens, [one.value for one in When], "the time")
    places = [row.id for row in file.place]
    yield from at.twice("place", "id", places)
    yield from at.twice("kind", "id", [row.id for row in file.kind])
    order, used = list(When), set[str]()
    for number, kind in enumerate(file.kind):
        ids = [step.id for step in kind.step]
        for row, step in enumerate(kind.step):
            here = ("kind", number, "step", row)
            if step.id in ids[:row]:
                yield at.fault((*here, "id"), f"“{step.id}” appears twice", "a different id in each step")
            if step.to is not None:
                used.add(step.to)
                yield from at.unknown((*here, "to"), [step.to], places, "a place")
            if row and order.index(step.when) < order.index(kind.step[row - 1].when):
                yield at.fault((*here, "when"), "this step is due before the one above", "the order of whens")
    for row, place in enumerate(file.place):
        if place.id not in used:
            yield at.fault(
                ("place", row, "id"), "no step reports to this place", "a step with it, or no place"
            )


KIND = FileKind(PLACE, IncidentsFile, cross_check, Consequence.PART)
