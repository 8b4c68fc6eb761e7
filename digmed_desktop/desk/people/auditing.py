"""The audit for managers: searched, exported, and held against its seals."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import Option
from digmed_desktop.desk.files.exporting import harmless
from digmed_desktop.desk.gate import Gate
from digmed_desktop.messaging.audit import AuditAct, AuditGroup, AuditLine, AuditSearch
from digmed_desktop.messaging.audit_words import group_label, line_of
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.register import Verified
from digmed_desktop.messaging.whole_file import whole_file

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

PROGRAM = 0
"""The person of a search that stands for the program itself."""
_HEADINGS = ("number", "when", "who", "act", "notification", "note")


class AuditDesk:
    """Reads the audit; it is written by whatever is done."""

    def __init__(self, store: "Store") -> None:
        self._store, self._gate = store, Gate(store)

    def people(self) -> tuple[Option, ...]:
        """Return whose acts can be asked for: the program, and everyone who ever worked here."""
        everyone = (Option(str(one.id), one.professional.name.spoken()) for one in self._store.people.all())
        return (Option(str(PROGRAM), "The program"), *everyone)

    def groups(self) -> tuple[Option, ...]:
        """Return the kinds of acts to filter by."""
        return tuple(Option(one.value, group_label(one)) for one in AuditGroup)

    def page(self, search: AuditSearch, before: int | None, limit: int) -> tuple[AuditLine, ...]:
        """Return acts that a search finds, the newest first, from the one before a number on."""
        self._gate.allow(Permission.SEE_AUDIT)
        return tuple(islice(self._found(search, before), limit))

    def export(self, search: AuditSearch, path: Path, progress: Progress) -> int:
        """Write the acts that a search finds as CSV and return how many; cancelled, nothing is left."""
        self._gate.allow(Permission.SEE_AUDIT)
        done = 0
        with whole_file(path) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            out = csv.writer(text, quoting=csv.QUOTE_ALL)
            out.writerow(_HEADINGS)
            for line in self._found(search, None):
                out.writerow([harmless(cell) for cell in _cells(line)])
                done += 1
                if done % 100 == 0:
                    progress.step(done, done)
            text.flush()
            text.detach()
        self._gate.note(AuditAct.AUDIT_EXPORTED, f"{done} acts")
        return done

    def verify(self) -> Verified:
        """Hold every act against its seal: what was changed, removed or inserted is told with its place."""
        self._gate.allow(Permission.SEE_AUDIT)
        return self._store.chain.verify()

    def _found(self, search: AuditSearch, before: int | None) -> Iterator[AuditLine]:
        words = search.text.casefold().split()
        for row in self._store.audit.rows(before):
            day = _day(row.at)
            if search.since is not None and day < search.since:
                return  # the rest is older
            if search.until is not None and day > search.until:
                continue
            if search.by is not None and (row.by_id or PROGRAM) != search.by:
                continue
            line = line_of(row)
            if search.group is not None and line.group is not search.group:
                continue
            said = " ".join((line.act, line.note, line.who, str(row.about or ""))).casefold()
            if all(word in said for word in words):
                yield line


def _day(at: datetime) -> date:
    return at.astimezone(dates.ENGLAND).date()


def _cells(line: AuditLine) -> tuple[str, ...]:
    row = line.row
    return (str(row.number), row.at.isoformat(), line.who, line.act, str(row.about or ""), line.note)
