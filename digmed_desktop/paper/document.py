"""Describe a document on paper, as plain data; both writers (PDF and printer) read it from here."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class Pairs:
    """A section of labels and their values, one line each; a value may have several lines."""

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Listing:
    """A section with a table. ``weights`` share out the width; ``empty`` is said when there are no rows."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    weights: tuple[int, ...] = ()
    empty: str = "None."


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """A section of sentences."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Points:
    """A section of points, each with a bullet or, where their order counts, a number."""

    title: str
    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Code:
    """A section with commands or the lines of a file, to be typed as they stand."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A section with a picture of ``resources``; ``words`` say what it shows, and stand under it."""

    title: str
    file: str
    words: str


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """A question to be answered by hand: boxes to tick, or ``lines`` to write on."""

    label: str
    hint: str = ""
    options: tuple[str, ...] = ()
    lines: int = 1


@dataclass(frozen=True, slots=True, repr=False)
class Blank:
    """A section of a form on paper that nobody has filled in yet."""

    title: str
    questions: tuple[Question, ...]


Block = Pairs | Listing | Said | Points | Code | Picture | Blank


@dataclass(frozen=True, slots=True, repr=False)
class PaperDocument:
    """One document. ``notice`` stands in a frame on top, ``running`` at the foot of each page.

    ``title`` is also the title that a reader program shows, so it holds no patient's name.
    """

    title: str
    blocks: tuple[Block, ...]
    lead: tuple[str, ...] = ()
    notice: tuple[str, ...] = ()
    running: str = ""
    made: str = ""
    landscape: bool = False
    language: str = "en-GB"
    author: str = "DigMed Desktop"
    keywords: tuple[str, ...] = field(default=())
    notification: int | None = None  # that it is a copy of; nothing of it is printed


def table(
    title: str,
    headings: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    *,
    lead: tuple[str, ...] = (),
    weights: tuple[int, ...] = (),
    running: str = "",
    made: str = "",
) -> PaperDocument:
    """Return a document that is one table on pages in landscape, such as a register or the list of a day."""
    if any(len(row) != len(headings) for row in rows) or (weights and len(weights) != len(headings)):
        raise ValueError("each row has as many cells as there are headings")
    listing = Listing("", headings, rows, weights)
    return PaperDocument(title, (listing,), lead=lead, running=running, made=made, landscape=True)
