"""A programme's own doubts as dated data: which answers and ages raise one, what is said, and where it is written."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DoubtRule:
    """One doubt. It is raised while every answer in ``when`` is one of those named and the age is in the range.

    ``field`` is the question at which it is said. The day of contact lies between ``since`` and ``until``. Ages are
    whole years, first and last of those in doubt; without a known age a rule with one raises nothing.
    """

    field: str
    sentence: str
    since: date
    source: str
    until: date | None = None
    when: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    from_age: int | None = None
    to_age: int | None = None

    def raised(self, day: date | None, years: int | None, typed: Callable[[str], str]) -> bool:
        """Whether these answers raise it; ``typed`` returns an asked answer by its field id."""
        if day is None or day < self.since or (self.until and day > self.until):
            return False
        if self.from_age is not None and (years is None or years < self.from_age):
            return False
        if self.to_age is not None and (years is None or years > self.to_age):
            return False
        return all(typed(question) in answers for question, answers in self.when.items())


def raised(
    rules: tuple[DoubtRule, ...], day: date | None, years: int | None, typed: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Yield field and sentence of each rule that is raised."""
    for rule in rules:
        if rule.raised(day, years, typed):
            yield rule.field, rule.sentence
