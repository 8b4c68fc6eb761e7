"""Tables of the help as Markdown, and how a row of data says where it comes from."""

from collections.abc import Iterable, Mapping
from typing import Any

from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence

Row = Mapping[str, Any]
_READ = {
    Confidence.READ: "Source read",
    Confidence.SECONDARY: "Source read at second hand",
    Confidence.INFERRED: "Follows from the source by one step",
    Confidence.GENERAL: "Professional knowledge, no source read",
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


def standing(row: Row) -> str:
    """Return how a row was read, and whether a pharmacist has confirmed it."""
    how = _READ[Confidence(row["confidence"])]
    return f"{how}. {'Confirmed.' if row.get('confirmed') else NOT_CONFIRMED}"


def sentences(*parts: str) -> str:
    """Return texts one after the other, each a sentence with its full stop; empty ones are left out."""
    whole = (_capital(part.strip()) for part in parts if part.strip())
    return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in whole)


def _capital(text: str) -> str:
    """Return a text with a capital letter first; names such as nhs.uk, dm+d and aTIV stay as they are."""
    first = text.partition(" ")[0]
    named = "." in first or "+" in first or not first.islower()
    return text if named else f"{text[:1].upper()}{text[1:]}"
