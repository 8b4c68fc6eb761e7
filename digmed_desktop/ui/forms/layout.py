"""Read the layout of a form from ``resources/layouts``: its sections in order, and the questions side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from digmed_desktop.data_files.source import OWN


class Style(StrEnum):
    """Way in which a section lays out its questions."""

    FIELDS = "fields"  # under each other
    TABLE = "table"  # Yes and No in columns at the right
    MORE = "more"  # folded behind a button of their own until they are wanted


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section. ``card``: what it is called once it is folded to one line, ``""`` where it never is.

    ``key`` opens the card; ``adds`` is the label of the button that opens the section while it is put away;
    ``second``: on a wide page it stands in the second column.
    """

    id: str
    title: str
    lines: tuple[tuple[str, ...], ...]
    style: Style = Style.FIELDS
    card: str = ""
    key: str = ""
    adds: str = ""
    second: bool = False

    def questions(self) -> Iterator[str]:
        """Yield the ids of its questions in the order in which they are asked."""
        for line in self.lines:
            yield from line


@cache
def load(form_id: str) -> tuple[SectionSpec, ...]:
    """Return the sections of a form, none where it is drawn group by group."""
    from digmed_desktop.clinical.layout_file import LayoutFile

    name = f"layouts/{form_id}.toml"
    if name not in OWN.names("layouts"):
        return ()
    return tuple(
        SectionSpec(
            row.id,
            row.title,
            tuple(tuple(line) for line in row.lines),
            Style(row.style),
            row.card,
            row.key,
            row.adds,
            row.second,
        )
        for row in OWN.read(name, LayoutFile).section
    )
