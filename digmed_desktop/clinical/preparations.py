"""Holds the kind of preparation that was answered against the name of a product and its form in dm+d.

Regulation 225(3) limits some kinds in a way of their own, so that an item said to be another kind gets another limit. The
data (``resources/medicines/preparations.toml``) only asks: names are those of 2018.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from digmed_desktop.clinical import law, units
from digmed_desktop.clinical.directions import unit_word
from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.phrases import Phrases, words
from digmed_desktop.clinical.supply_finding import Finding
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.medicine_files import PreparationRow, PreparationsFile

FILE = "medicines/preparations.toml"
FIELD = "preparation"
ANY_OTHER = "other"
"""The answer for a preparation without a limit of its own."""


def judge_preparation(item: SuppliedItem, listed: Medicine | None = None) -> Iterator[Finding]:
    """Yield where name, form or unit say another kind of preparation than the answer."""
    if item.kind is not ItemKind.MEDICINE:
        return
    shown = _Shown.of(item, listed)
    if item.legal_class in law.NOT_PRESCRIPTION_ONLY:
        yield from _prescription_only(shown, listed)
    if item.legal_class != law.PRESCRIPTION_ONLY or not item.preparation:
        return
    said = next((kind for kind in _kinds() if kind.row.id == item.preparation), None)
    why = said.contradicted(shown) if said else ""
    if said and said.fits(shown) and not why:
        return
    told = [kind for kind in _kinds() if kind is not said and kind.fits(shown)]
    for kind in told:
        yield Finding(
            FIELD,
            f"Check the kind of preparation: by its name or form this is {kind.row.label}, which has its own limit.",
            asks=True,
            source=kind.source(shown.name),
        )
    if said and why and not told:
        yield Finding(
            FIELD, f"Check the kind of preparation: {why}.", asks=True, source=said.source(shown.name)
        )


def is_doubted(item: SuppliedItem, listed: Medicine | None = None) -> bool:
    """Whether the kind of preparation that was answered is one of those with a limit of their own, and in doubt."""
    other = item.preparation not in ("", ANY_OTHER)
    return other and any(found.field == FIELD for found in judge_preparation(item, listed))


def _prescription_only(shown: "_Shown", listed: Medicine | None) -> Iterator[Finding]:
    """Yield where the name is one of a kind that is prescription-only, as far as anyone knows here."""
    if listed is not None and listed.legal_class in law.NOT_PRESCRIPTION_ONLY:
        return
    for kind in _kinds():
        if kind.row.prescription_only and kind.fits(shown):
            yield Finding(
                "legal_class",
                f"Check the legal class on the pack. By its name or form this is {kind.row.label}: "
                f"prescription-only, with its own limit.",
                asks=True,
                source=kind.source(shown.name),
            )


def names() -> tuple[str, ...]:
    """Return the names of medicines that tell a kind."""
    return tuple(name for kind in _kinds() for name in (*(kind.row.names or ()), *(kind.row.further or ())))


_OWN, _NEARLY, _OTHER = "own", "nearly", "other"
"""How a word in the name of a product speaks of a kind."""


@dataclass(frozen=True, slots=True, repr=False)
class _Shown:
    """The facts that tell the kind of an item: its name with the form that was typed, its form in dm+d, and its unit."""

    name: str
    form: str
    unit: str

    @classmethod
    def of(cls, item: SuppliedItem, listed: Medicine | None) -> "_Shown":
        name = " ".join(coded.display for coded in (item.product, item.form) if coded)
        unit = unit_word(units.shown(item.quantity.unit)) if item.quantity else ""
        return cls(name, listed.form if listed else "", unit)


class _Kind:
    """A row of the file, ready to be compared."""

    def __init__(self, row: "PreparationRow", file: "PreparationsFile") -> None:
        self.row, self._file = row, file
        self._names = Phrases((name, name) for name in row.names or ())
        self._further = Phrases((name, name) for name in row.further or ())
        own = [(word, _OWN) for word in row.words or ()]
        self._words = Phrases([*own, *((word, self._speaks(word)) for word in row.other_words or ())])

    def _speaks(self, other: str) -> str:
        """Return how another word speaks: an eye ointment is not told as an ointment, and is no contradiction of it."""
        return _NEARLY if set(words(other)) & set(self.row.words or ()) else _OTHER

    def has_form(self, form: str) -> bool:
        return form.casefold() in {known.casefold() for known in self.row.forms}

    def source(self, name: str) -> str:
        if self.row.tell_by == "form":
            return f"{self._file.forms_source}. Not confirmed by a pharmacist"
        known = self._names.found_in(name)
        where = self._file.names_source if known else "general professional knowledge"
        return f"{where}. Not confirmed by a pharmacist"

    def fits(self, shown: _Shown) -> bool:
        """Whether name and form tell this kind; a form of dm+d says more than words in the name."""
        said = set(self._words.found_in(shown.name)) - {_OWN}
        formed = self._is_formed(shown)
        other = (
            bool(shown.form and not self.has_form(shown.form)) or bool(said) or self._has_other_unit(shown)
        )
        match self.row.tell_by:
            case "name":
                return self._is_named(shown) and not said
            case "form":
                return formed and not said
            case _:
                return self._is_named(shown) and (formed or not other)

    def contradicted(self, shown: _Shown) -> str:
        """Return in words what speaks against this kind, ``""`` where nothing does."""
        if shown.form and not self.has_form(shown.form):
            return f"by its form in the imported dm+d this is not {self.row.label}"
        if _OTHER in self._words.found_in(shown.name) or self._has_other_unit(shown):
            return f"by its name, form or unit this is not {self.row.label}"
        formed = self._is_formed(shown) or shown.unit in (self.row.units or ())
        enough = {"name": False, "form": formed, "both": formed and self.row.form_is_enough}[self.row.tell_by]
        if enough or self._is_named(shown):
            return ""
        return f"its name, form and unit do not say that this is {self.row.label}"

    def _is_named(self, shown: _Shown) -> bool:
        return bool(self._names.found_in(shown.name) or self._further.found_in(shown.name))

    def _is_formed(self, shown: _Shown) -> bool:
        return self.has_form(shown.form) or (not shown.form and _OWN in self._words.found_in(shown.name))

    def _has_other_unit(self, shown: _Shown) -> bool:
        return shown.unit in (self.row.other_units or ())


@cache
def _kinds() -> tuple[_Kind, ...]:
    from digmed_desktop.clinical.medicine_files import PreparationsFile

    file = OWN.read(FILE, PreparationsFile)
    return tuple(_Kind(row, file) for row in file.kind)
