"""The incident log at the counter: recording, ticking off what is to be done and reported, closing, printing."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical import batch, dates, incident, nhs_number
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.incident import Happened, IncidentAct, LoggedIncident
from digmed_desktop.clinical.problem import A_WORD, Problem
from digmed_desktop.clinical.table_text import origin
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.desk.forms.identified import with_births
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.views.incidents import (
    BatchStanding,
    IncidentsView,
    IncidentView,
    KindView,
    StepView,
    words_of,
)
from digmed_desktop.desk.views.sent import IncidentLine, yellow_card
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.searching import LONGEST_TEXT, Search
from digmed_desktop.paper.document import Listing, Pairs, PaperDocument

if TYPE_CHECKING:
    from digmed_desktop.clinical.incidents_file import IncidentKindRow, IncidentsFile, PlaceRow
    from digmed_desktop.history.store import Store

LONGEST = 4000
"""Characters of a text about an incident."""
MOST_CANDIDATES = 20
_NOTHING = "Nothing was changed."


class IncidentDesk:
    """Records incidents and what was done about each."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store, self._clock, self._gate = store, clock, Gate(store)

    def view(self) -> IncidentsView:
        """Return the log: open incidents first, each part the newest first."""
        self._gate.note(AuditAct.SAW_INCIDENTS, again=False)
        return self._view()

    def _view(self) -> IncidentsView:
        file, fault = _file()
        every = sorted(self._store.incidents.all(), key=lambda one: not one.is_open)
        kinds = tuple(
            KindView(Option(row.id, row.label, row.hint), row.person or "", row.batches)
            for row in (file.kind if file else ())
        )
        views = tuple(self._one(one, file) for one in every)
        return IncidentsView(views, kinds, fault)

    def answers_about(self, notification: int) -> dict[str, str]:
        """Return what the record of a notification says for a new incident about it."""
        row = self._store.notifications.row(notification)
        return {
            "logged.notification": str(notification),
            "logged.person": row.patient_name,
            "logged.nhs_number": nhs_number.shown(row.nhs_number),
            "logged.batches": row.batch,
            "logged.date": dates.as_answer(row.contact_at.astimezone(dates.ENGLAND).date()),
        }

    def record(self, answers: Mapping[str, str]) -> tuple[int | None, tuple[Problem, ...]]:
        """Record an incident and return its number, or what is in the way."""
        by = self._gate.allow(Permission.RECORD_INCIDENT)
        file, fault = _file()
        if file is None:
            return None, (Problem("", fault),)
        kind = next((row for row in file.kind if row.id == answers.get("logged.kind", "")), None)
        happened, problems = self._happened(answers, kind)
        about = answers.get("logged.notification", "").strip()
        if about and not (about.isdecimal() and self._is_there(int(about))):
            problems.append(Problem("logged.notification", f"There is no notification {about}. Check it."))
        if problems or happened is None:
            return None, tuple(problems)
        return self._store.incidents.record(happened, int(about) if about else None, by.id), ()

    def done(self, number: int, step: str, note: str) -> IncidentsView:
        """Note that a step was taken; ``note`` says with whom, or a reference, and can be empty."""
        return self._settle(number, step, note, IncidentAct.STEP_DONE)

    def not_needed(self, number: int, step: str, why: str) -> IncidentsView:
        """Note that a step is not needed, with the reason. Raises DigMedError without one."""
        _insist(why, "why this step is not needed")
        return self._settle(number, step, why, IncidentAct.STEP_NOT_NEEDED)

    def note(self, number: int, text: str) -> IncidentsView:
        """Add a note. Raises DigMedError without a word."""
        _insist(text, "what you want to note")
        return self._do(number, {"note": text}, IncidentAct.NOTED, Permission.RECORD_INCIDENT)

    def link(self, number: int, notification: str) -> IncidentsView:
        """Say which notification an incident is about. Raises DigMedError where there is none of that number."""
        by = self._gate.allow(Permission.RECORD_INCIDENT)
        self._incident(number)
        if not (notification.isdecimal() and self._is_there(int(notification))):
            raise DigMedError("Choose the record that this incident is about.", _NOTHING)
        self._store.incidents.link(number, int(notification), by.id)
        return self._view()

    def close(self, number: int, words: str) -> IncidentsView:
        """Close an incident, with what came of it. Raises DigMedError while a step is to be taken."""
        self._gate.allow(Permission.CLOSE_INCIDENT)
        left = [one for one in self._one(self._incident(number), _file()[0]).steps if one.done is None]
        if left:
            raise DigMedError(
                f"{len(left)} step{'s are' if len(left) > 1 else ' is'} not settled. The first is: {left[0].what}",
                "Mark each as done, or as not needed with the reason. Then close the incident.",
            )
        _insist(words, "the outcome")
        return self._do(number, {"note": words}, IncidentAct.CLOSED, Permission.CLOSE_INCIDENT)

    def reopen(self, number: int, why: str) -> IncidentsView:
        """Open an incident again, with the reason."""
        _insist(why, "why you open it again")
        return self._do(number, {"note": why}, IncidentAct.REOPENED, Permission.CLOSE_INCIDENT)

    def paper(self, number: int) -> PaperDocument:
        """Return an incident as a document: what happened, every step with who took it, and the places to report to."""
        self._gate.allow(Permission.SEE_RECORDS)
        view, pharmacy = self._one(self._incident(number), _file()[0]), self._store.profile.pharmacy()
        steps = tuple(
            (one.when, f"{one.place}: {one.what}" if one.place else one.what, one.settled or "To be done")
            for one in view.steps
        )
        places = {one.place: one.how for one in view.steps if one.place}
        return PaperDocument(
            title=view.title,
            lead=("Confidential. Steps remind; the pharmacy's own procedure comes first.",),
            blocks=(
                Pairs("Incident", (*view.facts, ("Standing", (view.standing,)))),
                Listing("Steps", ("When", "Step", "Done"), steps, (2, 6, 5)),
                Listing("Where to report", ("Place", "How"), tuple(places.items()), (3, 6)),
                Listing("Notes", ("What",), tuple((words_of(one),) for one in view.notes)),
            ),
            running=f"{pharmacy.name} · {pharmacy.ods_code}" if pharmacy else "",
            made=f"Printed {dates.shown_time(self._clock.now())}",
            notification=view.incident.notification,
        )

    # ---- parts

    def _settle(self, number: int, step: str, note: str, act: IncidentAct) -> IncidentsView:
        known = {one.id: one.what for one in self._one(self._incident(number), _file()[0]).steps}
        if step not in known:
            raise DigMedError("This incident has no such step.", _NOTHING)
        said = {"step": step, "what": known[step], "note": _text(note)}
        return self._do(number, said, act, Permission.RECORD_INCIDENT)

    def _do(
        self, number: int, said: Mapping[str, str], act: IncidentAct, permission: Permission
    ) -> IncidentsView:
        by, found = self._gate.allow(permission), self._incident(number)
        wants_open = act is not IncidentAct.REOPENED
        if found.is_open is not wants_open:
            why = "This incident is closed. Open it again first." if wants_open else "This incident is open."
            raise DigMedError(why, _NOTHING)
        self._store.incidents.do(number, {key: _text(text) for key, text in said.items()}, act, by.id)
        return self._view()

    def _incident(self, number: int) -> LoggedIncident:
        for one in self._store.incidents.all():
            if one.id == number:
                return one
        raise DigMedError(f"There is no incident {number} that can be read.", _NOTHING)

    def _is_there(self, notification: int) -> bool:
        return notification in self._store.versions.records([notification])

    def _happened(
        self, answers: Mapping[str, str], kind: "IncidentKindRow | None"
    ) -> tuple[Happened | None, list[Problem]]:
        problems: list[Problem] = []
        typed = {key: answers.get(f"logged.{key}", "").strip() for key in ("person", "nhs_number", "what")}
        if kind is None:
            problems.append(Problem("logged.kind", "Choose what happened."))
        on, time = self._moment(answers, problems)
        if kind is not None and kind.person and not A_WORD.search(typed["person"]):
            problems.append(Problem("logged.person", "Enter who it is about: a name is enough."))
        if typed["nhs_number"] and (wrong := nhs_number.sentence_about(typed["nhs_number"])):
            problems.append(Problem("logged.nhs_number", wrong))
        batches = tuple(dict.fromkeys(answers.get("logged.batches", "").replace(",", " ").split()))
        problems += (
            Problem("logged.batches", f"{one}: {wrong}")
            for one in batches
            if (wrong := batch.sentence_about(one))
        )
        if not A_WORD.search(typed["what"]):
            problems.append(Problem("logged.what", "Write what happened."))
        too_long = f"Shorten this to {LONGEST:,} characters, or add the rest as a note."
        problems += (Problem(f"logged.{key}", too_long) for key, text in typed.items() if len(text) > LONGEST)
        if problems or kind is None or on is None:
            return None, problems
        number = nhs_number.digits(typed["nhs_number"]) or ""
        return Happened(kind.id, kind.label, on, time, typed["what"], typed["person"], number, batches), []

    def _moment(self, answers: Mapping[str, str], problems: list[Problem]) -> tuple[date | None, str]:
        """Return day and time of an incident as they were said; what is wrong with them goes into ``problems``."""
        now, typed = self._clock.now().astimezone(dates.ENGLAND), answers.get("logged.date", "")
        on = dates.of_answer(typed, now.date(), past=True)
        if on is None or on > now.date():
            said = "Enter the day on which it happened." if not typed.strip("/ ") else "Check the day of it."
            problems.append(Problem("logged.date", said))
            return None, ""
        try:
            read = dates.read_time(answers.get("logged.time", "").strip(), "Time")
        except dates.DateSentenceError as wrong:
            problems.append(Problem("logged.time", str(wrong)))
            return on, ""
        if read is None:
            return on, ""
        if on == now.date() and read > (now.hour, now.minute):
            problems.append(Problem("logged.time", "This time is still to come. Check it."))
        return on, f"{read[0]:02}:{read[1]:02}"

    def _one(self, found: LoggedIncident, file: "IncidentsFile | None") -> IncidentView:
        batches = tuple(self._standing(found.happened.batches))
        return IncidentView(found, steps_of(found, file), batches, tuple(self._candidates(found)))

    def _candidates(self, found: LoggedIncident) -> Iterator[Option]:
        """Yield the records that an open incident may be about: those of its NHS number, else of its name."""
        whose = found.happened.nhs_number or found.happened.person
        if found.notification is not None or not found.is_open or not whose:
            return
        rows = self._store.searching.page(Search(text=whose[:LONGEST_TEXT]), None, MOST_CANDIDATES)
        for row in with_births(self._store, rows):
            born = f", born {dates.shown(row.born)}" if row.born else ""
            label = f"{row.patient_name}{born}: {row.what}, {dates.shown_time(row.contact_at)}"
            yield Option(str(row.id), label)

    def _standing(self, numbers: tuple[str, ...]) -> Iterator[BatchStanding]:
        stock, today = self._store.stock.all(), self._clock.now().astimezone(dates.ENGLAND).date()
        for number in numbers:
            same = [one for one in stock if one.number.casefold() == number.casefold()]
            said = " and ".join(dict.fromkeys(one.why_not(today) or "can be chosen" for one in same))
            yield BatchStanding(number, said or "not in the stock")


def open_incidents(store: "Store") -> tuple[IncidentLine, ...]:
    """Return the incidents that are open, the newest first, without what was told of anybody."""
    return _lines(one for one in store.incidents.all() if one.is_open)


def incidents_about(store: "Store", notifications: Collection[int]) -> tuple[IncidentLine, ...]:
    """Return the incidents about one of these notifications, open and closed, the newest first."""
    return _lines(one for one in store.incidents.all() if one.notification in notifications)


def _lines(incidents: Iterable[LoggedIncident]) -> tuple[IncidentLine, ...]:
    file, _fault = _file()
    views = (IncidentView(one, steps_of(one, file)) for one in incidents)
    return tuple(
        IncidentLine(one.id, one.title, one.when, one.standing, one.incident.is_open) for one in views
    )


def steps_of(found: LoggedIncident, file: "IncidentsFile | None") -> tuple[StepView, ...]:
    """Return the steps of an incident: those of its kind in order, then those taken that the data no longer has."""
    settled = found.settled()
    kind = next((row for row in (file.kind if file else ()) if row.id == found.happened.kind), None)
    places = {place.id: place for place in file.place} if file else {}
    steps = [
        StepView(
            step.id,
            file.whens[step.when.value] if file else "",
            step.what,
            places[step.to].label if step.to else "",
            _how(places[step.to]) if step.to else "",
            origin({"confidence": step.confidence}, step.source),
            settled.get(step.id),
        )
        for step in (kind.step if kind else ())
    ]
    known = {one.id for one in steps}
    gone = (one for one in settled.values() if one.step not in known)
    return (*steps, *(StepView(one.step, "", one.what, "", "", "", one) for one in gone))


def _how(place: "PlaceRow") -> str:
    """Return how to report to a place; the addresses of the Yellow Card scheme stand elsewhere."""
    card = yellow_card() if place.id == "yellow-card" else None
    where = f" {card.address}, freephone {card.telephone}." if card else ""
    return f"{place.how}{where}"


def _file() -> "tuple[IncidentsFile | None, str]":
    try:
        return incident.kinds(), ""
    except DataFileError:
        return (
            None,
            "The list of incidents has a fault, so none can be recorded here. Write it down on paper.",
        )


def _insist(text: str, what: str) -> None:
    if not A_WORD.search(text):
        raise DigMedError(f"Write in a few words {what}.", _NOTHING)


def _text(text: str) -> str:
    if len(text) > LONGEST:
        raise DigMedError(f"Shorten this to {LONGEST:,} characters.", _NOTHING)
    return text.strip()
