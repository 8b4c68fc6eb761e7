"""Describe incidents for pages and paper, as plain data. Patient data."""

from collections.abc import Mapping
from dataclasses import dataclass

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.incident import Done, IncidentAct, LoggedIncident


@dataclass(frozen=True, slots=True, repr=False)
class StepView:
    """One step of an incident: ``done`` is the act that settled it, None while it is to be taken.

    ``when`` and ``standing`` are ``""`` for a step that the data no longer has.
    """

    id: str
    when: str
    what: str
    place: str
    how: str
    standing: str
    done: Done | None

    @property
    def settled(self) -> str:
        """Who took it and when, or why it is not needed; ``""`` while it is to be taken."""
        if self.done is None:
            return ""
        head = "Done" if self.done.act is IncidentAct.STEP_DONE else "Not needed"
        note = f": {self.done.note}" if self.done.note else ""
        return f"{head}{note} ({self.done.by}, {dates.shown_time(self.done.at)})"


@dataclass(frozen=True, slots=True, repr=False)
class BatchStanding:
    """A batch that an incident names, and how it stands in the stock, in words."""

    number: str
    standing: str


@dataclass(frozen=True, slots=True, repr=False)
class IncidentView:
    """One incident with its steps."""

    incident: LoggedIncident
    steps: tuple[StepView, ...]
    batches: tuple[BatchStanding, ...] = ()
    candidates: tuple[Option, ...] = ()  # records that it may be about, while nobody said which

    @property
    def id(self) -> int:
        """The number of the incident."""
        return self.incident.id

    @property
    def title(self) -> str:
        """What it is called: number and kind."""
        return f"Incident {self.incident.id}: {self.incident.happened.label}"

    @property
    def when(self) -> str:
        """The day, and the time where somebody said it."""
        happened = self.incident.happened
        return f"{dates.shown(happened.on)}{f' at {happened.time}' if happened.time else ''}"

    @property
    def left(self) -> int:
        """How many steps nobody settled yet."""
        return sum(one.done is None for one in self.steps)

    @property
    def standing(self) -> str:
        """How it stands, in words."""
        if not self.incident.is_open:
            return "Closed"
        if not self.left:
            return "Open, every step is settled"
        return f"Open, {self.left} step{'s' if self.left > 1 else ''} to take"

    @property
    def facts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What was recorded, each with its label; what nobody said is left out."""
        happened = self.incident.happened
        about = self.incident.notification
        rows = (
            ("When", (self.when,)),
            ("Person", (happened.person,)),
            ("NHS number", (nhs_number.shown(happened.nhs_number),)),
            ("Batch", tuple(f"{one.number}: {one.standing}" for one in self.batches)),
            ("Description", tuple(happened.what.splitlines())),
            ("Notification", (str(about),) if about is not None else ()),
            ("Recorded", (f"{self.incident.recorded_by}, {dates.shown_time(self.incident.recorded_at)}",)),
        )
        return tuple(row for row in rows if any(row[1]))

    @property
    def notes(self) -> tuple[Done, ...]:
        """The acts beside those on steps, in order."""
        return tuple(one for one in self.incident.done if not one.step)


@dataclass(frozen=True, slots=True, repr=False)
class KindView:
    """A kind to choose: ``person`` is what its person is asked as, ``""`` where nobody is asked for."""

    option: Option
    person: str
    batches: bool


@dataclass(frozen=True, slots=True, repr=False)
class IncidentsView:
    """The incident log, open incidents first; ``fault`` says why no new one can be recorded, or ``""``."""

    incidents: tuple[IncidentView, ...]
    kinds: tuple[KindView, ...]
    fault: str = ""

    @property
    def open(self) -> tuple[IncidentView, ...]:
        """Those that are open."""
        return tuple(one for one in self.incidents if one.incident.is_open)

    @property
    def options(self) -> tuple[Option, ...]:
        """The kinds as options."""
        return tuple(one.option for one in self.kinds)

    def by_id(self) -> Mapping[int, IncidentView]:
        """Return each incident by its number."""
        return {one.id: one for one in self.incidents}


WORDS = {
    IncidentAct.STEP_DONE: "Step done",
    IncidentAct.STEP_NOT_NEEDED: "Step not needed",
    IncidentAct.NOTED: "Note",
    IncidentAct.LINKED: "Linked to its notification",
    IncidentAct.CLOSED: "Closed",
    IncidentAct.REOPENED: "Opened again",
}
"""Acts in words."""


def words_of(done: Done) -> str:
    """Return an act in words: who, when and what was said."""
    note = f": {done.note}" if done.note else ""
    return f"{WORDS.get(done.act, done.act.value)}{note} ({done.by}, {dates.shown_time(done.at)})"
