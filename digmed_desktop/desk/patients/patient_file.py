"""Gather everything recorded about one patient for a manager to review, then write it as PDF or JSON.

UK GDPR, Article 15: a copy of the personal data; what concerns others can be left out, and the document says that it was.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.patients.patient_file_parts import Gathering
from digmed_desktop.desk.views.patient_file import REASON_NEEDED, Candidate, Line, Part, PatientFile
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.searching import Search
from digmed_desktop.messaging.whole_file import whole_file
from digmed_desktop.paper.document import Listing, Pairs, PaperDocument

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

MOST_FOUND = 200
FORMAT, VERSION = "digmed-patient-file", 1
LeftOut = Mapping[str, str]
"""Why a line is left out, by its id."""


class PatientFileDesk:
    """Finds a patient, gathers what is recorded, and writes what a manager lets out."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store, self._clock, self._gate = store, clock, Gate(store)

    def find(self, typed: str) -> tuple[Candidate, ...]:
        """Return the patients whose notifications fit a number, a name, or the number of a notification."""
        self._gate.allow(Permission.GIVE_PATIENT_FILE)
        self._gate.note(AuditAct.LOOKED_UP, again=False)
        text = " ".join(typed.split())
        if not text:
            raise DigMedError("Type an NHS number, a name, or the number of a notification.")
        found = self._store.searching.page(Search(text=nhs_number.digits(text) or text), None, MOST_FOUND)
        if text.isdecimal() and len(text) < 10 and (one := self._row(int(text))) is not None:
            found = [one, *(row for row in found if row.id != one.id)]
        people: dict[object, Candidate] = {}
        for row in found:
            born = self._gathering().born(row.id)
            key = row.nhs_number or (row.patient_name, born)
            before = people.get(key)
            people[key] = Candidate(
                before.notification if before else row.id, row.patient_name, row.nhs_number, born,
                (before.records if before else 0) + 1,
            )  # fmt: skip
        return tuple(people.values())

    def gather(self, notification: int) -> PatientFile:
        """Return everything about the patient of a notification. NotThereError where there is none of that number."""
        self._gate.allow(Permission.GIVE_PATIENT_FILE)
        self._gate.note(AuditAct.PATIENT_FILE_SEEN, about=notification)
        return self._gathering().of(notification)

    def save_pdf(self, file: PatientFile, left_out: LeftOut, path: Path) -> int:
        """Write what is let out as PDF and return how many lines were left out. Raises FileNotWrittenError."""
        document = self.document(file, left_out)
        from digmed_desktop.paper.pdf import pdf

        return self._save(file, left_out, path, pdf(document), "PDF")

    def save_json(self, file: PatientFile, left_out: LeftOut, path: Path) -> int:
        """Write what is let out as JSON and return how many lines were left out. Raises FileNotWrittenError."""
        text = json.dumps(self.as_data(file, left_out), ensure_ascii=False, indent=2)
        return self._save(file, left_out, path, f"{text}\n".encode(), "JSON")

    def file_name(self) -> str:
        """Return a name for the file, without anything about the patient."""
        return f"patient-file-{self._clock.now().astimezone(dates.ENGLAND).date().isoformat()}"

    def document(self, file: PatientFile, left_out: LeftOut) -> PaperDocument:
        """Return the document: every part, and at its end what was left out and why."""
        _check(file, left_out)
        words, pharmacy = _words(), self._store.profile.pharmacy()
        about = (
            (words["name"], (file.name,)),
            (words["born"], (dates.shown(file.born),) if file.born else ()),
            (words["number"], (nhs_number.shown(file.nhs_number),) if file.nhs_number else ()),
            (words["pharmacy"], (f"{pharmacy.name}, {pharmacy.telephone}",) if pharmacy else ()),
        )
        blocks: list[Pairs | Listing] = [Pairs(words["about"], tuple(row for row in about if row[1]))]
        for part, lines in _let_out(file, left_out):
            if lines:
                blocks.append(Pairs(part.title, tuple((line.label, line.values) for line in lines)))
        rows = tuple((row["where"], row["which"], row["why"]) for row in _omissions(file, left_out))
        headings = (words["where"], words["which"], words["why"])
        blocks.append(Listing(words["left_out"], headings, rows, (4, 4, 6), words["nothing_left_out"]))
        made = words["made"].format(when=dates.shown_time(self._clock.now()))
        return PaperDocument(
            words["title"], tuple(blocks), lead=tuple(words["lead"]), running=words["running"], made=made
        )

    def as_data(self, file: PatientFile, left_out: LeftOut) -> dict[str, Any]:
        """Return what JSON holds: the same lines, and whole records of notifications of which nothing is left out."""
        _check(file, left_out)
        pharmacy = self._store.profile.pharmacy()
        touched = {part.notification for part, line in file.lines() if line.id in left_out}
        return {
            "format": FORMAT,
            "version": VERSION,
            "made_at": self._clock.now().isoformat(),
            "pharmacy": {"name": pharmacy.name, "ods_code": pharmacy.ods_code} if pharmacy else None,
            "patient": {
                "name": file.name,
                "nhs_number": file.nhs_number,
                "date_of_birth": file.born.isoformat() if file.born else None,
            },
            "parts": [
                {
                    "title": part.title,
                    "notification": part.notification,
                    "lines": [{"label": line.label, "values": list(line.values)} for line in lines],
                }
                for part, lines in _let_out(file, left_out)
                if lines
            ],
            "left_out": list(_omissions(file, left_out)),
            "records": [dict(raw) for number, raw in file.raw.items() if number not in touched],
        }

    # ---- parts

    def _gathering(self) -> Gathering:
        return Gathering(self._store)

    def _row(self, number: int) -> Any:
        from digmed_desktop.messaging.errors import NotThereError

        try:
            return self._store.notifications.row(number)
        except NotThereError:
            return None

    def _save(self, file: PatientFile, left_out: LeftOut, path: Path, content: bytes, kind: str) -> int:
        self._gate.allow(Permission.GIVE_PATIENT_FILE)
        with whole_file(path) as out:
            out.write(content)
        count = len(left_out)
        self._gate.note(AuditAct.PATIENT_FILE_SAVED, f"{kind}, {count} left out", about=file.notification)
        return count


def _check(file: PatientFile, left_out: LeftOut) -> None:
    """Refuse a reason that is empty or belongs to no line: nothing leaves the program by mistake."""
    known = {line.id for _part, line in file.lines()}
    if not left_out.keys() <= known:
        raise DigMedError("The part to leave out is not in this file.", "Look the patient up again.")
    if not all(reason.strip() for reason in left_out.values()):
        raise DigMedError(REASON_NEEDED)


def _let_out(file: PatientFile, left_out: LeftOut) -> Iterator[tuple[Part, tuple[Line, ...]]]:
    for part in file.parts:
        yield part, tuple(line for line in part.lines if line.id not in left_out)


def _omissions(file: PatientFile, left_out: LeftOut) -> Iterator[dict[str, str]]:
    for part, line in file.lines():
        if line.id in left_out:
            yield {"where": part.title, "which": line.label, "why": left_out[line.id].strip()}


def _words() -> dict[str, Any]:
    words: dict[str, Any] = OWN.raw("paper/words.toml")["patient_file"]
    return words
