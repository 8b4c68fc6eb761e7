"""Read the answers of a form: the record that they make, its faults and its warnings."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from digmed_desktop.clinical.emergency_supply import EmergencySupplyRecord
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import VaccinationRecord

RecordT = TypeVar("RecordT", bound=VaccinationRecord | EmergencySupplyRecord)


@dataclass(frozen=True, slots=True, repr=False)
class LawSaid:
    """One sentence of the law at a question. ``tone``: stop, look or tell; ``rule`` is the id of the rule, if any."""

    field: str
    sentence: str
    tone: str
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ChosenVaccine:
    """The choices about a vaccine, by the ids of the programme; the record holds its words and codes.

    ``product`` and ``reason`` (for eligibility) are ``""`` if nothing is chosen; ``on`` is the day of contact.
    ``typed`` returns an asked answer by its field id.
    """

    programme: Programme
    product: str
    reason: str
    on: date | None
    typed: Callable[[str], str] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Reading(Generic[RecordT]):
    """The reading of answers. ``problems`` prevent sending, ``notes`` ask a person to look; both in form order.

    ``on_paper`` are those of the problems that only close the electronic way: a record whose every problem is
    among them is complete and can be told on paper. ``law`` tells the rules of each item of an emergency supply.
    """

    record: RecordT
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    on_paper: tuple[Problem, ...] = ()
    law: tuple[LawSaid, ...] = ()
    vaccine: ChosenVaccine | None = None  # of a vaccination

    @property
    def sendable(self) -> bool:
        """Whether the record can be sent electronically."""
        return not self.problems

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, although the electronic way may be closed."""
        return set(self.problems) <= set(self.on_paper)

    @property
    def unshared(self) -> bool:
        """Whether the patient does not agree to share this with the practice."""
        return self.record.consent.to_sharing is False

    @property
    def only_on_paper(self) -> bool:
        """Whether the record is complete but can only be told on paper."""
        return self.complete and not self.sendable and not self.unshared

    @property
    def only_here(self) -> bool:
        """Whether the record is complete and is recorded here only, at the patient's wish."""
        return self.complete and self.unshared


def judged(
    record: RecordT,
    found: tuple[Problem, ...],
    closes_electronic_way: Collection[Problem],
    law: tuple[LawSaid, ...] = (),
) -> Reading[RecordT]:
    """Return the reading of a record in which all this was ``found``, in form order."""
    problems = tuple(p for p in found if p.severity is Severity.STOP)
    return Reading(
        record=record,
        problems=problems,
        notes=tuple(p for p in found if p.severity is Severity.LOOK),
        on_paper=tuple(p for p in problems if p in closes_electronic_way),
        law=law,
    )
