"""The list of notifications as CSV, for a claim or a spreadsheet. The columns stand in ``resources/export``."""

import contextlib
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.questions.binding import value_at
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.record import Professional, VaccinationRecord
from digmed_desktop.clinical.record_import import words
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.gate import Gate
from digmed_desktop.history.readable import record_of
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import UNREADABLE_RECORD, NotificationRow
from digmed_desktop.messaging.whole_file import whole_file
from digmed_desktop.messaging.wording import record_word, words_of_row, words_of_unreadable

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.history.store import Store

_PAGE = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_CHANGED = re.compile(
    rf"""0[0-9]+ | [0-9]{{16,}} | [0-9.]+e[+-]?[0-9]+        # a number that loses zeros or digits
    | [0-9]{{1,4}}[/-][0-9]{{1,2}} | [0-9]{{1,2}}[/-][0-9]{{1,2}}[/-][0-9]{{2,4}}
    | {_MONTH}[ ./-]?[0-9]{{1,4}} | [0-9]{{1,4}}[ ./-]?{_MONTH}(?:[ ./-]?[0-9]{{2,4}})?
    | true | false""",
    re.IGNORECASE | re.VERBOSE,
)
"""Codes and batches that a spreadsheet turns into another number, a date or a truth."""
_KINDS = {Kind.VACCINATION: "Vaccination", Kind.EMERGENCY_SUPPLY: "Emergency supply"}


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: its heading, and what stands in it."""

    key: str
    heading: str
    meaning: str
    patient: bool = False


KEYS = frozenset(
    (
        *("number", "kind", "date", "time", "patient", "nhs_number", "date_of_birth", "service", "product"),
        *("product_code", "outcome", "cohort", "dose", "batch", "expiry", "vaccinator", "registration"),
        *("legal_basis", "location", "practice_ods", "practice", "pharmacy_ods", "state", "needs_person"),
        "corrects",
        "record",
        "doses",
    )
)
"""Values of a column beside the attributes of a record; see :meth:`ExportDesk._cells`."""


def columns(*, with_patients: bool) -> tuple[ExportColumn, ...]:
    """Return the columns in order, those about the patient only when asked for."""
    found = (ExportColumn(**one) for one in OWN.raw("export/columns.toml")["column"])
    return tuple(one for one in found if with_patients or not one.patient)


class ExportDesk:
    """Writes lists."""

    def __init__(self, store: "Store", clock: Clock, duty: Callable[[], Duty] = Duty) -> None:
        self._store, self._clock, self._duty = store, clock, duty
        self._gate = Gate(store)

    def csv(self, search: Search, path: Path, progress: Progress, *, with_patients: bool) -> int:
        """Write all notifications of a search and return how many.

        UTF-8 with a byte order mark, as spreadsheets want it. Cancelled or on a full disk nothing is left
        under that name.
        """
        self._gate.allow(Permission.EXPORT_LIST)
        total, done = self._store.searching.count(search), 0
        wanted = columns(with_patients=with_patients)
        with whole_file(path) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            out = csv.writer(text, quoting=csv.QUOTE_ALL)
            out.writerow([one.heading for one in wanted])
            for row, record, standing in self._records(search):
                cells = self._cells(row, record, standing)
                out.writerow([harmless(_cell(one.key, cells, record)) for one in wanted])
                done += 1
                if done % 50 == 0 or done == total:
                    progress.step(done, max(total, done))
            text.flush()
            text.detach()
        self._gate.note(AuditAct.EXPORTED, f"{done} rows, {'with' if with_patients else 'without'} patients")
        return done

    def _records(self, search: Search) -> "Iterator[tuple[NotificationRow, Record | None, _Standing]]":
        last: NotificationRow | None = None
        while page := self._store.searching.page(search, last, _PAGE):
            ids = [row.id for row in page]
            kept, doses = self._store.versions.records(ids), self._store.doses.among(ids)
            later = self._store.versions.later(ids)
            for row in page:
                standing = _Standing(row.id in doses, _not_in_force(row, later.get(row.id)))
                yield row, _record(row, kept.get(row.id, "")), standing
            last = page[-1]

    def _cells(self, row: NotificationRow, record: "Record | None", standing: "_Standing") -> dict[str, str]:
        if record is None:
            return _of_row_alone(row)
        local = row.contact_at.astimezone(dates.ENGLAND)
        born = record.patient.date_of_birth
        return {
            "number": str(row.id),
            "kind": _KINDS[row.kind],
            "date": local.date().isoformat(),
            "time": f"{local:%H:%M}",
            "patient": row.patient_name,
            "nhs_number": row.nhs_number,
            "date_of_birth": born.isoformat() if born else "",
            "service": record.service,
            "practice_ods": row.practice_ods,
            "practice": row.practice_name,
            "pharmacy_ods": record.pharmacy.ods_code,
            "state": words_of_row(row, self._duty(), self._clock.now()).word,
            "needs_person": "Yes" if row.needs_person else "No",
            "corrects": str(row.corrects or ""),
            "record": record_word(row),
            **_done(record),
            "doses": str(_doses(record) if standing.is_dose else 0),
            **({"outcome": standing.instead} if standing.instead else {}),
        }


def _record(row: NotificationRow, kept: str) -> "Record | None":
    """Return the record of a row; None where row or record cannot be read."""
    with contextlib.suppress(UnreadableRowError):
        return None if row.unreadable else record_of(row.id, kept)
    return None


def _of_row_alone(row: NotificationRow) -> dict[str, str]:
    """Return what is known of a row whose record cannot be read, and that it cannot."""
    return {
        "number": str(row.id),
        "patient": row.patient_name,
        "nhs_number": row.nhs_number,
        "product": UNREADABLE_RECORD,
        "batch": row.batch,
        "practice_ods": row.practice_ods,
        "practice": row.practice_name,
        "state": words_of_unreadable().word,
        "record": words_of_unreadable().word,
    }


def _cell(key: str, cells: Mapping[str, str], record: "Record | None") -> str:
    """Return what stands in a column: one of the cells, or an attribute of the record in words."""
    if key in cells:
        return cells[key]
    if record is None or key not in of(record).attributes():
        return ""
    name = key.partition(".")[0]
    several = getattr(record, name) if name in ("immunizations", "items") else (record,)
    return _joined(words(value_at(record, key, place)) for place in range(len(several)))


def _done(record: "Record") -> dict[str, str]:
    """Return what was done and by whom: the part that differs between the kinds."""
    cells: dict[str, Any] = dict.fromkeys(
        ("cohort", "dose", "batch", "expiry", "legal_basis", "location", "registration"), ""
    )
    if isinstance(record, VaccinationRecord):
        given = record.immunizations
        products = [one.product for one in given]
        who: Professional | None = record.vaccinator
        cells |= {
            "outcome": _joined("Given" if one.given else "Not given" for one in given),
            "cohort": _joined(one.indication.display if one.indication else "" for one in given),
            "dose": _joined(str(one.dose_number or "") for one in given),
            "batch": _joined(one.batch for one in given),
            "expiry": _joined(one.expiry.isoformat() if one.expiry else "" for one in given),
            "legal_basis": record.legal_basis,
            "location": record.location,
        }
    else:
        products, who = [one.product for one in record.items], record.pharmacist
        cells["outcome"] = "Not supplied" if record.supplied is False else "Supplied"
    return {
        **cells,
        "product": _joined(one.display if one else "" for one in products),
        "product_code": _joined(one.code if one else "" for one in products),
        "vaccinator": who.name.spoken() if who else "",
        "registration": " ".join(part for part in (who.regulator.value, who.registration) if part)
        if who
        else "",
    }


@dataclass(frozen=True, slots=True)
class _Standing:
    """Whether a row counts as a dose; ``instead``: the outcome of a row whose record does not hold (any more)."""

    is_dose: bool
    instead: str


def _not_in_force(row: NotificationRow, later_withdraws: bool | None) -> str:
    """Return why a record does not hold, ``""`` if it does. ``later_withdraws`` is None without a later version."""
    if row.withdrawal or later_withdraws or row.state is State.WITHDRAWN:
        return "Withdrawn"
    if row.state is State.CANCELLED:
        return "Cancelled"
    return "Corrected" if later_withdraws is not None or row.state is State.REPLACED else ""


def _doses(record: "Record") -> int:
    return (
        sum(bool(one.given) for one in record.immunizations) if isinstance(record, VaccinationRecord) else 0
    )


def _joined(parts: Iterator[str]) -> str:
    found = list(parts)
    return "; ".join(found) if any(found) else ""


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet calculates or changes: one that could be begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(_FORMULA) or _CHANGED.fullmatch(cell.strip()) else cell
