"""Checks every data file, each against its model and then against the others, and says what the faults close."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from digmed_desktop.data_files.fault import REMEDY, DataFileError, Fault, listed
from digmed_desktop.data_files.kinds import Consequence, FileKind
from digmed_desktop.data_files.source import OWN, DataSource, is_called_toml
from digmed_desktop.reference import programmes

NOT_CHECKED = frozenset(
    ("examples", "fonts", "help", "icons", "linux", "pictures", "schemas", "styles", "windows")
)
"""The folders of ``resources`` that hold no data files of these kinds."""

_KEPT = "The program saves your typing as a draft."


def kinds() -> tuple[FileKind, ...]:
    """Return every kind of data file but practice mode's; imports what is needed to check them."""
    from digmed_desktop.clinical import (
        applicability_file,
        controlled_drugs_file,
        form_file,
        hazards_file,
        incidents_file,
        law_file,
        layout_file,
        medicine_files,
        retention_file,
        retired_file,
        shared_rules_file,
        stops_file,
        units_file,
        unreached_file,
        urgency_file,
    )
    from digmed_desktop.desk.files import desk_files
    from digmed_desktop.fhir import answer_files, edition_check
    from digmed_desktop.mesh import reports_file
    from digmed_desktop.messaging import audit_file, states_files
    from digmed_desktop.reference import (
        codes_file,
        legal_basis_file,
        permissions_file,
        programme_file,
    )

    return (
        form_file.KIND,
        layout_file.KIND,
        applicability_file.KIND,
        *codes_file.KINDS,
        units_file.KIND,
        programme_file.KIND,
        legal_basis_file.KIND,
        *shared_rules_file.KINDS,
        stops_file.KIND,
        unreached_file.KIND,
        permissions_file.KIND,
        law_file.KIND,
        controlled_drugs_file.KIND,
        *medicine_files.KINDS,
        urgency_file.KIND,
        *states_files.KINDS,
        audit_file.KIND,
        *answer_files.KINDS,
        reports_file.KIND,
        *edition_check.KINDS,
        retired_file.KIND,
        retention_file.KIND,
        hazards_file.KIND,
        incidents_file.KIND,
        *desk_files.KINDS,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, and what it closes."""

    fault: Fault
    consequence: Consequence


@dataclass(frozen=True, slots=True)
class DataStanding:
    """Parts that faults of the program's own data files close, in words; ``""`` or nothing where all are good."""

    found: tuple[Found, ...] = ()
    programmes: bool = True  # whether there is any programme without a fault

    def closed(self, form: str) -> str:
        """Return why a form is closed, or ``""``."""
        closing = [one for one in self.found if self._closes(one, form)]
        return f"This form is closed. {_first(closing)} {_KEPT} {REMEDY}" if closing else ""

    def _closes(self, one: Found, form: str) -> bool:
        match one.consequence:
            case Consequence.MESSAGES:
                return True
            case Consequence.SUPPLY:
                return form == "emergency-supply"
            case Consequence.FORMS:
                return one.fault.file.partition("/")[2] == f"{form}.toml"
            case Consequence.PROGRAMME:
                return form == "vaccination" and not self.programmes
        return False

    def names(self, file: str) -> bool:
        """Whether a file has a fault."""
        return any(one.fault.file == file for one in self.found)

    @property
    def stops_delivery(self) -> str:
        """Why nothing is sent or received, or ``""``."""
        stopping = [
            one for one in self.found if one.consequence in (Consequence.MESSAGES, Consequence.SENDING)
        ]
        return (
            f"Nothing is sent or received: a file of the program has a fault. {_first(stopping)}"
            if stopping
            else ""
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what else is closed: programmes that are left out, a form, a part of the program."""
        stopping = (Consequence.MESSAGES, Consequence.SENDING)
        files = dict.fromkeys(one.fault.file for one in self.found if one.consequence not in stopping)
        firsts = (next(one for one in self.found if one.fault.file == file) for file in files)
        return tuple(f"{one.fault.sentence} {one.consequence.value}" for one in firsts)


def _first(found: Sequence[Found]) -> str:
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0].fault.sentence.removesuffix('.')}{more}."


_LOCK = Lock()
_STANDING: list[DataStanding] = []


def standing() -> DataStanding:
    """Return how the program's own data files stand; they are checked once, by whichever thread asks first."""
    with _LOCK:
        if not _STANDING:
            _STANDING.append(DataStanding(check(), bool(programmes.programmes())))
        return _STANDING[0]


def check(source: DataSource = OWN, more: Sequence[FileKind] = ()) -> tuple[Found, ...]:
    """Return every fault of every file that a source has; ``more`` are kinds beyond those of the desk."""
    every = (*kinds(), *more)
    return tuple(
        Found(fault, kind.consequence)
        for kind in every
        for name in kind.names(source)
        for fault in kind.faults(name, source)
    )


def of_no_kind(source: DataSource, more: Sequence[FileKind] = ()) -> Iterator[Fault]:
    """Yield a fault for each file of a folder that nothing reads: a misspelt name would go unseen."""
    known = {name for kind in (*kinds(), *more) for name in kind.names(source)}
    for name in source.every_name():
        if name not in known and name.partition("/")[0] not in NOT_CHECKED:
            yield Fault(
                name, "", "", "the program reads no file with this name here", "a name as in resources"
            )


def source_in(folder: Path) -> DataSource:
    """Return the data files of a folder: one laid out as ``resources/`` is, or one of programmes alone.

    Raises DataFileError where it is no folder or has no data file.
    """

    def refuse(wrong: str) -> DataFileError:
        known = listed(sorted({kind.place.partition("/")[0] for kind in kinds()}))
        return DataFileError(
            (Fault(str(folder), "", "", wrong, f"programme files, or one or more of the folders {known}"),)
        )

    try:
        if not folder.is_dir():
            raise refuse("this is not a folder")
        if any(map(is_called_toml, folder.iterdir())):
            return DataSource(folder, only="programmes")
        if not any(map(is_called_toml, folder.rglob("*"))):
            raise refuse("there is no data file in it")
    except OSError as error:
        raise refuse(f"it cannot be read ({error.strerror})") from None
    return DataSource(folder)
