"""What stands on paper, as plain data; both writers (PDF and printer) read it from here."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pairs:
    """A section of labels and their values, one line each; a value may have several lines."""

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A section with a table. ``weights`` share out the width; ``empty`` is said when there are no rows."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    weights: tuple[int, ...] = ()
    empty: str = "None."


@dataclass(frozen=True, slots=True)
class Said:
    """A section of sentences."""

    title: str
    sentences: tuple[str, ...]


Block = Pairs | Listing | Said


@dataclass(frozen=True, slots=True)
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
