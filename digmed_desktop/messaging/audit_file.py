"""The model of ``resources/people/audit.toml``."""

from collections.abc import Iterator
from typing import Annotated

from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Text
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.messaging.audit import SOURCES, AuditAct, AuditGroup
from digmed_desktop.messaging.audit_words import FILE


class AuditWordsRow(DataModel):
    """An act in words, and the kind that it is filtered by."""

    label: Text
    group: Annotated[AuditGroup, BY_VALUE]


class AuditFile(DataModel):
    """All acts in words."""

    group_labels: dict[str, Text]
    acts: dict[str, AuditWordsRow]
    sources: dict[str, AuditWordsRow]


def cross_check(at: At, file: AuditFile, _source: DataSource) -> Iterator[Fault]:
    """Yield acts, groups and other records without words, and words of none."""
    yield from at.exactly(("acts",), file.acts, [one.value for one in AuditAct], "the act")
    yield from at.exactly(
        ("group_labels",), file.group_labels, [one.value for one in AuditGroup], "the group"
    )
    yield from at.exactly(("sources",), file.sources, SOURCES, "the record")


KIND = FileKind(FILE, AuditFile, cross_check, Consequence.PART)
