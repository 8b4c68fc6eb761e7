"""What the doses of before leave in doubt about the next one, by the programme's dated rules."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.problem import Problem, Severity

AS_RECORDED = "as recorded by this pharmacy"
PREGNANCY_DAYS = 280  # from the last period to the due date


@dataclass(frozen=True, slots=True)
class EarlierRule:
    """When an earlier dose of the programme matters: since which day it holds, and where that is written.

    ``season``: one dose a season is usual; ``pregnancy``: one in each pregnancy; ``most``: so many doses ever are
    usual; ``least_days``: fewer days between two are too few, said as ``least``. ``of`` names other programmes whose
    doses are meant instead of the programme's own; ``reasons`` the only, ``not_reasons`` the excepted reasons for
    eligibility, ``min_age`` the least age at which the rule holds.
    """

    since: date
    source: str
    until: date | None = None
    season: bool = False
    pregnancy: bool = False
    most: int = 0
    least_days: int = 0
    least: str = ""
    of: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    not_reasons: tuple[str, ...] = ()
    min_age: int | None = None


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose given before."""

    on: date
    product: str


@dataclass(frozen=True, slots=True)
class NextDose:
    """What matters of the dose that is recorded now; what is not known is None or ``""``."""

    on: date | None
    reason: str = ""  # the id of the reason for eligibility
    years: int | None = None
    due: date | None = None  # of the baby


def doubts(
    rules: Collection[EarlierRule],
    season_start: date | None,
    doses: Mapping[EarlierRule, Sequence[Dose]],
    now: NextDose,
) -> Iterator[Problem]:
    """Yield what a person must look at before the next dose. ``doses`` are those that each rule looks at."""
    for rule in rules:
        day = now.on
        if day is None or not _holds(rule, day, now):
            continue
        before = sorted((dose for dose in doses.get(rule, ()) if dose.on <= day), key=lambda dose: dose.on)
        if before and (sentence := _sentence(rule, season_start, before, day, now.due)):
            yield Problem("previous.finding", sentence, Severity.LOOK, needs_reason=True)


def _holds(rule: EarlierRule, day: date, now: NextDose) -> bool:
    return (
        rule.since <= day
        and (rule.until is None or day <= rule.until)
        and (not rule.reasons or now.reason in rule.reasons)
        and now.reason not in rule.not_reasons
        and (rule.min_age is None or now.years is None or now.years >= rule.min_age)
    )


def _sentence(
    rule: EarlierRule, season_start: date | None, before: Sequence[Dose], day: date, due: date | None
) -> str:
    last = before[-1]
    days = (day - last.on).days
    when = "today" if days == 0 else "yesterday" if days == 1 else f"on {shown(last.on)}, {days} days before"
    told = f"{last.product} was given {when} ({AS_RECORDED})."
    if rule.least_days and days < rule.least_days:
        least = rule.least or f"{rule.least_days} days"
        return f"At least {least} should lie between the two: {told}"
    if rule.season and season_start and last.on >= season_start:
        return f"This would be a second dose of the season: {told}"
    if rule.pregnancy:
        if due is not None and last.on >= due - timedelta(days=PREGNANCY_DAYS):
            return f"This would be a second dose in this pregnancy: {told}"
        if due is None and days < PREGNANCY_DAYS:
            return f"This may be a second dose in this pregnancy, and the due date is not known: {told}"
    if rule.most and len(before) >= rule.most:
        usual = "One dose is" if rule.most == 1 else f"{_NUMBERS.get(rule.most, rule.most)} doses are"
        return f"{usual} usual, and {told}"
    return ""


_NUMBERS = {2: "Two", 3: "Three"}
