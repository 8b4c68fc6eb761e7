"""Find warnings about the next dose from earlier ones, by the programme's dated rules."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from digmed_desktop.clinical.confidence import NOT_CONFIRMED, Confidence
from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.problem import Problem, Severity

AS_RECORDED = "as recorded by this pharmacy"
OF_OTHER_NUMBER = (
    "as recorded by this pharmacy for a patient with nearly the same name and date of birth, under "
    "another NHS number"
)
PREGNANCY_DAYS = 280  # from the last period to the due date
LATE = 28  # days after the due date until which a pregnancy can last
SEASON_DAYS = 365
ANOTHER_DOSE = "another-dose"
"""The concern of every warning that this vaccine was given before."""


@dataclass(frozen=True, slots=True)
class EarlierRule:
    """When an earlier dose of the programme matters: since which day it holds, and where that is written.

    ``season``: one dose a season is usual; ``pregnancy``: one in each pregnancy; ``most``: so many doses ever are
    usual; ``least_days``: fewer days between two are too few, said as ``least``. ``of`` names other programmes whose
    doses are meant instead of the programme's own; ``reasons`` the only, ``not_reasons`` the excepted reasons for
    eligibility, ``min_age`` and ``max_age`` the ages at which the rule holds; one without a known age holds. It holds
    while every answer in ``when``, and none in ``unless``, is one of those named. Of general knowledge
    (``confidence``) it is said with "not confirmed".
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
    max_age: int | None = None
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose given before, and in words by whom or for whom that was recorded."""

    on: date
    product: str
    recorded: str = AS_RECORDED


def _no_answer(_field: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class NextDose:
    """The facts of the dose recorded now; an unknown one is None or ``""``."""

    on: date | None
    reason: str = ""  # the id of the reason for eligibility
    years: int | None = None
    due: date | None = None  # of the baby
    typed: Callable[[str], str] = _no_answer  # an asked answer by its field id


def warnings(
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
        others = sorted(doses.get(rule, ()), key=lambda dose: (abs((day - dose.on).days), dose.on))
        if others and (sentence := _sentence(rule, season_start, others, day, now.due)):
            marked = rule.confidence is not None and not rule.confidence.may_stop
            said = f"{sentence} {NOT_CONFIRMED}" if marked else sentence
            concern = "" if rule.of else ANOTHER_DOSE  # a dose of another vaccine is another matter
            yield Problem("previous.finding", said, Severity.LOOK, needs_reason=True, concern=concern)


def is_of_this_time(
    on: date, rules: Collection[EarlierRule], season_start: date | None, now: NextDose
) -> bool:
    """Whether a dose belongs to this season, and to this pregnancy where each has its own dose."""
    if season_start is not None and on < season_start:
        return False
    day = now.on
    if day is None:
        return True
    one_each = any(rule.pregnancy and not rule.of and _holds(rule, day, now) for rule in rules)
    return not one_each or _in_pregnancy(on, day, now.due)


def _holds(rule: EarlierRule, day: date, now: NextDose) -> bool:
    return (
        rule.since <= day
        and (rule.until is None or day <= rule.until)
        and (not rule.reasons or now.reason in rule.reasons)
        and now.reason not in rule.not_reasons
        and (rule.min_age is None or now.years is None or now.years >= rule.min_age)
        and (rule.max_age is None or now.years is None or now.years <= rule.max_age)
        and _is_answered(rule, now)
    )


def _is_answered(rule: EarlierRule, now: NextDose) -> bool:
    """Whether the answers are those with which a rule holds."""
    return all(now.typed(question) in answers for question, answers in rule.when.items()) and not any(
        now.typed(question) in answers for question, answers in rule.unless.items()
    )


def _sentence(
    rule: EarlierRule, season_start: date | None, others: Sequence[Dose], day: date, due: date | None
) -> str:
    """Return what is in doubt, ``""`` if nothing; ``others`` are the doses before and after, the nearest first."""
    last = others[0]
    days = abs((day - last.on).days)
    if rule.least_days and days < rule.least_days:
        least = rule.least or f"{rule.least_days} days"
        return f"At least {least} are needed between the two: {_told(last, day)}"
    if rule.season and season_start and (same := _within(others, season_start, SEASON_DAYS)):
        return f"This would be a second dose of the season: {_told(same, day)}"
    if rule.pregnancy:
        same = next((dose for dose in others if _in_pregnancy(dose.on, day, due)), None)
        if same and due is not None:
            return f"This would be a second dose in this pregnancy: {_told(same, day)}"
        if same:
            return (
                "This may be a second dose in this pregnancy, and the due date is not known: "
                f"{_told(same, day)}"
            )
    if rule.most and len(others) >= rule.most:
        usual = "One dose is" if rule.most == 1 else f"{_NUMBERS.get(rule.most, rule.most)} doses are"
        return f"{usual} usual, and {_told(last, day)}"
    return ""


def _in_pregnancy(on: date, day: date, due: date | None) -> bool:
    """Whether a dose was given in this pregnancy, or may have been where the due date is not known."""
    if due is None:
        return abs((day - on).days) < PREGNANCY_DAYS
    return 0 <= (on - (due - timedelta(days=PREGNANCY_DAYS))).days < PREGNANCY_DAYS + LATE


def _within(doses: Sequence[Dose], first: date, days: int) -> Dose | None:
    """Return the first of the doses that was given in so many days from ``first`` on."""
    return next((dose for dose in doses if 0 <= (dose.on - first).days < days), None)


def _told(dose: Dose, day: date) -> str:
    return f"{dose.product} was given {_when(dose.on, day)} ({dose.recorded})."


def _when(on: date, day: date) -> str:
    """Return in words when a dose was given, seen from the ``day`` of the one that is recorded."""
    days = (day - on).days
    if days in (0, 1):
        return "today" if days == 0 else "yesterday"
    if days < 0:
        return f"on {shown(on)}, {-days} {'day' if days == -1 else 'days'} after"
    return f"on {shown(on)}, {days} days before"


_NUMBERS = {2: "Two", 3: "Three"}
