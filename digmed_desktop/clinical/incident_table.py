"""Write the table of incidents for the help: what to do, where to report, and how each row was read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from digmed_desktop.clinical import incident
from digmed_desktop.clinical.table_text import INTRO, origin, table

if TYPE_CHECKING:
    from digmed_desktop.clinical.incidents_file import IncidentsFile

_HEAD = ("When", "Step", "Source and standing")


def incidents() -> str:
    """Return every kind of incident with its steps, then every place to report to."""
    file = incident.kinds()
    parts = [f"# Incidents: what to do, and where to report\n\n{INTRO}"]
    parts += (
        f"## {kind.label}\n\n{kind.hint}\n\n{table(_HEAD, _steps(file, kind.id))}" for kind in file.kind
    )
    rows = (
        (place.label, place.how, origin({"confidence": place.confidence}, place.source))
        for place in file.place
    )
    parts.append(f"## Places to report to\n\n{table(('Place', 'How', 'Source and standing'), rows)}")
    return "\n".join(parts)


def _steps(file: "IncidentsFile", kind: str) -> Iterator[tuple[str, ...]]:
    places = {place.id: place.label for place in file.place}
    for step in next(row for row in file.kind if row.id == kind).step:
        said = f"{places[step.to]}: {step.what}" if step.to else step.what
        yield (
            file.whens[step.when.value],
            said,
            origin({"confidence": step.confidence}, step.source),
        )
