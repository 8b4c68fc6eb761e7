"""The model of ``resources/codes/terms.toml``, and the comparison of other files with it."""

from collections.abc import Iterator

from digmed_desktop.clinical.data_types import Concept
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind, Place
from digmed_desktop.data_files.model import DataModel, Flag, Id, Text
from digmed_desktop.data_files.source import DataSource

FILE = "codes/terms.toml"


class VaccineRow(DataModel):
    """A vaccine: what it is agreed as, and the code of the disease that it protects from."""

    name: Text
    agreement: Id | None = None
    disease: Concept | None = None


class TermRow(DataModel):
    """A code and its published term; ``vaccine`` where it belongs to one."""

    code: Concept
    display: Text
    vaccine: Text | None = None


class ProductTermRow(DataModel):
    """A product as it is called, and whether it is live."""

    display: Text
    code: Concept | None = None
    vaccine: Text
    live: Flag


class TermsFile(DataModel):
    """The names of codes and products."""

    vaccine: list[VaccineRow]
    term: list[TermRow]
    product: list[ProductTermRow]


def cross_check(at: At, file: TermsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield what stands twice, and vaccines and diseases that have no row."""
    for table, key in (
        ("vaccine", "name"),
        ("term", "code"),
        ("term", "display"),
        ("product", "display"),
    ):
        yield from at.twice(table, key, [getattr(row, key) for row in getattr(file, table)])
    coded = [row.code or number for number, row in enumerate(file.product)]
    yield from at.twice("product", "code", coded)
    vaccines, codes = {row.name for row in file.vaccine}, {row.code for row in file.term}
    for table in ("term", "product"):
        for number, row in enumerate(getattr(file, table)):
            if row.vaccine:
                yield from at.unknown((table, number, "vaccine"), [row.vaccine], vaccines, "a vaccine")
    for number, vaccine in enumerate(file.vaccine):
        yield from at.unknown(
            ("vaccine", number, "disease"), [vaccine.disease] if vaccine.disease else [], codes, "a term"
        )


def as_published(
    at: At, place: Place, code: str | None, display: str | None, terms: TermsFile
) -> Iterator[Fault]:
    """Yield where a code stands with the term of another one, or a term with another code."""
    by_code = {row.code: row.display for row in terms.term}
    by_display = {row.display: row.code for row in terms.term}
    if code is not None and display is not None and by_code.get(code, display) != display:
        yield at.fault(
            (*place, "display"), f"{shown(display)} is not the term of {code}", f"“{by_code[code]}”"
        )
    elif code is not None and display is not None and by_display.get(display, code) != code:
        yield at.fault((*place, "code"), f"{shown(code)} is not the code of this term", by_display[display])


KIND = FileKind(FILE, TermsFile, cross_check, Consequence.MESSAGES)
