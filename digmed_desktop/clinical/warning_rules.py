"""Warnings as dated data: which answers, vaccines and ages raise one, how much it weighs, and where it is written."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence
from digmed_desktop.clinical.phrases import Phrases
from digmed_desktop.clinical.problem import Problem, Severity


class Weight(StrEnum):
    """How much a warning weighs. What was done is recorded all the same: even a stop can be answered."""

    STOP = "stop"  # whoever goes on names who advised it
    WARN = "warn"  # whoever goes on says why
    NOTE = "note"  # it is only said


@dataclass(frozen=True, slots=True)
class Case:
    """The facts in which warnings are looked for; ``typed`` returns an asked answer by its field id.

    ``live`` and ``holds`` are those of the chosen product; ``recorded`` is the day on which the form is filled in.
    ``not_given``: it was said that the vaccine was not given.
    """

    day: date | None
    years: int | None
    typed: Callable[[str], str]
    live: bool = False
    holds: frozenset[str] = frozenset()
    recorded: date | None = None
    not_given: bool = False
    born: date | None = None


@dataclass(frozen=True, slots=True)
class WarningRule:
    """One warning. It is raised while every answer in ``when``, and none in ``unless``, is one of those named.

    ``field`` is the question at which it is said. The day of contact lies between ``since`` and ``until``,
    where it is about something that began or ended. Ages are
    whole years, first and last of those in doubt, as ``born_from`` and ``born_to`` are days of birth; without a known age
    or birth a rule with one raises nothing. ``live`` means
    live vaccines only, ``holds`` products with that ingredient, ``days_ago`` a contact at least so many days before.
    ``mentions`` names words of which the text at each of its questions has one; ``not_given`` is about a vaccine that
    was not given, of which no other rule speaks. Warnings of one ``concern`` are one warning; one that only ``restates``
    what another of them says asks for no reason of its own.
    """

    field: str
    sentence: str
    source: str
    confidence: Confidence
    since: date | None = None
    weight: Weight = Weight.WARN
    until: date | None = None
    when: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    mentions: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    not_given: bool = False
    from_age: int | None = None
    to_age: int | None = None
    born_from: date | None = None
    born_to: date | None = None
    live: bool = False
    holds: str = ""
    days_ago: int | None = None
    id: str = ""
    topic: str = ""
    concern: str = ""
    restates: bool = False

    @property
    def said(self) -> str:
        """Return the words to read: a stop with its source, an unread source with "not confirmed"."""
        if self.weight is Weight.STOP:
            return f"{self.sentence} Source: {self.source}."
        return self.sentence if self.confidence.may_stop else f"{self.sentence} {NOT_CONFIRMED}"

    def in_force(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def of_product(self, *, live: bool, holds: frozenset[str]) -> bool:
        """Whether it is about such a product."""
        return (live or not self.live) and (not self.holds or self.holds in holds)

    def raised(self, case: Case) -> bool:
        """Whether it is raised in a case."""
        if case.day is None or not self.in_force(case.day) or self.not_given is not case.not_given:
            return False
        if not self.of_product(live=case.live, holds=case.holds) or not self._of_patient(case):
            return False
        if self.days_ago is not None and (
            case.recorded is None or (case.recorded - case.day).days < self.days_ago
        ):
            return False
        if any(case.typed(question) in answers for question, answers in self.unless.items()):
            return False
        if not all(_mentions(case.typed(question), names) for question, names in self.mentions.items()):
            return False
        return all(case.typed(question) in answers for question, answers in self.when.items())

    def _of_patient(self, case: Case) -> bool:
        """Whether it is about a patient of this age and birth."""
        born, first, last = case.born, self.born_from, self.born_to
        if born is None:
            return first is None and last is None and self._of_age(case.years)
        return (first or born) <= born <= (last or born) and self._of_age(case.years)

    def _of_age(self, years: int | None) -> bool:
        if years is None:
            return self.from_age is None and self.to_age is None
        return (self.from_age is None or years >= self.from_age) and (
            self.to_age is None or years <= self.to_age
        )

    def problem(self, case: Case) -> Problem:
        """Return it as a person meets it; at another age or on another day its reason is asked anew."""
        aged = (self.from_age, self.to_age) != (None, None)
        values = (case.years if aged else None, case.day if self.days_ago is not None else None)
        return Problem(
            self.field,
            self.said,
            Severity.LOOK,
            needs_reason=self.weight is not Weight.NOTE,
            needs_adviser=self.weight is Weight.STOP,
            raised_by=" ".join(str(value) for value in values if value is not None),
            concern=self.concern,
            restates=self.restates,
        )


def _mentions(text: str, names: tuple[str, ...]) -> bool:
    """Whether a text has one of these names as whole words."""
    return bool(text) and bool(Phrases((name, name) for name in names).found_in(text))


def raised(rules: tuple[WarningRule, ...], case: Case) -> Iterator[Problem]:
    """Yield a problem for each rule that is raised."""
    for rule in rules:
        if rule.raised(case):
            yield rule.problem(case)
