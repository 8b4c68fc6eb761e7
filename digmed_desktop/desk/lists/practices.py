"""GP practices: the list on this computer, the national directory, importing, and what speaks against choosing one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates, likeness, ods
from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.lists.fitting import fit_of_practice
from digmed_desktop.desk.views.general import ClosedPractice, PracticeFound, PracticeListState
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store
    from digmed_desktop.reference.ods_api import OdsApi

MOST = 20
MOST_HEIRS = 5  # practices that took over from each other: a longer line is not followed


class PracticeDesk:
    """Questions about practices end here; those to the directory may take ten seconds."""

    def __init__(
        self, store: "Store", clock: Clock, directory: "OdsApi", with_program: Sequence[Organisation] = ()
    ) -> None:
        self._store, self._clock, self._directory = store, clock, directory
        self._with_program = tuple(with_program)
        self._gate = Gate(store)

    def search(self, typed: str) -> tuple[PracticeFound, ...]:
        """Return practices kept here that fit: those written to before, then the imported list."""
        from digmed_desktop.reference.practices import PracticeList

        found: dict[str, PracticeFound] = {}
        for one in self._store.practices.search(typed, MOST) if typed.strip() else ():
            found[one.ods_code] = PracticeFound(one, self.refusal(one.ods_code), "written to before")
        for one in PracticeList(self._with_program).search(typed, MOST):
            found.setdefault(one.ods_code, PracticeFound(one, "", "practice mode"))
        for listed in self._store.gp_practices.search(typed, MOST):
            found.setdefault(
                listed.organisation.ods_code,
                PracticeFound(listed.organisation, self._why_not(listed), "the list on this computer"),
            )
        return tuple(replace(one, fit=fit_of_practice(typed, one.organisation)) for one in found.values())[
            :MOST
        ]

    def search_directory(self, typed: str) -> tuple[PracticeFound, ...]:
        """Return what the national directory finds. Raises DigMedError with a sentence when it cannot."""
        return tuple(
            PracticeFound(
                one.organisation,
                self._why_not(one),
                "the directory",
                fit_of_practice(typed, one.organisation),
            )
            for one in self._directory.search(typed)
        )

    def whole(self, found: PracticeFound) -> PracticeFound:
        """Return a practice with its address: the directory's list gives only name, code and postcode."""
        if found.organisation.address.lines or found.source != "the directory":
            return found
        listed = self._directory.of_code(found.organisation.ods_code)
        if listed is None:
            return found
        return replace(found, organisation=listed.organisation, refusal=self._why_not(listed))

    def refusal(self, ods_code: str) -> str:
        """Return why a practice cannot be written to, from what is kept here; ``""`` when nothing is known."""
        listed = self._store.gp_practices.of_code(ods.shown(ods_code))
        return self._why_not(listed) if listed else ""

    def other_name(self, practice: Organisation) -> str:
        """Return what is in doubt about name and code of a practice, by the list on this computer; ``""`` if nothing is."""
        listed = self._store.gp_practices.of_code(ods.shown(practice.ods_code))
        known = listed.organisation.name if listed else ""
        if not known or not practice.name.strip() or likeness.is_one_practice(known, practice.name):
            return ""
        return f"Check name and ODS code: in the list on this computer this code is that of {known}."

    def closed(self, ods_code: str) -> ClosedPractice | None:
        """Return what is known here of a closed practice; None where it is open, or not in the list."""
        code = ods.shown(ods_code)
        why = self.refusal(code)
        if not why:
            return None
        listed = self._store.gp_practices.of_code(code)
        heir = self._last_heir(listed, self._store.gp_practices.of_code) if listed else None
        called = listed.organisation.name if listed else ""
        return ClosedPractice(code, called, why, heir.organisation if heir else None)

    def look_up_successor(self, ods_code: str) -> ClosedPractice:
        """Ask the directory who took over from a closed practice, and keep it.

        Where that practice has closed too, its own successor is asked for. Raises DigMedError with a sentence when
        the directory cannot be asked, does not know the practice, or lists it as open.
        """
        code = ods.shown(ods_code)
        listed = self._directory.of_code(code)
        if listed is None:
            raise DigMedError(
                "The directory does not know this practice.", "Ask the patient which is theirs."
            )
        if not listed.refusal(self._today()):
            raise DigMedError(
                "The directory lists this practice as open.",
                "Import the list of practices again (Settings, Practices).",
            )
        heir = self._last_heir(listed, self._asked)
        if listed.successor:
            self._store.gp_practices.learn_successor(code, listed.successor)
        name = heir.organisation.name if heir else ""
        if heir:
            listed = replace(listed, successor=heir.organisation.ods_code)
        why = listed.refusal(self._today(), name) or ""
        return ClosedPractice(code, listed.organisation.name, why, heir.organisation if heir else None)

    def _asked(self, code: str) -> ListedPractice | None:
        """Ask the directory for one of the line of successors, and keep its own successor."""
        found = self._directory.of_code(code)
        if found and found.successor:
            self._store.gp_practices.learn_successor(code, found.successor)
        return found

    def _last_heir(
        self, closed: ListedPractice, find: Callable[[str], ListedPractice | None]
    ) -> ListedPractice | None:
        """Return the open practice at the end of the line of successors, None where the line breaks."""
        seen = {closed.organisation.ods_code}
        code = closed.successor
        while code and code not in seen and len(seen) <= MOST_HEIRS:
            seen.add(code)
            found = find(code)
            if found is None or not found.refusal(self._today()):
                return found
            code = found.successor
        return None

    def import_file(self, file: Path, progress: Callable[[int], None] = lambda _n: None) -> PracticeListState:
        """Put the practices of a file in place of the list on this computer. Raises DigMedError; the old list then stays."""
        from digmed_desktop.reference import ods_file

        self._gate.allow(Permission.IMPORT_LISTS)
        self._store.gp_practices.replace(ods_file.read(file), progress)
        self._gate.note(AuditAct.LIST_IMPORTED, "practices")
        return self.state()

    def state(self) -> PracticeListState:
        """Return what the list holds."""
        return PracticeListState(self._store.gp_practices.count(), self._store.gp_practices.imported_on())

    def _why_not(self, listed: ListedPractice) -> str:
        heir = self._last_heir(listed, self._store.gp_practices.of_code) if listed.successor else None
        if heir is not None:
            listed = replace(listed, successor=heir.organisation.ods_code)
        return listed.refusal(self._today(), heir.organisation.name if heir else "") or ""

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()
