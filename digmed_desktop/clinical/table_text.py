"""Tables of the help as Markdown, and how a row of data says where it comes from."""

from collections.abc import Iterable, Mapping
from typing import Any

from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence

Row = Mapping[str, Any]
_KNOWLEDGE, _NO_SOURCE = "Professional knowledge", "no source read that says so"
_READ = {
    Confidence.READ: "Source read",
    Confidence.SECONDARY: "Source read at second hand",
    Confidence.INFERRED: "Follows from the source by one step",
    Confidence.GENERAL: f"{_KNOWLEDGE}, {_NO_SOURCE}",
}
INTRO = (
    "The program's own rule files make this page. No pharmacist has confirmed any row. A row whose source nobody read "
    "never stops anything.\n"
)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table."""
    lines = [_line(head), "|---" * len(head) + "|", *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def origin(row: Row, source: str, *more: str) -> str:
    """Return the source of a row with ``more`` about it, how it was read, and whether a pharmacist has confirmed it."""
    return sentences(source, *more, standing(row, source))


def standing(row: Row, source: str = "") -> str:
    """Return how a row was read, unless its source says so itself, and whether a pharmacist has confirmed it."""
    how = _READ[Confidence(row["confidence"])]
    if how.startswith(_KNOWLEDGE) and _KNOWLEDGE.casefold() in source.casefold():
        how = _NO_SOURCE
    return sentences(how, "Confirmed" if row.get("confirmed") else NOT_CONFIRMED)


def sentences(*parts: str) -> str:
    """Return texts one after the other, each a sentence with its full stop; empty ones are left out."""
    whole = (_capital(part.strip()) for part in parts if part.strip())
    return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in whole)


def _capital(text: str) -> str:
    """Return a text with a capital letter first; names such as nhs.uk, dm+d and aTIV stay as they are."""
    first = text.partition(" ")[0]
    named = "." in first or "+" in first or not first.islower()
    return text if named else f"{text[:1].upper()}{text[1:]}"
