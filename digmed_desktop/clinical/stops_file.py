"""The model of ``resources/rules/stops.toml``: what stops an act besides law, legal bases and screening."""

from collections.abc import Iterator
from typing import Annotated

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Id, Text
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

NAME = "rules/stops.toml"
NEEDED = (
    "supply-without-consent",
    "vaccine-without-consent",
    "site-of-route",
    "role-may-vaccinate",
    "expired-batch",
)
"""The stops that the program asks for by their ids."""


class StopRow(DataModel):
    """One stop: what is said, and where it is written."""

    id: Id
    sentence: Text
    source: Text
    confidence: Annotated[Confidence, BY_VALUE]


class StopsFile(ReviewedFile):
    """All of them."""

    stop: list[StopRow]


def cross_check(at: At, file: StopsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield stops that stand there twice or that nobody read, and those that the program needs and that are missing."""
    there = [row.id for row in file.stop]
    yield from at.twice("stop", "id", there)
    yield from at.needed("stop", set(there), NEEDED, "stop")
    for number, row in enumerate(file.stop):
        if not row.confidence.may_stop:
            yield at.fault(
                ("stop", number, "confidence"), "general knowledge never stops", "a source that was read"
            )


KIND = FileKind(NAME, StopsFile, cross_check, Consequence.FORMS)
