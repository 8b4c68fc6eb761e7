"""The hazard log as a text in Markdown: for Help, for paper and for a clinical safety case."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digmed_desktop.clinical.table_text import sentences, table
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.hazards_file import HazardRow, HazardsFile

_LEAD = """Each rating is severity times likelihood, from 1 to 25. The grades are proposals: the clinical safety officer
of the manufacturer sets them under DCB0129, and that of the pharmacy under DCB0160. A control names the automatic test that
fails without it."""
_STANDING = {
    "built": "Built",
    "part": "Built in part",
    "later": "Planned, not there yet",
    "refused": "Refused",
}
_OPEN = ("part", "later")


def log() -> "HazardsFile":
    """Return the hazard log; raises DataFileError where its file has a fault."""
    from digmed_desktop.clinical.hazards_file import PLACE, HazardsFile

    return OWN.read(PLACE, HazardsFile)


def rating(grades: list[int]) -> int:
    """Return severity times likelihood."""
    severity, likelihood = grades
    return severity * likelihood


def text() -> str:
    """Return the log in Markdown, the overview first; raises DataFileError."""
    file = log()
    parts = [f"# {file.title}", file.standing, _LEAD, _grades(file), "## Overview", _overview(file)]
    for row in file.hazard:
        parts += [f"## {row.id} {row.hazard}", "\n".join(_points(file, row))]
    return "\n\n".join(parts) + "\n"


def _grades(file: "HazardsFile") -> str:
    rows = (
        (str(grade), severity, likelihood)
        for grade, (severity, likelihood) in enumerate(
            zip(file.severity, file.likelihood, strict=True), start=1
        )
    )
    return table(("Grade", "Severity", "Likelihood"), rows).rstrip()


def _overview(file: "HazardsFile") -> str:
    worst_first = sorted(file.hazard, key=lambda row: (-rating(row.after), row.id))
    rows = (
        (row.id, row.hazard, str(rating(row.before)), str(rating(row.after)), _open(row))
        for row in worst_first
    )
    return table(("Number", "Hazard", "Without controls", "With controls", "Open"), rows).rstrip()


def _open(row: "HazardRow") -> str:
    """Return how many controls are not there, or only in part."""
    missing = [one for one in row.wanted if one.standing in _OPEN]
    return str(len(missing)) if missing else "–"


def _points(file: "HazardsFile", row: "HazardRow") -> Iterator[str]:
    yield f"- Cause: {row.cause}"
    yield f"- Effect: {row.effect}"
    yield f"- Without controls: {_rated(file, row.before)}"
    for control in row.control:
        yield f"- Control: {sentences(control.what)} Test: `{control.test}`"
    for wanted in row.wanted:
        test = f" Test: `{wanted.test}`" if wanted.test else ""
        yield f"- Asked for: {sentences(wanted.what)} {_STANDING[wanted.standing]}. {sentences(wanted.said)}{test}"
    yield f"- With controls: {_rated(file, row.after)}"
    yield f"- Remains: {row.remains}"


def _rated(file: "HazardsFile", grades: list[int]) -> str:
    severity, likelihood = grades
    words = f"severity {file.severity[severity - 1]}, likelihood {file.likelihood[likelihood - 1]}"
    return f"{words}: {rating(grades)} of 25 (proposed)."
