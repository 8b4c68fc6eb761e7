"""The model of the rules in ``resources/rules`` that many vaccinations, or both forms, share."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.form_file import FormFile
from digmed_desktop.clinical.warning_rules import WarningRule, Weight
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import (
    BY_VALUE,
    Age,
    DataModel,
    Flag,
    Id,
    Ids,
    OptionalTexts,
    Text,
    Texts,
)
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import OWN, DataSource
from digmed_desktop.data_files.values import Day, in_order

FORM, SUPPLY_FORM = "forms/vaccination.toml", "forms/emergency-supply.toml"
NAME, BOTH_FORMS = "rules/vaccination.toml", "rules/both-forms.toml"
Answers = Annotated[
    dict[str, OptionalTexts],
    Field(description='questions with lists of answers, such as { "screening.egg" = ["yes"] }'),
]
Mentions = Annotated[
    dict[str, Texts],
    Field(description='questions with lists of words, such as { "allergies.entries" = ["egg"] }'),
]
Days = Annotated[int, Field(ge=0, le=40_000, description="a whole number of days")]


class WarningRow(DataModel):
    """A warning: which answers and ages raise it, what is said, and how much it weighs."""

    field: Text
    sentence: Text
    since: Day | None = None
    source: Text
    confidence: Annotated[Confidence, BY_VALUE]
    weight: Annotated[Weight, BY_VALUE] = Weight.WARN
    until: Day | None = None
    when: Answers = {}
    unless: Answers = {}
    from_age: Age | None = None
    to_age: Age | None = None
    born_from: Day | None = None
    born_to: Day | None = None


class RuleRow(WarningRow):
    """A warning of many vaccinations."""

    id: Id
    topic: Literal["screening", "contradiction", "consent", "date", "service", "practice"]
    mentions: Mentions = {}
    not_given: Flag = False
    programmes: Ids | None = None
    live: Flag = False
    holds: Text = ""
    days_ago: Days | None = None
    concern: Literal["", "another-dose"] = ""
    restates: Flag = False


class SharedRulesFile(ReviewedFile):
    """All shared rules."""

    rule: list[RuleRow]


def warning_faults(
    at: At, place: Sequence[str | int], warning: WarningRow, questions: set[str]
) -> Iterator[Fault]:
    """Yield what is wrong in one warning: its questions, order of ages and days, and a stop nobody read."""
    yield from at.unknown((*place, "field"), [warning.field], questions, "a question of the form")
    for key, answers in (("when", warning.when), ("unless", warning.unless)):
        yield from at.unknown((*place, key), answers, questions, "a question of the form")
    yield from in_order(at, place, "from_age", warning.from_age, "to_age", warning.to_age)
    yield from in_order(at, place, "born_from", warning.born_from, "born_to", warning.born_to)
    yield from in_order(at, place, "since", warning.since, "until", warning.until)
    if warning.weight is Weight.STOP and not warning.confidence.is_read:
        wrong = f"nobody read the source of this stop, which is {shown(warning.confidence.value)}"
        yield at.fault((*place, "weight"), wrong, "warn or note")


def cross_check(at: At, file: SharedRulesFile, source: DataSource) -> Iterator[Fault]:
    """Yield what does not fit with the questions of the form and the products of the programmes."""
    form = source.read(FORM, FormFile)
    questions = form.question_ids()
    yield from at.twice("rule", "id", [row.id for row in file.rule])
    for number, row in enumerate(file.rule):
        place = ("rule", number)
        yield from warning_faults(at, place, row, questions)
        fields = {field.id: field for group in form.group for field in group.field}
        for question, answers in row.when.items():
            field = fields.get(question)
            if field is not None and field.kind.value == "yes-no":
                wanted = {"", "yes", "no"}
                yield from at.unknown((*place, "when", question), answers, wanted, f"an answer of {question}")
        yield from at.unknown((*place, "mentions"), row.mentions, questions, "a question of the form")
        ages = (row.from_age, row.to_age, row.days_ago)
        if not row.when and not row.mentions and ages == (None, None, None):
            either = "when, mentions, from_age, to_age or days_ago"
            yield at.fault((*place, "when"), "nothing triggers this rule", either)


def cross_check_both_forms(at: At, file: SharedRulesFile, source: DataSource) -> Iterator[Fault]:
    """Yield what :func:`cross_check` does, and what is about one form or one vaccine only."""
    yield from cross_check(at, file, source)
    questions = source.read(SUPPLY_FORM, FormFile).question_ids()
    for number, row in enumerate(file.rule):
        yield from warning_faults(at, ("rule", number), row, questions)
        if row.programmes or row.live or row.holds:
            yield at.fault(("rule", number), "a supply has no vaccine", "a rule of rules/vaccination.toml")


def as_rule(row: WarningRow) -> WarningRule:
    """Return a row as a rule."""
    own = {key: value for key, value in dict(row).items() if key != "programmes"}
    for key in ("when", "unless"):
        own[key] = {question: tuple(answers) for question, answers in own[key].items()}
    return WarningRule(**own)


def of_both_forms(source: DataSource = OWN) -> tuple[WarningRule, ...]:
    """Return the rules that every form shares. Raises DataFileError where their file has a fault."""
    return tuple(as_rule(row) for row in source.read(BOTH_FORMS, SharedRulesFile).rule)


KINDS = (
    FileKind(NAME, SharedRulesFile, cross_check, Consequence.FORMS),
    FileKind(BOTH_FORMS, SharedRulesFile, cross_check_both_forms, Consequence.FORMS),
)
