"""The incident log: what happened, the steps to take and to report, who took each, and whether it is closed.

Another matter is a record's own ``Incident``: a dose that was given against a stop.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.incidents_file import IncidentsFile


class IncidentAct(StrEnum):
    """An act of a person on an incident."""

    RECORDED = "recorded"
    STEP_DONE = "step-done"
    STEP_NOT_NEEDED = "step-not-needed"
    NOTED = "noted"
    LINKED = "linked"  # to the notification that it is about
    CLOSED = "closed"
    REOPENED = "reopened"


STEPS = (IncidentAct.STEP_DONE, IncidentAct.STEP_NOT_NEEDED)
_CLOSES = {IncidentAct.CLOSED: True, IncidentAct.REOPENED: False}


@dataclass(frozen=True, slots=True, repr=False)
class Happened:
    """What somebody recorded of an incident. ``label`` names its kind as it was called then. Patient data.

    ``time`` is ``""`` where nobody said it, else hours and minutes in England.
    """

    kind: str
    label: str
    on: date
    time: str
    what: str
    person: str = ""
    nhs_number: str = ""
    batches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Done:
    """One act on an incident: ``step`` is that of an act about one, ``what`` the words of the step as it was then."""

    act: IncidentAct
    at: datetime
    by: str
    step: str = ""
    what: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class LoggedIncident:
    """One incident with all that was done about it, in order."""

    id: int
    happened: Happened
    recorded_at: datetime
    recorded_by: str
    notification: int | None = None
    done: tuple[Done, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look at it: the last word on it was not that it is closed."""
        return not next((_CLOSES[one.act] for one in reversed(self.done) if one.act in _CLOSES), False)

    @property
    def last_at(self) -> datetime:
        """The moment of the last act."""
        return self.done[-1].at if self.done else self.recorded_at

    def after(self, act: Done, notification: int | None) -> "LoggedIncident":
        """Return the incident after one more act."""
        linked = notification if act.act is IncidentAct.LINKED else self.notification
        return replace(self, done=(*self.done, act), notification=linked)

    def settled(self) -> dict[str, Done]:
        """Return the steps that were taken or are not needed, each with the act that counts: the last."""
        return {one.step: one for one in self.done if one.act in STEPS}


def kinds() -> "IncidentsFile":
    """Return every kind of incident and every place; raises DataFileError where the file has a fault."""
    from digmed_desktop.clinical.incidents_file import PLACE, IncidentsFile

    return OWN.read(PLACE, IncidentsFile)


def of_content(content: dict[str, Any]) -> Happened:
    """Return what was recorded, from the form in which it is kept."""
    return Happened(
        **{**content, "on": date.fromisoformat(content["on"]), "batches": tuple(content["batches"])}
    )


def as_content(happened: Happened) -> dict[str, Any]:
    """Return what was recorded in the form in which it is kept."""
    return {
        "kind": happened.kind,
        "label": happened.label,
        "on": happened.on.isoformat(),
        "time": happened.time,
        "what": happened.what,
        "person": happened.person,
        "nhs_number": happened.nhs_number,
        "batches": list(happened.batches),
    }
