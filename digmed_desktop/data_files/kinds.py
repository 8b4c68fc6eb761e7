"""Kinds of data files: which model each has, how it is cross-checked, and what follows from a fault."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import TYPE_CHECKING, Any

from digmed_desktop.data_files.fault import DataFileError, Fault, listed, shown
from digmed_desktop.data_files.source import OWN, DataSource

if TYPE_CHECKING:
    from pydantic import BaseModel

Place = Sequence[str | int]


class Consequence(StrEnum):
    """The parts of the program that a fault in a file closes."""

    PROGRAMME = "This programme is left out."
    FORMS = "This form is closed."
    SUPPLY = "Emergency supply is closed."
    MESSAGES = "Both forms are closed, and nothing is sent or received."
    SENDING = "Nothing is sent or received; recorded notifications wait."
    PART = "The part of the program that needs this file is closed."


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file. ``place`` is a file's name, or a folder of which every TOML file is of this kind.

    ``cross_check`` yields what is wrong between the entries of a file, and between it and others. ``may_be_empty``:
    keys of lists that hold nothing where there is nothing to say; any other that was emptied switches something off.
    """

    place: str
    model: "type[BaseModel]"
    cross_check: "Callable[[At, Any, DataSource], Iterator[Fault]]"
    consequence: Consequence
    may_be_empty: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Name the kind for its schema: ``codes-vaccination``, ``programmes``."""
        return self.place.removesuffix(".toml").replace("/", "-").replace("_", "-")

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of such a file, for editors; what lies between its entries is not in it."""
        made = self.model.model_json_schema(by_alias=True)
        made.pop("title", None)
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"DigMed Desktop data file: {self.place}",
        }
        return {**head, **made}

    def names(self, source: DataSource) -> list[str]:
        """Return the files of this kind that a source has."""
        if not self.place.endswith(".toml"):
            return source.names(self.place)
        folder = self.place.rpartition("/")[0]
        return [self.place] if self.place in source.names(folder) else []

    def faults(self, name: str, source: DataSource) -> tuple[Fault, ...]:
        """Return every fault of one file. One in another file that it refers to is that file's own."""
        found: tuple[Fault, ...] = ()
        try:
            file: BaseModel | None = source.read(name, self.model)
        except DataFileError as error:
            found, file = error.faults, self._rest(name, source)
        at = At(name, source)
        found = (*found, *_not_among(found, self._emptied(at, name, source)))
        if file is None:
            return found
        try:
            more = tuple(self.cross_check(at, file, source))
        except DataFileError:
            more = ()
        return (*found, *_not_among(found, more))

    def _emptied(self, at: "At", name: str, source: DataSource) -> Iterator[Fault]:
        """Yield the lists and tables that hold nothing, at whatever depth."""
        try:
            raw = source.raw(name)
        except DataFileError:
            return
        if not raw:
            yield at.fault((), "the file is empty", "what the file supplied with the program contains")
        for place, value in _containers(raw):
            if not value and place and place[-1] not in self.may_be_empty:
                what = "list" if isinstance(value, list) else "table"
                yield at.fault(
                    place, f"the {what} is empty", f"a {what} with something in it, or no such key"
                )

    def _rest(self, name: str, source: DataSource) -> "BaseModel | None":
        """Return a faulty file without its faults, or None where that cannot be done."""
        from digmed_desktop.data_files.validating import mended

        try:
            return mended(source.raw(name), self.model, [OWN.raw(one) for one in self.names(OWN)])
        except DataFileError:
            return None


def _not_among(found: Collection[Fault], more: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return what is said of places of which nothing was said yet."""
    named = {(fault.entry, fault.key) for fault in found}
    return tuple(fault for fault in more if (fault.entry, fault.key) not in named)


def _containers(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every list and table with its place, the outer ones first."""
    if isinstance(value, dict | list):
        yield place, value
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _containers(inner, (*place, key))


@dataclass(frozen=True, slots=True)
class At:
    """Makes faults of one file."""

    name: str
    source: DataSource

    def fault(self, place: Place, wrong: str, expected: str) -> Fault:
        """Return a fault of the value at a place, such as ``("product", 2, "min_age")``."""
        from digmed_desktop.data_files.validating import fault_at

        return fault_at(self.name, self.source.raw(self.name), place, wrong, expected)

    def twice(self, table: str, key: str, values: Sequence[object]) -> Iterator[Fault]:
        """Yield a fault for each row of a table whose key has the value of an earlier row."""
        for row, value in enumerate(values):
            if value in values[:row]:
                place = (table, row, key)
                yield self.fault(place, f"{shown(value)} appears twice", f"a different {key} in each row")

    def unknown(
        self, place: Place, values: Collection[str], known: Collection[str], what: str
    ) -> Iterator[Fault]:
        """Yield a fault for each value that is none of those known; ``what`` names them: ``a site``."""
        for value in values:
            if value not in known:
                named = f"one of {listed(sorted(known))}" if len(known) <= 12 else f"the id of {what}"
                yield self.fault(place, f"{shown(value)} is not {what} that is known", named)

    def needed(
        self, table: str, there: Collection[str], wanted: Collection[str], what: str
    ) -> Iterator[Fault]:
        """Yield a fault for each row that the program cannot do without; ``what`` names one: ``rule``."""
        for id_ in wanted:
            if id_ not in there:
                place = (table,) if table else ()
                yield self.fault(
                    (*place, id_), f"the {what} {shown(id_)} is missing", f"a {what} with the id {id_}"
                )

    def exactly(
        self, place: Place, keys: Collection[str], wanted: Collection[str], what: str
    ) -> Iterator[Fault]:
        """Yield a fault for each key that is missing from a table and for each that the program does not know."""
        for key in sorted(set(wanted) - set(keys)):
            yield self.fault((*place, key), "this key is missing", f"the words of {what} {key}")
        for key in sorted(set(keys) - set(wanted)):
            yield self.fault((*place, key), "this key is not known", f"one of {listed(sorted(wanted))}")

    def gaps(self, place: Place, text: str, wanted: Collection[str]) -> Iterator[Fault]:
        """Yield a fault where a sentence is filled in with something else than what it is to be filled in with."""
        try:
            named = {name for _text, name, _format, _how in Formatter().parse(text) if name is not None}
        except ValueError:
            named = {"?"}
        if named != set(wanted):
            expected = listed(f"{{{name}}}" for name in sorted(wanted)) if wanted else "no curly brackets"
            yield self.fault(place, f"{shown(text)} is filled in with something else", expected)

    def stem(self, id_: str) -> Iterator[Fault]:
        """Yield a fault where a file is not named after its id."""
        stem = self.name.rpartition("/")[2].removesuffix(".toml")
        if id_ != stem:
            yield self.fault(("id",), f"{shown(id_)} is not the name of the file", f'"{stem}"')


def no_cross_check(_at: At, _file: object, _source: DataSource) -> Iterator[Fault]:
    """Yield nothing: the model says all there is to check."""
    yield from ()
