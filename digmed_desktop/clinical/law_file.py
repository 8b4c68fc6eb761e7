"""The model of ``resources/law/emergency-supply.toml``."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.form import PLACE
from digmed_desktop.clinical.form_file import FormFile
from digmed_desktop.clinical.law_rule import Effect
from digmed_desktop.data_files.fault import Fault, listed, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Id, Ids, Text, pattern
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import DataSource

_FORM = "forms/emergency-supply.toml"
_NEEDED = (
    "patient-30-days",
    "patient-schedule-4-5",
    "patient-smallest-pack",
    "patient-not-in-makers-pack",
    "patient-oral-contraceptive",
    "patient-liquid-antibiotic",
    "patient-phenobarbital",
    "prescriber-as-directed",
    "schedule-1",
    "schedule-2",
    "schedule-3",
    "schedule-18",
    "appliance",
    "pharmacy-or-general-sale",
    "patient-interview",
    "patient-immediate-need",
    "patient-prescribed-before",
    "patient-dose",
    "prescriber-undertaking",
    "register",
    "register-prescription-dates",
    "register-kept",
    "label",
    "pandemic",
    "shortage-protocol",
    "eea-phenobarbital",
    "eea-authorised-here",
    "supplementary-plan",
    "community-nurse-formulary",
    "optometrist-no-controlled-drugs",
    "nurse-formulary-no-controlled-drugs",
    "some-controlled-drugs",
    "eea-register",
    "misuse-policy",
    "nhs-charge",
)
"""The rules of the Regulations and the NHS service: one that does not hold is switched off with ``off``, never taken out."""

Count = Annotated[int, Field(ge=1, le=999, description="a whole number, 1 or more")]


class RuleRow(DataModel):
    """One rule."""

    id: Id
    route: Literal["patient", "prescriber", "both"]
    scope: Text
    effect: Annotated[Effect, BY_VALUE]
    law: Text
    over: Text = ""
    source: Text
    read: Text
    confirmed: Flag
    confidence: Annotated[Confidence, BY_VALUE]
    days: Count | None = None
    hours: Count | None = None
    years: Count | None = None
    field: str = Field("", description="the id of the question that asks for a condition")
    preparations: Ids | None = None
    schedules: Ids | None = None
    packs: Ids | None = None
    prescribers: Ids | None = None
    exception: Literal["phenobarbital", "not phenobarbital", ""] = ""
    substances: Flag = False
    asks: Flag = False
    off: Flag = False


class PrescriberRow(DataModel):
    """A profession of prescribers, and the shape of its registration numbers."""

    profession: Id
    body: Text
    pattern: Annotated[str, AfterValidator(pattern), Field(description="a regular expression")]
    shape: Text
    confidence: Annotated[Confidence, BY_VALUE]
    source: Text


class SubstanceRow(DataModel):
    """A name of a substance of Schedule 18."""

    name: Text
    of: Text | None = None
    confidence: Annotated[Confidence, BY_VALUE]
    source: Annotated[str, Field(description="the key of a source in the table of sources")]


class LawFile(ReviewedFile):
    """The law on emergency supplies."""

    title: Text
    reminder: Text
    to_be_confirmed: Text
    rule: list[RuleRow]
    prescriber: list[PrescriberRow]
    substance: list[SubstanceRow]
    sources: dict[str, Text]


def cross_check(at: At, file: LawFile, source: DataSource) -> Iterator[Fault]:
    """Yield what does not fit between the rules and the form that asks for them."""
    yield from at.twice("rule", "id", [rule.id for rule in file.rule])
    yield from at.twice("prescriber", "profession", [row.profession for row in file.prescriber])
    yield from at.twice("substance", "name", [one.name for one in file.substance])
    there = {rule.id for rule in file.rule}
    yield from at.needed("rule", there, _NEEDED, "rule")
    form = source.read(_FORM, FormFile)
    for number, rule in enumerate(file.rule):
        yield from _of_rule(at, number, rule, form)
    professions = _answers(form, "prescriber.profession")
    for number, row in enumerate(file.prescriber):
        place = ("prescriber", number, "profession")
        yield from at.unknown(place, [row.profession], professions, "a profession of the form")
    for number, one in enumerate(file.substance):
        yield from at.unknown(("substance", number, "source"), [one.source], file.sources, "a source")


def _of_rule(at: At, number: int, rule: RuleRow, form: FormFile) -> Iterator[Fault]:
    place = ("rule", number)
    if (rule.days is not None) != (rule.effect is Effect.DAYS):
        yield at.fault(
            (*place, "days"), "does not fit the effect", "days if the effect is days, and only then"
        )
    if bool(rule.field) != (rule.effect is Effect.CONDITION):
        wrong = "does not fit the effect"
        yield at.fault((*place, "field"), wrong, "a question if the effect is condition, and only then")
    elif rule.field:
        yield from at.unknown((*place, "field"), [rule.field], form.question_ids(), "a question of the form")
    if not rule.over and rule.effect not in (Effect.NO_LIMIT, Effect.DUTY, Effect.NOTE):
        yield at.fault((*place, "over"), "this key is missing", "what to do if the rule is broken")
    may_stop = rule.effect not in (Effect.NO_LIMIT, Effect.DUTY, Effect.NOTE) and not rule.asks
    if may_stop and not rule.confidence.may_stop:
        yield at.fault(
            (*place, "confidence"),
            "general knowledge never stops",
            "a source that someone has read, or a warning",
        )
    for key, question in (
        ("preparations", f"item.{PLACE}.preparation"),
        ("schedules", f"item.{PLACE}.schedule"),
        ("packs", f"item.{PLACE}.pack"),
        ("prescribers", "prescriber.profession"),
    ):
        known = _answers(form, question)
        for value in getattr(rule, key) or ():
            if value not in known:
                wrong = f"{shown(value)} is not an answer of the form"
                yield at.fault((*place, key), wrong, f"one of {listed(sorted(known))}")


def _answers(form: FormFile, question: str) -> set[str]:
    """Return the answers that a question of the form offers."""
    found = (field for group in form.group for field in group.field if field.id == question)
    return {option.id for field in found for option in field.options}


KIND = FileKind("law/emergency-supply.toml", LawFile, cross_check, Consequence.SUPPLY)
