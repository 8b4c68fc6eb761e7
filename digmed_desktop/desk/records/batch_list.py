"""List who was given a batch. A record withdrawn or corrected to another batch does not count; the list says so."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.clinical.stock import alike
from digmed_desktop.desk.files.exporting import harmless
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.views.batches import BatchDose, BatchList
from digmed_desktop.history.readable import record_of
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError, UnreadableRowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.messaging.whole_file import whole_file
from digmed_desktop.messaging.wording import record_word
from digmed_desktop.paper.document import Listing, PaperDocument, Said

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

UNREADABLE = "Cannot be read: check it by hand"
NOT_IN_FORCE = "Does not count: withdrawn, cancelled or corrected"
NOT_GIVEN = "Not given"
_HEADINGS = ("Patient", "Born", "NHS number", "Telephone", "Given", "Vaccine", "GP practice", "By")


class BatchListDesk:
    """Makes the list, and lets it out on paper or as CSV."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store, self._clock, self._gate = store, clock, Gate(store)

    def of(self, number: str) -> BatchList:
        """Return who was given a batch; capitals and small letters are the same. Raises DigMedError without a number."""
        self._gate.note(AuditAct.LISTED_BATCH, number.strip(), again=False)
        return self._of(number)

    def paper(self, number: str) -> PaperDocument:
        """Return the list as a document."""
        found, pharmacy = self._of(number), self._store.profile.pharmacy()
        why = tuple((*one.cells[:3], one.cells[4], one.why_not) for one in found.others)
        return PaperDocument(
            title=f"Who was given batch {found.number}",
            lead=("Confidential.",),
            blocks=(
                Said("", (found.sentence,)),
                Listing(
                    "Given",
                    _HEADINGS,
                    tuple(one.cells for one in found.given),
                    (5, 3, 4, 4, 4, 5, 5, 4),
                    "Nobody.",
                ),
                Listing(
                    "No dose of this batch",
                    ("Patient", "Born", "NHS number", "Recorded for", "Why it does not count"),
                    why,
                    (5, 3, 4, 4, 6),
                    "None.",
                ),
            ),
            running=f"{pharmacy.name} · {pharmacy.ods_code}" if pharmacy else "",
            made=f"Made {dates.shown_time(self._clock.now())}",
            landscape=True,
        )

    def csv(self, number: str, path: Path) -> int:
        """Write the list as CSV and return how many doses it has. Raises FileNotWrittenError."""
        self._gate.allow(Permission.EXPORT_LIST)
        found = self._of(number)
        with whole_file(path) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            out = csv.writer(text, quoting=csv.QUOTE_ALL)
            out.writerow((*_HEADINGS, "Batch", "Notification", "Why it does not count"))
            for one in (*found.given, *found.others):
                cells = (*one.cells, found.number, str(one.notification), one.why_not)
                out.writerow([harmless(cell) for cell in cells])
            text.flush()
            text.detach()
        self._gate.note(AuditAct.EXPORTED, f"batch {found.number}, {len(found.given)} doses, with patients")
        return len(found.given)

    def _of(self, number: str) -> BatchList:
        wanted = number.strip()
        if not wanted:
            raise DigMedError("Enter the batch number.")
        kept = self._store.doses.batches()
        with_it = [one for one in kept if wanted.casefold() in _several(one)]
        ids = self._store.doses.with_batches(with_it)
        counting, records = self._store.doses.among(ids), self._store.versions.records(ids)
        rows = [
            dose
            for one in ids
            for dose in self._doses(one, records.get(one, ""), wanted, counts=one in counting)
        ]
        nearly = {
            part.strip()
            for one in kept
            for part in one.split(",")
            if alike(part) == alike(wanted) != "" and part.strip().casefold() != wanted.casefold()
        }
        return BatchList(
            wanted,
            tuple(one for one in rows if not one.why_not),
            tuple(one for one in rows if one.why_not),
            tuple(sorted(nearly)),
        )

    def _doses(self, number: int, kept: str, wanted: str, *, counts: bool) -> Iterator[BatchDose]:
        try:
            row = self._store.notifications.row(number)
        except UnreadableRowError:
            yield BatchDose(number, f"Notification {number}", None, "", "", None, "", "", "", UNREADABLE)
            return
        try:
            record = record_of(number, kept)
        except UnreadableRowError:
            yield _of_row(row, UNREADABLE)
            return
        if not isinstance(record, VaccinationRecord):
            return
        patient = record.patient
        mine = [one for one in record.immunizations if one.batch.strip().casefold() == wanted.casefold()]
        for one in mine:
            yield BatchDose(
                number,
                row.patient_name,
                patient.date_of_birth,
                row.nhs_number,
                ", ".join(one.number for one in patient.telephones),
                record.contact_at,
                one.product.display if one.product else row.what,
                row.practice_name,
                record.vaccinator.name.spoken() if record.vaccinator else row.by,
                _why_not(row, given=bool(one.given), counts=counts),
            )


def _several(batches: str) -> Sequence[str]:
    return [one.strip().casefold() for one in batches.split(",")]


def _why_not(row: NotificationRow, *, given: bool, counts: bool) -> str:
    if not given:
        return NOT_GIVEN
    return "" if counts else f"{NOT_IN_FORCE} ({record_word(row).lower()})"


def _of_row(row: NotificationRow, why: str) -> BatchDose:
    return BatchDose(
        row.id, row.patient_name, None, row.nhs_number, "", None, row.what, row.practice_name, row.by, why
    )
