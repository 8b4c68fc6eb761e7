"""The model of ``resources/editions/words/retired.toml``."""

from collections.abc import Iterator

from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import DataModel, Id, Text
from digmed_desktop.data_files.source import DataSource


class RetiredKind(DataModel):
    """A kind of notification that is no more."""

    format: Id
    profile: Text
    event: Text | None = None
    name: Text
    sentence: Text


class RetiredFile(DataModel):
    """All kinds of notification that are no more."""

    kind: list[RetiredKind]


def cross_check(at: At, file: RetiredFile, _source: DataSource) -> Iterator[Fault]:
    """Yield kinds that stand there twice."""
    yield from at.twice("kind", "format", [one.format for one in file.kind])


KIND = FileKind("editions/words/retired.toml", RetiredFile, cross_check, Consequence.MESSAGES)
