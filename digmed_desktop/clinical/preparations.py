"""Holds the kind of preparation that was answered against the name of a product and its form in dm+d.

Regulation 225(3) limits some kinds in a way of their own, so that an item said to be another kind gets another limit. The
data (``resources/medicines/preparations.toml``) only asks: names are those of 2018.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical import law
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.medicine_files import PreparationRow, PreparationsFile

FILE = "medicines/preparations.toml"
FIELD = "preparation"


def judge_preparation(item: SuppliedItem, listed: Medicine | None = None) -> Iterator[Finding]:
    """Yield where name or form say another kind of preparation than the answer."""
    name = " ".join(coded.display for coded in (item.product, item.form) if coded)
    if (
        item.kind is not ItemKind.MEDICINE
        or item.legal_class != law.PRESCRIPTION_ONLY
        or not item.preparation
    ):
        return
    form = listed.form if listed else ""
    told = [kind for kind in _kinds() if kind.fits(name, form)]
    if any(kind.row.id == item.preparation for kind in told):
        return
    for kind in told:
        yield Finding(
            FIELD,
            f"Check the kind of preparation: by its name or form this is {kind.row.label}, which has a limit of its "
            "own.",
            asks=True,
            source=kind.source(name),
        )
    said = next((kind for kind in _kinds() if kind.row.id == item.preparation), None)
    if said and listed and listed.form and not said.has_form(listed.form):
        yield Finding(
            FIELD,
            f"Check the kind of preparation: by its form in the imported dm+d this is not {said.row.label}.",
            asks=True,
        )


class _Kind:
    """A row of the file, ready to be compared."""

    def __init__(self, row: "PreparationRow", file: "PreparationsFile") -> None:
        self.row, self._file = row, file
        self._names = Phrases((name, name) for name in row.names or ())
        self._further = Phrases((name, name) for name in row.further or ())
        words = [(word, True) for word in row.words or ()] + [(word, False) for word in row.other_words or ()]
        self._words = Phrases(words)

    def has_form(self, form: str) -> bool:
        return form.casefold() in {known.casefold() for known in self.row.forms}

    def source(self, name: str) -> str:
        if self.row.tell_by == "form":
            return f"{self._file.forms_source}. Not confirmed by a pharmacist"
        known = self._names.found_in(name)
        where = self._file.names_source if known else "general professional knowledge"
        return f"{where}. Not confirmed by a pharmacist"

    def fits(self, name: str, form: str) -> bool:
        """Whether name and form tell this kind; a form of dm+d says more than words in the name."""
        words = self._words.found_in(name)
        formed = self.has_form(form) or (not form and True in words)
        other = bool(form and not self.has_form(form)) or False in words
        named = bool(self._names.found_in(name) or self._further.found_in(name))
        match self.row.tell_by:
            case "name":
                return named and False not in words
            case "form":
                return formed and False not in words
            case _:
                return named and (formed or not other)


@cache
def _kinds() -> tuple[_Kind, ...]:
    from digmed_desktop.clinical.medicine_files import PreparationsFile

    file = OWN.read(FILE, PreparationsFile)
    return tuple(_Kind(row, file) for row in file.kind)
