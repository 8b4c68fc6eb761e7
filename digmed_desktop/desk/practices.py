"""GP practices: the list kept here, the national directory, importing, and what speaks against choosing one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates, ods
from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.views import PracticeFound, PracticeListState
from digmed_desktop.messaging.clock import Clock

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store
    from digmed_desktop.reference.ods_api import OdsApi

MOST = 20


class PracticeDesk:
    """Questions about practices end here; those to the directory may take ten seconds."""

    def __init__(
        self, store: "Store", clock: Clock, directory: "OdsApi", with_program: Sequence[Organisation] = ()
    ) -> None:
        self._store, self._clock, self._directory = store, clock, directory
        self._with_program = tuple(with_program)

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
                PracticeFound(listed.organisation, self._why_not(listed), "the list kept here"),
            )
        return tuple(found.values())[:MOST]

    def search_directory(self, typed: str) -> tuple[PracticeFound, ...]:
        """Return what the national directory finds. Raises DigMedError with a sentence when it cannot."""
        return tuple(
            PracticeFound(one.organisation, self._why_not(one), "the directory")
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

    def look_up_successor(self, ods_code: str) -> str:
        """Ask the directory who took over from a closed practice; return the sentence about it."""
        listed = self._directory.of_code(ods.shown(ods_code))
        if listed is None:
            return ""
        if listed.successor:
            self._store.gp_practices.learn_successor(listed.organisation.ods_code, listed.successor)
        return self._why_not(listed)

    def import_file(self, file: Path, progress: Callable[[int], None] = lambda _n: None) -> PracticeListState:
        """Put the practices of a file in place of the list kept here. Raises DigMedError; the old list then stays."""
        from digmed_desktop.reference import ods_file

        self._store.gp_practices.replace(ods_file.read(file), progress)
        return self.state()

    def state(self) -> PracticeListState:
        """Return what the list holds."""
        return PracticeListState(self._store.gp_practices.count(), self._store.gp_practices.imported_on())

    def _why_not(self, listed: ListedPractice) -> str:
        heir = self._store.gp_practices.of_code(listed.successor) if listed.successor else None
        today = self._clock.now().astimezone(dates.ENGLAND).date()
        return listed.refusal(today, heir.organisation.name if heir else "") or ""
