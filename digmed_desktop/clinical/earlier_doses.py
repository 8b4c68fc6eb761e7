"""What the doses of before leave in doubt about the next one, by the programme's dated rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.problem import Problem, Severity

AS_RECORDED = "as recorded by this pharmacy"


@dataclass(frozen=True, slots=True)
class EarlierRule:
    """When an earlier dose of the programme matters: since which day it holds, and where that is written.

    ``season``: one dose a season is usual; ``once``: one dose ever; ``least_days``: fewer days between two are too few.
    """

    since: date
    source: str
    season: bool = False
    once: bool = False
    least_days: int = 0


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose given before."""

    on: date
    product: str


def doubts(
    rule: EarlierRule | None, season_start: date | None, doses: Sequence[Dose], day: date | None
) -> Iterator[Problem]:
    """Yield what a person must look at before another dose on ``day``: ``doses`` are of this programme."""
    if rule is None or day is None or day < rule.since:
        return
    before = sorted((dose for dose in doses if dose.on <= day), key=lambda dose: dose.on)
    if not before:
        return
    last = before[-1]
    days = (day - last.on).days
    when = "today" if days == 0 else "yesterday" if days == 1 else f"on {shown(last.on)}, {days} days before"
    told = f"{last.product} was given {when} ({AS_RECORDED})."
    if rule.once:
        yield _look(f"One dose is usual, and {told}")
    elif rule.season and season_start and last.on >= season_start:
        yield _look(f"This would be a second dose of the season: {told}")
    elif rule.least_days and days < rule.least_days:
        yield _look(f"At least {rule.least_days} days should lie between two doses: {told}")


def _look(sentence: str) -> Problem:
    return Problem("previous.finding", sentence, Severity.LOOK, needs_reason=True)
