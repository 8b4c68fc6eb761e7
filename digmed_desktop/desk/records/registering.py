"""The register at the desk: its entries, what is outstanding, whether its chain is whole, and what is appended."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from digmed_desktop.clinical import law
from digmed_desktop.clinical.dates import ENGLAND, DateSentenceError, read_date
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.records.register_papers import (
    entry_document,
    label_document,
    list_document,
    standing,
)
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError, NotAllowedNowError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.register import EntryKind, NewEntry, Outstanding, RegisterEntry, Seal, Verified
from digmed_desktop.paper.document import PaperDocument

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

MOST_TEXT = 2000
CHECK = "Register of emergency supplies"


class RegisterDesk:
    """Asks about the register end here."""

    def __init__(self, store: "Store", people: PeopleDesk, clock: Clock, seal: Seal | None) -> None:
        self._store, self._people, self._clock = store, people, clock
        self._gate = Gate(store)
        if seal is not None:
            store.register.use(seal)

    def page(self, before: int | None, limit: int) -> list[RegisterEntry]:
        """Return entries, newest first, from below number ``before``."""
        if before is None:
            self._gate.note(AuditAct.SAW_REGISTER, again=False)
        return self._store.register.page(before, limit)

    def entry(self, number: int) -> RegisterEntry:
        """Return one entry with what was appended to it."""
        return self._store.register.get(number)

    def outstanding(self) -> list[Outstanding]:
        """Return the supplies whose prescription has not come, the one due first first."""
        return owed(self._store)

    def verify(self) -> Verified:
        """Hold every entry against its seal."""
        return self._store.register.verify()

    def check(self) -> Check:
        """Return whether the chain is whole, for those who check the whole program."""
        try:
            found = self.verify()
        except DigMedError as error:
            return Check(CHECK, Health.NOT_ASKED, error.happened, error.remedy)
        if found.intact:
            return Check(CHECK, Health.GOOD, standing(found))
        return Check(
            CHECK, Health.BAD, standing(found), "Change nothing; tell the superintendent pharmacist."
        )

    def list_paper(self) -> PaperDocument:
        """Return the whole register as a document."""
        entries = self._store.register.page(None, -1)
        return list_document(entries, self.verify(), self._pharmacy(), self._clock.now())

    def entry_paper(self, number: int) -> PaperDocument:
        """Return one entry as a document."""
        return entry_document(self._store.register.get(number), self._pharmacy(), self._clock.now())

    def label_paper(self, number: int) -> PaperDocument:
        """Return the labels of a supply as a document. NotAllowedNowError for one that was recorded in error."""
        entry = self._store.register.get(number)
        if entry.is_withdrawn:
            raise NotAllowedNowError(
                "This supply was recorded in error, so it has no label.",
                "Print the label of the right record.",
            )
        if any(one.is_unreadable for one in (entry, *entry.later)):
            raise NotAllowedNowError(
                f"Entry {number}, or its amendment, cannot be read from the records, so it has no label.",
                "Write the label by hand, and tell the superintendent pharmacist.",
            )
        return label_document(entry)

    def _pharmacy(self) -> str:
        pharmacy = self._store.profile.pharmacy()
        return f"{pharmacy.name}, {pharmacy.ods_code}" if pharmacy else ""

    def amend(self, number: int, text: str, by: int | None) -> tuple[Problem, ...]:
        """Append an amendment to an entry, or return what is in the way."""
        words = text.strip()
        if not words:
            return (Problem("amendment.text", "Enter the correction, and why."),)
        if len(words) > MOST_TEXT:
            return (Problem("amendment.text", f"Shorten it to at most {MOST_TEXT} characters."),)
        self._append(EntryKind.AMENDMENT, {"text": words}, number, by)
        return ()

    def prescription_came(
        self, number: int, answers: Mapping[str, str], by: int | None
    ) -> tuple[Problem, ...]:
        """Append the two dates of a prescription, or return what is wrong with them."""
        today = self._clock.now().astimezone(ENGLAND).date()
        problems, dates = [], {}
        for field, what in (
            ("prescription.dated", "Date on the prescription"),
            ("prescription.received", "Date it came"),
        ):
            try:
                day = read_date(
                    *[*answers.get(field, "").split("/", 2), "", "", ""][:3],
                    what=what,
                    today=today,
                    past=True,
                )
            except DateSentenceError as wrong:
                problems.append(Problem(field, str(wrong)))
                continue
            if day is None:
                problems.append(Problem(field, f"Enter the {what.lower()}."))
            elif day > today:
                problems.append(Problem(field, f"{what} must not be in the future."))
            else:
                dates[field.partition(".")[2]] = day
        if not problems and dates["dated"] > dates["received"]:
            problems.append(
                Problem("prescription.dated", "Check the dates: it came before the date that is on it.")
            )
        if not problems:
            told = {name: day.isoformat() for name, day in dates.items()}
            self._append(EntryKind.PRESCRIPTION, told, number, by)
        return tuple(problems)

    def _append(self, kind: EntryKind, content: Mapping[str, str], about: int, by: int | None) -> None:
        person = self._gate.allow(Permission.AMEND_REGISTER, by)
        name = person.professional.name.spoken()
        self._store.register.append(NewEntry(kind, content, person.id, name, about=about))
        self._gate.note(AuditAct.REGISTER_AMENDED, f"entry {about}", by=person.id)


def owed(store: "Store") -> list[Outstanding]:
    """Return the supplies whose prescription has not come, the one due first first."""
    return store.register.outstanding(law.rule("prescriber-undertaking").hours or 0)
