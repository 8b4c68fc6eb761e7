"""Raises what a pharmacist checks before a medicine of high risk is supplied (``resources/medicines/high-risk.toml``)."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical.confidence import NOT_CONFIRMED
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.medicine_files import HighRiskRow

FILE = "medicines/high-risk.toml"


def judge_risk(item: SuppliedItem) -> Iterator[Finding]:
    """Yield what to check of a medicine: a question where a source was read, else a note."""
    if item.product is None or item.kind is not ItemKind.MEDICINE:
        return
    for number in _phrases().found_in(item.product.display):
        row = rows()[number]
        said = " ".join(part for part in (row.check, row.further, NOT_CONFIRMED) if part)
        yield Finding("product", said, asks=row.confidence.is_read, source=row.source)


@cache
def _phrases() -> Phrases[int]:
    return Phrases((name, number) for number, row in enumerate(rows()) for name in row.names)


@cache
def rows() -> "tuple[HighRiskRow, ...]":
    """Return every group. Raises DataFileError where the file has a fault."""
    from digmed_desktop.clinical.medicine_files import HighRiskFile

    return tuple(OWN.read(FILE, HighRiskFile).medicine)
