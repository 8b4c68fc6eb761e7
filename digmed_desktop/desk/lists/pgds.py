"""The register of patient group directions at the counter: what it says, what lapses, and who may change it."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.answers import was_done
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.pgd import BASIS, Authorised, Direction, judge
from digmed_desktop.clinical.problem import Problem, Severity, refusal
from digmed_desktop.clinical.questions.vaccination import VACCINATION, chosen_vaccinator
from digmed_desktop.clinical.reading import ChosenVaccine
from digmed_desktop.desk.gate import Gate, NotPermittedError
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.views.general import PgdView
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.reference import programmes

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store

LONGEST_NAME, LONGEST_VERSION = 120, 40


class PgdDesk:
    """Questions about patient group directions end here."""

    def __init__(self, store: "Store", people: PeopleDesk, clock: Clock) -> None:
        self._store, self._people, self._clock = store, people, clock
        self._gate = Gate(store)

    def view(self) -> PgdView:
        """Return the register: what is in force first, then what lapsed, then what was withdrawn."""
        register, today = self._store.pgds.register(), self._today()
        named = _programmes(today)
        names = {option.id: option.label for option in named}
        rows = sorted(
            register.directions,
            key=lambda one: (one.withdrawn is not None, not one.in_force(today), one.valid_to),
        )
        people = tuple(Option(str(one.id), one.label) for one in self._people.all() if one.may_vaccinate)
        told = tuple((one, names.get(one.programme, one.programme), one.standing(today)) for one in rows)
        return PgdView(register, told, named, people, today)

    def problems(self, state: FormState, legal_basis: str, chosen: ChosenVaccine) -> tuple[Problem, ...]:
        """Return what the register says of a vaccination under a PGD, judged on its day.

        ``legal_basis`` is that of the record, in words.
        """
        field = VACCINATION.question("legal_basis")
        named = next(
            (one.id for one in chosen.programme.lists["legal_bases"] if one.label == legal_basis), ""
        )
        if named != BASIS or chosen.on is None:
            return ()
        said = judge(
            self._store.pgds.register(),
            chosen.programme.agreement or chosen.programme.id,
            chosen_vaccinator(state.answers),
            chosen.on,
        )
        done = was_done(state.answers)
        return tuple(
            refusal(field, one.sentence, one.source, done=done)
            if one.stops
            else Problem(field, one.sentence, Severity.LOOK)
            for one in said
        )

    def switch(self, by: int | None, *, on: bool) -> tuple[Problem, ...]:
        """Switch the register on or off, or return why this person may not."""
        if refused := self._refused(by, Permission.SWITCH_PGDS):
            return refused
        self._store.pgds.switch(by or 0, on=on)
        return ()

    def enter(self, answers: Mapping[str, str], by: int | None) -> tuple[Problem, ...]:
        """Enter a direction, or return what is in the way."""
        direction, problems = self._direction(answers)
        found = (*self._refused(by), *problems)
        if not found and direction is not None:
            self._store.pgds.enter(direction, by or 0)
        return found

    def authorise(self, answers: Mapping[str, str], by: int | None) -> tuple[Problem, ...]:
        """Say that a person may work under a direction, and when they signed it; or return what is in the way."""
        found = list(self._refused(by))
        register = self._store.pgds.register()
        chosen = next(
            (one for one in register.directions if str(one.id) == answers.get("pgd.direction", "")), None
        )
        if chosen is None:
            found.append(Problem("pgd.direction", "Select the PGD."))
        person = next(
            (one for one in self._people.all() if str(one.id) == answers.get("pgd.person", "")), None
        )
        if person is None:
            found.append(Problem("pgd.person", "Select the person."))
        signed, problem = self._day(answers, "pgd.signed", "the day on which it was signed", needed=False)
        found += problem
        if signed and signed > self._today():
            found.append(Problem("pgd.signed", "The day on which it was signed must not be in the future."))
        if not found and chosen is not None and person is not None:
            who = Authorised(person.id, person.professional.name.spoken(), signed)
            self._store.pgds.authorise(chosen.id, who, by or 0)
        return tuple(found)

    def remove(self, direction: int, person: int, by: int | None) -> tuple[Problem, ...]:
        """Say that a person no longer works under a direction, or return why that may not be said."""
        if refused := self._refused(by):
            return refused
        self._store.pgds.remove(direction, person, by or 0)
        return ()

    def withdraw(self, direction: int, by: int | None) -> tuple[Problem, ...]:
        """Withdraw a direction, or return why this person may not."""
        if refused := self._refused(by):
            return refused
        self._store.pgds.withdraw(direction, by or 0)
        return ()

    def _refused(self, by: int | None, permission: Permission = Permission.ENTER_PGDS) -> tuple[Problem, ...]:
        try:
            self._gate.allow(permission, by)
        except NotPermittedError as refused:
            return (Problem("", str(refused)),)
        return ()

    def _direction(self, answers: Mapping[str, str]) -> tuple[Direction | None, list[Problem]]:
        found: list[Problem] = []
        name, version = (answers.get(key, "").strip() for key in ("pgd.name", "pgd.version"))
        for key, text, most, what in (
            ("pgd.name", name, LONGEST_NAME, "the name of the PGD"),
            ("pgd.version", version, LONGEST_VERSION, "its version"),
        ):
            if not text:
                found.append(Problem(key, f"Enter {what}."))
            elif len(text) > most:
                found.append(Problem(key, f"Shorten {what} to {most} characters."))
        programme = answers.get("pgd.programme", "")
        if programme not in {option.id for option in _programmes(self._today())}:
            found.append(Problem("pgd.programme", "Select the vaccination that it is for."))
        first, problem = self._day(answers, "pgd.valid_from", "its first day", needed=True)
        last, more = self._day(answers, "pgd.valid_to", "its last day", needed=True)
        found += [*problem, *more]
        if first and last and last < first:
            found.append(Problem("pgd.valid_to", "The last day must not be before the first."))
        if found or first is None or last is None:
            return None, found
        return Direction(0, name, version, first, last, programme), []

    def _day(
        self, answers: Mapping[str, str], key: str, what: str, *, needed: bool
    ) -> tuple[date | None, list[Problem]]:
        typed = answers.get(key, "").strip()
        if not typed:
            return None, [Problem(key, f"Enter {what}.")] if needed else []
        day = dates.of_answer(typed, self._today())
        return day, [] if day else [Problem(key, f"Enter {what} as a date, such as 31 3 2027.")]

    def _today(self) -> date:
        return self._clock.now().astimezone(dates.ENGLAND).date()


def _programmes(today: date) -> tuple[Option, ...]:
    """Return what a direction can be for: one option for each vaccination, whatever its season."""
    return tuple(Option(one.agreement or one.id, one.agreement_name) for one in programmes.current(today))
