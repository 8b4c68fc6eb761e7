"""Hold everything about one patient as plain data: parts with lines, each of which can be left out with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

REASON_NEEDED = "Write why this is left out: the document says it, without what is left out."


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A patient that a search found, with the number of one of their notifications."""

    notification: int
    name: str
    nhs_number: str
    born: date | None
    records: int


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One thing that is recorded; ``id`` is unique in its file."""

    id: str
    label: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """The values in one text."""
        return "\n".join(self.values)


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """Parts that belong together. ``doubt``: why it may be about someone else; it is left out unless it is put back."""

    title: str
    lines: tuple[Line, ...]
    notification: int | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class PatientFile:
    """Everything about one patient. ``raw``: records and messages in the formats of the program, by notification."""

    notification: int
    name: str
    nhs_number: str
    born: date | None
    parts: tuple[Part, ...]
    raw: Mapping[int, Mapping[str, object]] = field(default_factory=dict)

    def lines(self) -> tuple[tuple[Part, Line], ...]:
        """Return every line with its part."""
        return tuple((part, line) for part in self.parts for line in part.lines)

    def doubted(self) -> dict[str, str]:
        """Return the lines that may be about someone else, with the reason."""
        return {line.id: part.doubt for part, line in self.lines() if part.doubt}
